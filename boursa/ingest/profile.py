"""The profile of a table: what each column holds, counted exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from boursa.analytics.results import plain
from boursa.ingest.options import Dialect
from boursa.ingest.remarks import Note, Question, Rejected
from boursa.ingest.roles import Roles, roles_of
from boursa.ingest.tables import Table


@dataclass(frozen=True)
class ColumnProfile:
    """One column: `distinct` counts the different values that are not missing, exactly.

    `mean` and `std` (of a sample, divisor n - 1) are those of numbers; `min` and `max` those of
    numbers and dates. None where they are not defined.
    """

    name: str
    type: str
    missing: int
    distinct: int
    min: Any
    max: Any
    mean: float | None
    std: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the column as JSON."""
        return {name: plain(getattr(self, name)) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Profile:
    """What a file is and holds; `rejected` are examples of `rejected_total` lines and cells."""

    rows: int
    dialect: Dialect
    columns: tuple[ColumnProfile, ...]
    questions: tuple[Question, ...]
    rejected: tuple[Rejected, ...]
    rejected_total: int
    rejected_counts: Mapping[str, int]
    notes: tuple[Note, ...]
    roles: Roles

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as JSON, dates ISO 8601."""
        return {
            "rows": self.rows,
            "dialect": self.dialect.to_dict(),
            "columns": [column.to_dict() for column in self.columns],
            "questions": [question.to_dict() for question in self.questions],
            "rejected": [cell.to_dict() for cell in self.rejected],
            "rejected_total": self.rejected_total,
            "rejected_counts": dict(self.rejected_counts),
            "notes": [note.to_dict() for note in self.notes],
            "roles": self.roles.to_dict(),
        }


def profile(table: Table) -> Profile:
    """Return the profile of `table`."""
    return Profile(
        rows=table.rows,
        dialect=table.dialect,
        columns=tuple(_column(table, name) for name in table.columns),
        questions=table.questions,
        rejected=table.rejected,
        rejected_total=table.rejected_total,
        rejected_counts=table.rejected_counts,
        notes=table.notes,
        roles=roles_of(table),
    )


def _column(table: Table, name: str) -> ColumnProfile:
    values, kind = table.column(name), table.kind(name)
    low, high = _extremes(values, kind)
    mean, std = _moments(values) if kind in ("integer", "number") else (None, None)
    return ColumnProfile(name, kind, values.null_count, _distinct(values), low, high, mean, std)


def _distinct(values: Any) -> int:
    """Return the number of different values, exactly.

    Sorting 64-bit numbers is several times faster than hashing them when most are different.
    """
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        return int(pc.count_distinct(values, mode="only_valid").as_py())
    present = np.sort(values.drop_null().combine_chunks().to_numpy(zero_copy_only=False))
    return int((present[1:] != present[:-1]).sum()) + 1 if present.size else 0


def _extremes(values: Any, kind: str) -> tuple[Any, Any]:
    if kind in ("text", "boolean"):
        return None, None
    found = pc.min_max(values).as_py()
    return found["min"], found["max"]


def _moments(values: Any) -> tuple[float | None, float | None]:
    # As float64 first: the sum of a year of volumes can overflow 64-bit integers.
    floats = pc.cast(values, pa.float64(), safe=False)
    return pc.mean(floats).as_py(), pc.stddev(floats, ddof=1).as_py()
