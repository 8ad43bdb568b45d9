"""Which field of a form an error is about: the page puts the sentence there, and the focus with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Where:
    """The field that is being looked at; after an error, the one that it is about, empty if none is."""

    def __init__(self) -> None:
        self.field = ""

    @contextmanager
    def on(self, field: str) -> Iterator[None]:
        """Say that what the block refuses is refused for `field`."""
        self.field = field
        yield
        self.field = ""
