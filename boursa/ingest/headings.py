"""Column names: every column has one, and no two are the same."""

from __future__ import annotations

from boursa.errors import TooLarge
from boursa.ingest import asking
from boursa.ingest.options import Limits
from boursa.ingest.remarks import Note
from boursa.language import N_


def unique(cells: list[str] | None, width: int, limits: Limits, file: str) -> tuple[list[str], list[Note]]:
    """Return a name for each column, and a note for each that was made up or changed.

    Raises
    ------
    TooLarge
        If a name is longer than a cell may be.
    """
    if cells is None:
        return [f"column_{column}" for column in range(1, width + 1)], []
    names: list[str] = []
    notes: list[Note] = []
    taken = {" ".join(cell.split()) for cell in cells}
    used: set[str] = set()
    for column, cell in enumerate(cells, 1):
        wish = " ".join(cell.split())
        if len(wish) > limits.max_cell:
            raise TooLarge(N_("{name}: the name of column {column} is too long."), name=file, column=column)
        name = wish if wish and wish not in used else _free(wish or f"column_{column}", taken | used)
        if name != wish:
            notes.append(asking.renamed(name, wish))
        names.append(name)
        used.add(name)
    return names, notes


def _free(wish: str, taken: set[str]) -> str:
    if wish not in taken:
        return wish
    number = 2
    while f"{wish}_{number}" in taken:
        number += 1
    return f"{wish}_{number}"
