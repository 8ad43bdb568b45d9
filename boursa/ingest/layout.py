"""Where the table stands in the file: preamble, header, first data line."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from boursa.errors import FileUnreadable
from boursa.ingest.cells import kind_of
from boursa.ingest.separators import Record, usual_width
from boursa.language import N_

# Truth values do not tell data from names: a column may well be called Vrai.
_TYPED = ("number", "date")
_CELLS = 30_000  # of a very wide file, fewer rows are looked at


@dataclass(frozen=True)
class Layout:
    """`names` are the header's cells (None without header); lines are physical and 1-based.

    `skipped` are the lines above the data that are neither header nor blank.
    """

    width: int
    names: list[str] | None
    header_line: int | None
    body_line: int
    skipped: tuple[int, ...]


def find(rows: list[Record], name: str) -> Layout:
    """Return the layout told by the sample `rows`.

    Raises
    ------
    FileUnreadable
        If there is a header and nothing below, or if header and data do not have as many columns.
    """
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise FileUnreadable(N_("{name} is empty."), name=name)
    width = usual_width(filled)
    typed = _typed_columns(filled, width)
    start = next(
        (i for i, row in enumerate(filled) if _fits(row, typed, width)), 0 if not typed else len(filled)
    )
    if not typed or _heads_a_cross_table(filled[start : start + 1], typed):
        start = next(i for i, row in enumerate(filled) if len(row.cells) == width) + 1
    header = _header(filled, start, typed, width, name)
    return _layout(filled, header, start, width, typed, name)


def _layout(
    filled: list[Record], header: int | None, start: int, width: int, typed: dict[int, str], name: str
) -> Layout:
    body = start if header is None else header + 1
    while body < start and not _touches(filled[body], typed):
        body += 1  # a line of units or a second header
    if body >= len(filled):
        raise FileUnreadable(N_("{name} has a header and no data below it."), name=name)
    skipped = tuple(row.first_line for i, row in enumerate(filled[:body]) if i != header)
    if header is None:
        return Layout(width, None, None, filled[body].first_line, skipped)
    names = (filled[header].cells + [""] * width)[:width]
    return Layout(width, names, filled[header].first_line, filled[body].first_line, skipped)


def _typed_columns(rows: list[Record], width: int) -> dict[int, str]:
    """Return the columns whose cells mostly look like one kind that is not text."""
    full = [row.cells for row in rows if len(row.cells) == width][-max(12, _CELLS // width) :]
    typed = {}
    for column in range(width):
        # The second half is nearly always data: names, units and titles stand above.
        kinds = _kinds(full[len(full) // 2 :], column) or _kinds(full, column)
        kind, count = kinds.most_common(1)[0] if kinds else ("", 0)
        if kind in _TYPED and count >= 0.6 * kinds.total():
            typed[column] = kind
    return typed


def _kinds(rows: list[list[str]], column: int) -> Counter[str]:
    kinds = Counter(kind_of(cells[column]) for cells in rows)
    del kinds["missing"]
    return kinds


def _fits(row: Record, typed: dict[int, str], width: int) -> bool:
    if len(row.cells) != width or not _touches(row, typed):
        return False
    return all(kind_of(row.cells[column]) in ("missing", kind) for column, kind in typed.items())


def _touches(row: Record, typed: dict[int, str]) -> bool:
    if not typed:
        return True
    return any(
        column < len(row.cells) and kind_of(row.cells[column]) == kind for column, kind in typed.items()
    )


def _heads_a_cross_table(first: list[Record], typed: dict[int, str]) -> bool:
    # "Pays;2020;2021;2022": years name the columns, and look like data.
    if not first or len(typed) < 2 or len(typed) == len(first[0].cells):
        return False
    cells = [first[0].cells[column].strip() for column in typed]
    years = [int(cell) for cell in cells if cell.isdigit() and 1800 <= int(cell) <= 2200]
    return len(years) == len(cells) and all(b - a == 1 for a, b in pairwise(years))


def _header(rows: list[Record], start: int, typed: dict[int, str], width: int, name: str) -> int | None:
    """Return the place of the header among the records above the data."""
    above = rows[:start]
    if width == 1:
        return start - 1 if above else None
    wide = [i for i, row in enumerate(above) if width - 1 <= _extent(row) <= width or len(row.cells) == width]
    if not wide:
        _refuse_mismatch(above, width, name)
        return None
    # A first data line with a fault stands above the first sound one: names do not look like data.
    names = [i for i in wide if typed and not _touches(above[i], typed)] or wide
    best = max(names, key=lambda i: (sum(bool(cell.strip()) for cell in above[i].cells), -i))
    full = [row for row in rows[best + 1 :] if len(row.cells) == width]
    if len(above[best].cells) < width and any(row.cells[-1].strip() for row in full):
        _refuse_mismatch(above[best : best + 1], width, name)
    return best


def _extent(row: Record) -> int:
    """Return the number of cells up to the last one that is not empty."""
    return max((i for i, cell in enumerate(row.cells, 1) if cell.strip()), default=0)


def _refuse_mismatch(above: list[Record], width: int, name: str) -> None:
    for row in reversed(above):
        if len(row.cells) >= 2:
            raise FileUnreadable(
                N_(
                    "{name}: the header on line {line} has {header} columns and the lines below "
                    "have {width}; is the separator also used inside a value?"
                ),
                name=name,
                line=row.first_line,
                header=len(row.cells),
                width=width,
            )
