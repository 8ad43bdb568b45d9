"""Lines for a terminal: headings, wrapped text, aligned tables. Colour never says anything alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence

import click

_MOST_COLUMNS = 100


def width() -> int:
    """Return how many columns to write in: the terminal's, but never a line too long to read."""
    return min(_MOST_COLUMNS, max(60, shutil.get_terminal_size((_MOST_COLUMNS, 24)).columns))


def write(lines: Iterable[str]) -> None:
    """Write lines to standard output, at once."""
    for line in lines:
        click.echo(line)


def title(text: str) -> list[str]:
    """Return a title over the whole width."""
    return ["", click.style(text, bold=True), "═" * width()]


def heading(text: str, note: str = "") -> list[str]:
    """Return a section's heading, with a note in parentheses."""
    return ["", click.style(text, bold=True) + (f"  ({note})" if note else "")]


def paragraph(text: str, *, indent: int = 2, mark: str = "") -> list[str]:
    """Return text wrapped to the width, hanging under its mark."""
    first = " " * indent + mark
    # Break at ordinary spaces only: "1 234,5 %" holds together by its no-break spaces.
    words = text.split(" ")
    lines, line = [], first
    for place, word in enumerate(words):
        if place and len(line) + 1 + len(word) > width():
            lines.append(line)
            line = " " * len(first) + word
        else:
            line += (" " if place else "") + word
    return [*lines, line]


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, indent: int = 2, left: int = 1
) -> Iterator[str]:
    """Yield a table: the first `left` columns to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for place, row in enumerate((head, *rows)):
        cells = [cell.ljust(widths[i]) if i < left else cell.rjust(widths[i]) for i, cell in enumerate(row)]
        line = " " * indent + "  ".join(cells).rstrip()
        yield click.style(line, dim=True) if place == 0 else line


def shortened(text: str, most: int = 60) -> str:
    """Return `text`, cut with an ellipsis if it is longer than `most`."""
    # Not textwrap.shorten: of one long word it leaves nothing, and it loses no-break spaces.
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
