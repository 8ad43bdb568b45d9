"""The clean table: typed columns, and everything that reading the file left to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from boursa.errors import ColumnUnknown, FileAmbiguous, FileUnreadable, NotNumeric
from boursa.ingest.lines import Lines
from boursa.ingest.options import Dialect, ParseOptions
from boursa.ingest.remarks import Note, Question, Rejected
from boursa.language import N_

_KEY = b"boursa.table"
_VERSION = 1
_OPEN = {
    "date-order": N_(
        "{name}: nothing in the column “{column}” tells whether the day or the month comes first; "
        "say it with the option {option} ({choices})."
    ),
    "date-order-mixed": N_(
        "{name}: the column “{column}” mixes dates with the day first and with the month first; "
        "say which is right with the option {option} ({choices})."
    ),
    "decimal": N_(
        "{name}: nothing in the column “{column}” tells whether the mark in its numbers is decimal "
        "or groups thousands; say it with the option {option} ({choices})."
    ),
    "separator": N_(
        "{name}: the comma can be the decimal mark of one column or separate two; "
        "say it with the option {option} ({choices})."
    ),
}


@dataclass(frozen=True)
class Table:
    """A file that was read.

    `data` holds columns of date32, timestamp[us], float64, int64, bool and string, missing values as
    nulls (never NaN), infinities as such. `rejected` are at most 1,000 examples of the `rejected_total`
    cells and lines that were left out: `dropped_lines` whole lines, `damaged_lines` that are there but had
    bytes replaced, and cells. `options` are those that the caller gave: with them the same
    bytes give the same table again.
    """

    name: str
    data: Any
    dialect: Dialect
    options: ParseOptions = field(default_factory=ParseOptions)
    lines: Lines = field(default_factory=Lines)
    rejected: tuple[Rejected, ...] = ()
    rejected_total: int = 0
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    dropped_lines: int = 0
    damaged_lines: int = 0

    @property
    def rejected_counts(self) -> dict[str, int]:
        """How many whole lines and single cells were left out, and how many lines had bytes replaced."""
        return {
            "lines": self.dropped_lines,
            "cells": self.rejected_total - self.dropped_lines - self.damaged_lines,
            "damaged": self.damaged_lines,
        }

    @property
    def rows(self) -> int:
        """The number of rows."""
        return int(self.data.num_rows)

    # Made once: the names of a wide file are asked for at every one of its columns.
    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the file."""
        return tuple(self.data.column_names)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """The type of each column, in the order of the file."""
        return {one.name: kind_of_type(one.type) for one in self.data.schema}

    @cached_property
    def numeric(self) -> tuple[str, ...]:
        """The names of the columns of numbers."""
        return tuple(name for name, kind in self.kinds.items() if kind in ("integer", "number"))

    def column(self, name: str) -> Any:
        """Return one column as an Arrow array.

        Raises
        ------
        ColumnUnknown
        """
        if name not in self.kinds:
            raise ColumnUnknown(
                N_("There is no column “{column}”; the columns are: {columns}."),
                column=name,
                columns=", ".join(self.columns[:30]) + (", …" if len(self.columns) > 30 else ""),
            )
        return self.data.column(name)

    def kind(self, name: str) -> str:
        """Return the type of a column: date, datetime, integer, number, text or boolean."""
        return self.kinds.get(name) or kind_of_type(self.column(name).type)

    def floats(self, name: str) -> NDArray[np.float64]:
        """Return a column of numbers as float64, missing values as NaN.

        Raises
        ------
        ColumnUnknown, NotNumeric
        """
        if self.kind(name) not in ("integer", "number"):
            self.column(name)
            raise NotNumeric(N_("{name}: numbers are needed, but the column holds text."), name=name)
        filled = pc.cast(self.column(name), pa.float64(), safe=False).combine_chunks()
        return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.float64)

    def moments(self, name: str) -> NDArray[np.datetime64]:
        """Return a column of dates as datetime64[s], missing values as NaT."""
        array = pc.cast(self.column(name), pa.timestamp("us")).combine_chunks()
        return np.asarray(array.to_numpy(zero_copy_only=False)).astype("datetime64[s]")

    def texts(self, name: str) -> list[str | None]:
        """Return a column as text, missing values as None."""
        return [None if item is None else str(item) for item in self.column(name).to_pylist()]

    def settled(self) -> Table:
        """Return the table itself if the file left nothing to ask.

        Raises
        ------
        FileAmbiguous
            With the first question, and the option that answers it.
        """
        if not self.questions:
            return self
        first = self.questions[0]
        raise FileAmbiguous(
            _OPEN[first.code],
            name=self.name,
            column=first.column or "",
            option=first.option,
            choices=" | ".join(first.choices),
        )

    def to_parquet(self, sink: Any) -> None:
        """Write the table, all that belongs to it included, to a path or a file object."""
        about = json.dumps(self._about(), ensure_ascii=False).encode()
        schema = self.data.schema.with_metadata({_KEY: about})
        # Dictionaries help texts and dates; numbers are mostly distinct, and hashing them costs the most.
        repeated = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_temporal(f.type)]
        pq.write_table(
            self.data.replace_schema_metadata(schema.metadata),
            sink,
            compression="lz4",
            use_dictionary=repeated,
        )

    @classmethod
    def from_parquet(cls, source: Any) -> Table:
        """Return what `to_parquet` wrote; `source` is a path, a file object or the bytes themselves.

        Raises
        ------
        FileUnreadable
            If the file is not one of ours.
        """
        data = pq.read_table(pa.BufferReader(source) if isinstance(source, bytes) else source)
        about = (data.schema.metadata or {}).get(_KEY)
        if about is None:
            raise FileUnreadable(N_("The Parquet file was not written by BoursA."))
        stored = json.loads(about)
        return cls(
            name=stored["name"],
            data=data.replace_schema_metadata(None),
            dialect=Dialect(**stored["dialect"]),
            options=ParseOptions.from_dict(stored["options"]),
            lines=Lines(tuple(stored["lines"]["rows"]), tuple(stored["lines"]["lines"])),
            rejected=tuple(Rejected.from_dict(one) for one in stored["rejected"]),
            rejected_total=stored["rejected_total"],
            questions=tuple(Question.from_dict(one) for one in stored["questions"]),
            notes=tuple(Note.from_dict(one) for one in stored["notes"]),
            # Tables that were kept before lines were counted apart do not know.
            dropped_lines=stored.get("dropped_lines", 0),
            damaged_lines=stored.get("damaged_lines", 0),
        )

    def _about(self) -> dict[str, Any]:
        return {
            "version": _VERSION,
            "name": self.name,
            "dialect": asdict(self.dialect),
            "options": self.options.to_dict(),
            "lines": asdict(self.lines),
            "rejected": [one.to_dict() for one in self.rejected],
            "rejected_total": self.rejected_total,
            "questions": [one.to_dict() for one in self.questions],
            "notes": [one.to_dict() for one in self.notes],
            "dropped_lines": self.dropped_lines,
            "damaged_lines": self.damaged_lines,
        }


def kind_of_type(kind: Any) -> str:
    """Return the public name of an Arrow type."""
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "datetime"
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return "integer"
    return "number" if pa.types.is_floating(kind) else "text"
