"""Moving what an SQLite file holds to the configured server database.

The one module that opens SQLite by itself: the file was made by another program, is only read, and
never written to.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, delete, func, select

from boursa.errors import Conflict, FileUnreadable
from boursa.language import N_
from boursa.ops import carrying, earlier, schema
from boursa.ops.carrying import Carried, Report, Source, Values
from boursa.ops.earlier import EarlierSource, Notes, Row
from boursa.storage.models import Base, User
from boursa.storage.session import make_engine, spoken

# What belongs to the processes and open requests of the installation that the file comes from.
_LEFT_BEHIND = ("instances", "idempotency_keys")


@dataclass(frozen=True)
class Moved:
    """What arrived (or, in a dry run, would), and what could not be carried as it stood."""

    tables: Sequence[Carried]
    notes: Notes
    dry_run: bool = False


def migrate(engine: Engine, path: Path, report: Report = carrying.silent, *, dry_run: bool = False) -> Moved:
    """Bring everything in the file over; what a run before this one has brought is not brought again.

    Raises
    ------
    FileUnreadable
        If the file is not there or is no database of BoursA's.
    Conflict
        If the target has rows that did not come from this file, or something arrived differently.
    """
    with opened(path) as source, spoken(), schema.alone(engine):
        if not carrying.begun(engine, source.name):
            _refuse_rows(engine, source)
        if dry_run:
            return Moved(_counted(source), _notes(source), dry_run=True)
        _make_room(engine, source)
        carrying.carry(engine, source, report)
        done = carrying.verify(engine, source)
        carrying.finish(engine, source.name)
        return Moved(done, _notes(source))


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Yield what the file holds as a source of rows: the earlier BoursA's tables, or today's."""
    if not path.is_file():
        raise FileUnreadable(N_("{name} does not exist."), name=path)
    name = "sqlite:" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _decoded
        tables = _tables(connection, path)
        if "username_key" not in tables.get("users", ()):
            found = [table for table, columns in tables.items() if earlier.is_earlier(table, columns)]
            if not found:
                raise FileUnreadable(N_("{name} holds no tables of BoursA."), name=path)
            yield EarlierSource(name, found, lambda *wanted: _read(connection, *wanted))
            return
    with _today(name, path) as source:
        yield source


def _tables(connection: sqlite3.Connection, path: Path) -> dict[str, list[str]]:
    try:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    except sqlite3.DatabaseError as error:
        raise FileUnreadable(N_("{name} is no SQLite database."), name=path) from error
    return {
        name: [
            column["name"] for column in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
        ]
        for (name,) in names
    }


def _read(connection: sqlite3.Connection, table: str, after: int, limit: int) -> Sequence[Row]:
    # The name is one of ours, not the file's.
    wanted = f'SELECT * FROM "{table}" WHERE id > ? ORDER BY id LIMIT ?'  # noqa: S608 - see above
    return [dict(row) for row in connection.execute(wanted, (after, limit))]


def _decoded(content: bytes) -> str:
    # SQLite keeps whatever bytes a program wrote.
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


class TodaysSource:
    """The tables of this BoursA in an SQLite file."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self._engine = engine
        tables = Base.metadata.sorted_tables
        self._tables = {table.name: table for table in tables if table.name not in _LEFT_BEHIND}

    def steps(self) -> Sequence[str]:
        """Return the tables, those that others refer to first."""
        return list(self._tables)

    def target(self, step: str) -> Table:
        """Return the table itself."""
        return self._tables[step]

    def batches(self, step: str, after: int, size: int) -> Iterator[Sequence[tuple[int, Values]]]:
        """Yield its rows; a table without numbers comes in one piece."""
        table = self._tables[step]
        if "id" not in table.c:
            rows = self._rows(select(table).order_by(*table.primary_key)) if after < 0 else []
            if rows:
                yield [(place, row) for place, row in enumerate(rows)]
            return
        while rows := self._rows(select(table).where(table.c.id > after).order_by(table.c.id).limit(size)):
            after = int(rows[-1]["id"])
            yield [(int(row["id"]), row) for row in rows]

    def _rows(self, wanted: Any) -> list[dict[str, Any]]:
        with self._engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(wanted)]


@contextmanager
def _today(name: str, path: Path) -> Iterator[TodaysSource]:
    engine = make_engine(f"sqlite:///{path.resolve()}")
    try:
        if schema.state(engine).state != "current":
            raise Conflict(
                N_("{name} has an older schema; first run: DATABASE_URL=sqlite:///{name} boursa db upgrade"),
                name=path,
            )
        yield TodaysSource(name, engine)
    finally:
        engine.dispose()


def _refuse_rows(engine: Engine, source: Source) -> None:
    for table in dict.fromkeys(source.target(step) for step in source.steps()):
        wanted = select(func.count()).select_from(table)
        if table.name == "users":
            wanted = wanted.where(User.password_hash.is_not(None) | User.last_login.is_not(None))
        if table.name in ("audit_log", "sign_in_links"):
            continue  # what making the first administrator leaves
        with engine.connect() as connection:
            rows = connection.scalar(wanted)
        if rows:
            raise Conflict(
                N_("The target has rows in {table} ({rows}) that are not from this file; nothing was moved."),
                rows=rows,
                table=table.name,
            )


def _make_room(engine: Engine, source: Source) -> None:
    """Take away accounts that nobody has used, such as the first administrator of an empty installation."""
    if carrying.begun(engine, source.name) or "users" not in source.steps():
        return
    with engine.begin() as connection:
        connection.execute(delete(User).where(User.password_hash.is_(None), User.last_login.is_(None)))
        if "audit_log" in source.steps():
            connection.execute(delete(Base.metadata.tables["audit_log"]))


def _counted(source: Source) -> list[Carried]:
    found = []
    for step in source.steps():
        rows = sum(len(batch) for batch in source.batches(step, earlier.FIRST, carrying.BATCH))
        found.append(Carried(step, rows, 0, "", agrees=True))
    return found


def _notes(source: Source) -> Notes:
    return source.notes if isinstance(source, EarlierSource) else Notes()
