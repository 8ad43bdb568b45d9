"""Rows as lines of JSON, the same from every kind of database, in one snapshot, without another program.

A column that is SQL's NULL is left out of its line; JSON's ``null`` stands in it. Keys are sorted and
moments are in UTC, so that equal rows are equal lines wherever they come from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, Table, func, insert, null, select, text
from sqlalchemy.types import TypeEngine

from boursa.storage.models.base import Base, UtcDateTime
from boursa.storage.session import SNAPSHOT, patient, spoken

_PORTION = 500


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees the database as it is at this moment, and keeps nobody from writing."""
    with spoken(), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection = connection.execution_options(**{SNAPSHOT: True})
        else:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            patient(connection)
            yield connection


def tables() -> list[Table]:
    """Return our tables, those that others refer to first."""
    return Base.metadata.sorted_tables


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Return the rows of a table, one line each, without holding them all."""
    columns = list(table.columns)
    # What is NULL and what is JSON's null look the same once they are read.
    absent = [column.is_(None) for column in columns if _is_json(column.type)]
    wanted = select(*columns, *absent).order_by(*table.primary_key.columns)
    streaming = connection.execution_options(stream_results=True, yield_per=_PORTION)
    for row in streaming.execute(wanted):
        yield _line(columns, tuple(row))


def _line(columns: list[Column[Any]], row: tuple[Any, ...]) -> str:
    absent = iter(row[len(columns) :])
    kept = {}
    for column, value in zip(columns, row, strict=False):
        if next(absent) if _is_json(column.type) else value is None:
            continue
        kept[column.name] = value.isoformat() if isinstance(value, datetime) else value
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(connection: Connection, table: Table, given: Iterable[str]) -> int:
    """Write the rows of `given` into an empty table; return how many there are."""
    count, portion = 0, []
    for line in given:
        portion.append(_values(table, json.loads(line)))
        if len(portion) == _PORTION:
            count += _insert(connection, table, portion)
            portion = []
    count += _insert(connection, table, portion)
    _go_on_counting(connection, table)
    return count


def _insert(connection: Connection, table: Table, portion: list[dict[str, Any]]) -> int:
    if portion:
        connection.execute(insert(table), portion)
    return len(portion)


def _values(table: Table, kept: Mapping[str, Any]) -> dict[str, Any]:
    # Every column is named: for one that is not, the model's default would be invented.
    return {column.name: _value(column, kept) for column in table.columns}


def _value(column: Column[Any], kept: Mapping[str, Any]) -> Any:
    if column.name not in kept:
        return null() if _is_json(column.type) else None
    value = kept[column.name]
    return datetime.fromisoformat(value) if isinstance(column.type, UtcDateTime) else value


def _is_json(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind, JSON)


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let new rows be numbered after those that were written with their numbers."""
    numbered = table.autoincrement_column
    if connection.dialect.name != "postgresql" or numbered is None:
        return  # the others look at the highest number by themselves
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, numbered.name)))
    highest = connection.scalar(select(func.max(numbered)))
    if sequence is not None and highest is not None:
        connection.execute(text("SELECT setval(:name, :highest)"), {"name": sequence, "highest": highest})


class Sum:
    """A checksum of lines that does not depend on their order, which databases do not agree about."""

    def __init__(self) -> None:
        self.rows = 0
        self._total = 0

    def add(self, line: str) -> None:
        """Count one line in."""
        self.rows += 1
        self._total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")

    def to_dict(self) -> dict[str, Any]:
        """Return how many lines there were, and their sum."""
        return {"rows": self.rows, "sum": f"{self._total % 2**256:064x}"}


def sums(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return the checksum of every table."""
    found = {}
    for table in tables():
        total = Sum()
        for line in lines(connection, table):
            total.add(line)
        found[table.name] = total.to_dict()
    return found


def empty(connection: Connection) -> bool:
    """Whether none of our tables has a row."""
    return all(connection.scalar(select(func.count()).select_from(table)) == 0 for table in tables())
