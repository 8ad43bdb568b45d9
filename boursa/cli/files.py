"""Files that commands work on: the options that say how to read one, and the table read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boursa import ingest, settings
from boursa.ingest import Limits, ParseOptions
from boursa.language import N_

if TYPE_CHECKING:
    from boursa.ingest.tables import Table

_REJECTED = 20

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
    """Return the limits of this installation; a file can be read though the rest is not configured."""
    return Limits(max_bytes=settings.load(complete=False).max_upload_mb * 1_000_000)


def name_of(file: Path) -> str:
    """Return a file's name as text that can be stored: old archives hold names that are not UTF-8."""
    return os.fsencode(file.name).decode("utf-8", "replace")


def read(file: Path, options: ParseOptions, name: str | None = None) -> tuple[Table, bytes]:
    """Return a file's table and its bytes, read once: a pipe has no second time, and a file may change."""
    called, most = name or name_of(file), limits()
    # Through the package, which loads PyArrow now and not when a command's help is asked for.
    content = ingest.content_of(file, name=called, limits=most)
    return ingest.read(content, name=called, options=options, limits=most), content


def settled(file: Path, options: ParseOptions, name: str | None = None) -> tuple[Table, bytes]:
    """Return the same; what the file leaves open must be answered by an option."""
    table, content = read(file, options, name)
    return table.settled(), content


def facts(table: Table) -> dict[str, Any]:
    """Return how a file was read and what was left out of it, as JSON."""
    return {
        "rows": table.rows,
        "columns": list(table.columns),
        "dialect": table.dialect.to_dict(),
        "notes": [note.to_dict() for note in table.notes],
        "rejected": [cell.to_dict() for cell in table.rejected[:_REJECTED]],
        "rejected_total": table.rejected_total,
        "rejected_counts": table.rejected_counts,
    }


def listed(text: str | None) -> list[str] | None:
    """Return the items of ``a,b,c``."""
    return [item.strip() for item in text.split(",")] if text else None


def chosen(**parameters: Any) -> Mapping[str, Any]:
    """Return the parameters that were given, as History keeps them."""
    return {name: value for name, value in parameters.items() if value is not None and value != []}
