"""Progress on standard error: one line that redraws itself, and nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from boursa.cli.speaking import language

_BAR = 24

Part = Callable[[Mapping[str, Any]], None]


class TerminalReport:
    """What a computation in this process reports to."""

    def __init__(self, on_part: Part | None = None, *, quiet: bool = False) -> None:
        self._on_part = on_part
        self._live = sys.stderr.isatty() and not quiet
        self._drawn = False

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None:
        """Redraw the line."""
        if not self._live:
            return
        filled = round(_BAR * min(1.0, fraction))
        text = note[language()] if note else ""
        click.echo(
            f"\r\033[K[{'█' * filled}{'·' * (_BAR - filled)}] {fraction:4.0%}  {text}", nl=False, err=True
        )
        self._drawn = True

    def partial(self, name: str, content: Mapping[str, Any]) -> None:  # noqa: ARG002 - the name is for job rows
        """Hand a finished part on, on a clean line."""
        self.clear()
        if self._on_part:
            self._on_part(content)

    def clear(self) -> None:
        """Wipe the line."""
        if self._drawn:
            click.echo("\r\033[K", nl=False, err=True)
            self._drawn = False
