"""Rows on their way into this installation: in batches, resumable, verified by counts and checksums.

How far each table is stands in the target, written in the transaction of the batch itself: whenever the
work is interrupted, the next run goes on after the last row that arrived.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy import text as sql

from boursa.errors import Conflict
from boursa.language import N_
from boursa.ops.earlier import FIRST
from boursa.storage.models.base import UtcDateTime, now

Values = Mapping[str, Any]

BATCH = 2000
_FINISHED = "finished"
# Not a model: it exists only where rows were carried.
PROGRESS = Table(
    "import_progress",
    MetaData(),
    Column("source", String(64), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("last_id", BigInteger, nullable=False),
    Column("n_rows", BigInteger, nullable=False),
    Column("at", UtcDateTime(), nullable=False),
)


class Source(Protocol):
    """Where rows come from: an old SQLite file, or the earlier tables of the same database."""

    name: str

    def steps(self) -> Sequence[str]:
        """Return the tables that it has, those that others refer to first."""

    def target(self, step: str) -> Table:
        """Return the table that takes the rows of one step."""

    def batches(self, step: str, after: int, size: int) -> Iterator[Sequence[tuple[int, Values]]]:
        """Yield converted rows after number `after`, in the order of their numbers, each with its own."""


@dataclass(frozen=True)
class Carried:
    """What became of one table: rows in the source, rows that arrived, whether the checksums agree."""

    table: str
    source: int
    target: int
    checksum: str
    agrees: bool


Report = Callable[[str, int], None]


def silent(_step: str, _rows: int) -> None:
    """Tell nobody how far it is."""


def begun(engine: Engine, source: str) -> bool:
    """Whether rows of this source have arrived before."""
    with engine.begin() as connection:
        PROGRESS.create(connection, checkfirst=True)
        found = select(func.count()).select_from(PROGRESS).where(PROGRESS.c.source == source)
        return bool(connection.scalar(found))


def carry(engine: Engine, source: Source, report: Report = silent, *, size: int = BATCH) -> None:
    """Bring over what has not arrived yet, and set the sequences."""
    with engine.begin() as connection:
        PROGRESS.create(connection, checkfirst=True)
    for step in source.steps():
        _carry_step(engine, source, step, report, size)
    with engine.begin() as connection:
        for table in {source.target(step).name: source.target(step) for step in source.steps()}.values():
            _set_sequence(connection, table)


def _carry_step(engine: Engine, source: Source, step: str, report: Report, size: int) -> None:
    with engine.begin() as connection:
        last, rows = _reached(connection, source.name, step)
    for batch in source.batches(step, last, size):
        last, rows = batch[-1][0], rows + len(batch)
        with engine.begin() as connection:
            _insert(connection, source.target(step), [dict(values) for _, values in batch])
            _note(connection, source.name, step, last, rows)
        report(step, rows)
    with engine.begin() as connection:
        _note(connection, source.name, step, last, rows)


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    # None in a JSON column would be kept as the JSON word null: left out, it is SQL's NULL.
    names = [column.name for column in table.c if isinstance(column.type, JSON)]
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row in rows:
        empty = frozenset(name for name in names if name in row and row[name] is None)
        kept = {name: value for name, value in row.items() if name not in empty}
        groups.setdefault(empty, []).append(kept)
    for group in groups.values():
        connection.execute(insert(table), group)


def finished(engine: Engine, source: str) -> bool:
    """Whether everything of this source has arrived and was verified."""
    if PROGRESS.name not in inspect(engine).get_table_names():
        return False
    with engine.connect() as connection:
        return _reached(connection, source, _FINISHED)[1] > 0


def finish(engine: Engine, source: str) -> None:
    """Write down that everything has arrived."""
    with engine.begin() as connection:
        _note(connection, source, _FINISHED, 0, 1)


def _reached(connection: Connection, source: str, step: str) -> tuple[int, int]:
    where = (PROGRESS.c.source == source, PROGRESS.c.step == step)
    row = connection.execute(select(PROGRESS.c.last_id, PROGRESS.c.n_rows).where(*where)).first()
    return (row.last_id, row.n_rows) if row else (FIRST, 0)


def _note(connection: Connection, source: str, step: str, last: int, rows: int) -> None:
    where = (PROGRESS.c.source == source, PROGRESS.c.step == step)
    values = {"last_id": last, "n_rows": rows, "at": now()}
    if not connection.execute(PROGRESS.update().where(*where).values(**values)).rowcount:
        connection.execute(insert(PROGRESS).values(source=source, step=step, **values))


def _set_sequence(connection: Connection, table: Table) -> None:
    # MySQL and SQLite count on from the greatest number by themselves.
    if connection.dialect.name != "postgresql" or "id" not in table.c:
        return
    greatest = connection.scalar(select(func.max(table.c.id)))
    if greatest is not None and greatest > 0:
        sequence = sql("SELECT setval(pg_get_serial_sequence(:table, 'id'), :value)")
        connection.execute(sequence, {"table": table.name, "value": greatest})


def verify(engine: Engine, source: Source) -> list[Carried]:
    """Compare every table with its source, row for row by checksum.

    Raises
    ------
    Conflict
        If one differs; what has arrived stays as it is.
    """
    done = [_verified(engine, source, step) for step in source.steps()]
    wrong = [one.table for one in done if not one.agrees]
    if wrong:
        raise Conflict(
            N_("What arrived differs from its source: {tables}; nothing was removed."),
            tables=", ".join(wrong),
        )
    return done


def _verified(engine: Engine, source: Source, step: str) -> Carried:
    expected, found = hashlib.sha256(), hashlib.sha256()
    sent = there = 0
    table = source.target(step)
    with engine.connect() as connection:
        for batch in source.batches(step, FIRST, BATCH):
            rows = [values for _, values in batch]
            arrived = _arrived(connection, table, rows)
            for row in rows:
                expected.update(_canonical(row))
            for row in arrived:
                found.update(_canonical(row))
            sent, there = sent + len(rows), there + len(arrived)
    agrees = sent == there and expected.digest() == found.digest()
    return Carried(step, sent, there, found.hexdigest(), agrees)


def _arrived(connection: Connection, table: Table, rows: Sequence[Values]) -> list[Values]:
    columns, key = [table.c[name] for name in rows[0]], list(table.primary_key)
    if len(key) > 1:
        wanted = select(*columns).order_by(*key)
        return [dict(row._mapping) for row in connection.execute(wanted)]
    found = connection.execute(select(*columns).where(key[0].in_([row[key[0].name] for row in rows])))
    by_key = {row._mapping[key[0].name]: dict(row._mapping) for row in found}
    return [by_key[row[key[0].name]] for row in rows if row[key[0].name] in by_key]


def _canonical(row: Values) -> bytes:
    return json.dumps(row, sort_keys=True, default=_spelled, ensure_ascii=True).encode()


def _spelled(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
