"""Files that commands work on: the options that say how to read one, and the table read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from boursa import settings
from boursa.ingest import Limits, ParseOptions, read
from boursa.ingest.tables import Table
from boursa.language import N_

_OPTIONS = (
    ("--separator", N_("What stands between columns: ; , tab | ...")),
    ("--decimal", N_("The decimal mark: a comma or a point.")),
    ("--thousands", N_("What groups thousands: space, point, comma, apostrophe or none.")),
    ("--encoding", N_("The encoding, for instance latin-1.")),
    ("--dates", N_("The order of dates: dmy, mdy or ymd.")),
    ("--sheet", N_("The sheet of a workbook.")),
)


def file_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add FILE to a command."""
    return click.argument("file", type=click.Path(path_type=Path), metavar="FILE")(command)


def parse_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that correct how a file is read."""
    for name, text in reversed(_OPTIONS):
        command = click.option(name, help=text)(command)
    return command


def take_options(given: dict[str, Any]) -> ParseOptions:
    """Take the parse options out of a command's arguments."""
    names = [name.removeprefix("--") for name, _ in _OPTIONS]
    return ParseOptions(**{name: given.pop(name, None) for name in names})


def limits() -> Limits:
    """Return the limits of this installation."""
    return Limits(max_bytes=settings.load().max_upload_mb * 1_000_000)


def table_of(file: Path, options: ParseOptions) -> Table:
    """Read a file; what it leaves open must be answered by an option."""
    return read(file, name=file.name, options=options, limits=limits()).settled()


def listed(text: str | None) -> list[str] | None:
    """Return the items of ``a,b,c``."""
    return [item.strip() for item in text.split(",")] if text else None


def chosen(**parameters: Any) -> Mapping[str, Any]:
    """Return the parameters that were given, as History keeps them."""
    return {name: value for name, value in parameters.items() if value is not None and value != []}
