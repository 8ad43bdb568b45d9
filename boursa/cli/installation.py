"""The installation that commands work on: its settings, and whether there is one at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from boursa import runtime, settings
from boursa.runtime import Runtime


@contextmanager
def opened() -> Iterator[Runtime]:
    """Yield the runtime of this installation."""
    held = runtime.build(settings.load())
    try:
        yield held
    finally:
        held.close()


def exists(config: settings.Settings) -> bool:
    """Whether there is an installation: a database was named, or the embedded one has been made."""
    address = make_url(config.database)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()
