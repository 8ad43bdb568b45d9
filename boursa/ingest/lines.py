"""On which line of the file each row stands, blank lines, lost rows and quoted line ends counted."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The 1-based line of each row, kept as the rows where the numbering leaps.

    From row ``rows[i]`` on, rows follow each other line by line from ``lines[i]``.
    """

    rows: tuple[int, ...] = (0,)
    lines: tuple[int, ...] = (1,)

    @classmethod
    def from_array(cls, lines: Ints) -> Lines:
        """Return the compact form of `lines`, the line of every row."""
        if not lines.size:
            return cls()
        leaps = np.concatenate(([0], np.flatnonzero(np.diff(lines) != 1) + 1))
        return cls(tuple(leaps.tolist()), tuple(lines[leaps].tolist()))

    def of(self, rows: Any) -> Ints:
        """Return the lines of the given 0-based `rows`."""
        wanted = np.asarray(rows, dtype=np.int64)
        starts, lines = np.asarray(self.rows), np.asarray(self.lines)
        piece = np.searchsorted(starts, wanted, side="right") - 1
        found: Ints = lines[piece] + wanted - starts[piece]
        return found


def count(body: bytes) -> int:
    """Return the number of physical lines in `body`."""
    return body.count(b"\n") + bool(body and not body.endswith(b"\n"))


def of_records(body: bytes, first_line: int, separator: str, n_records: int, *, blank: bool) -> Ints:
    """Return the first line of each record of `body`; blank lines are records only if `blank`."""
    if n_records == count(body):
        return np.arange(first_line, first_line + n_records)
    found = _by_parity(body, first_line, blank=blank)
    # A stray quotation mark inside a value upsets the count of marks: read the slow way then.
    return found if found.size == n_records else _by_reading(body, first_line, separator, blank=blank)


def _by_parity(body: bytes, first_line: int, *, blank: bool) -> Ints:
    """Find records knowing that a line end after an odd number of quotation marks is inside a value."""
    buffer = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(buffer == 10)
    starts = np.concatenate(([0], ends + 1))
    quotes = np.flatnonzero(buffer == 34)
    fresh = np.ones(starts.size, dtype=bool)
    if quotes.size:
        fresh[1:] = np.searchsorted(quotes, ends) % 2 == 0
    inside = starts < buffer.size
    fresh &= inside
    if not blank:
        first = buffer[np.where(inside, starts, 0)]
        second = buffer[np.minimum(starts + 1, buffer.size - 1)]
        fresh &= ~((first == 10) | ((first == 13) & (second == 10)))
    return first_line + np.flatnonzero(fresh)


def _by_reading(body: bytes, first_line: int, separator: str, *, blank: bool) -> Ints:
    previous = csv.field_size_limit(1 << 30)
    try:
        reader = csv.reader(io.StringIO(body.decode("utf-8"), newline="\n"), delimiter=separator)
        found, before = [], 0
        for cells in reader:
            if cells or blank:
                found.append(first_line + before)
            before = reader.line_num
    finally:
        csv.field_size_limit(previous)
    return np.asarray(found, dtype=np.int64)
