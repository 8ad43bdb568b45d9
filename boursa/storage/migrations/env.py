"""How Alembic runs our revisions: one at a time, under the database's own lock.

Any number of instances may start a migration at once: the first does the work, the others wait
and then find nothing to do. Without the lock two of three die, on PostgreSQL and on MySQL alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, Table, event, text

from boursa.errors import Unavailable
from boursa.language import N_
from boursa.storage.models import Base
from boursa.storage.models.base import BigInt, UtcDateTime
from boursa.storage.session import patient

# Two 32-bit halves of one arbitrary number, ours alone among users of advisory locks.
_POSTGRESQL_LOCK = 0x426F757273410001
_MYSQL_LOCK = "boursa.migrations"
_LOCK_WAIT_S = 600
_TABLE_WAIT_MS = 500


def run(engine: Engine) -> None:
    """Run the wanted revisions on a connection of their own."""
    with engine.connect() as connection, _unenforced(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_type=True,
            compare_server_default=False,
            # SQLite cannot alter a column: Alembic copies the table instead.
            render_as_batch=connection.dialect.name == "sqlite",
            include_object=_ours,
            render_item=_rendered,
        )
        with context.begin_transaction(), _locked(connection):
            context.run_migrations()


@event.listens_for(Table, "before_create")
def _compared_by_bytes(table: Table, connection: Connection, **_: Any) -> None:
    # By MySQL's own collations "Awa" is "awa" and "André" is "Andre": people, files and addresses that
    # the other databases tell apart would collide.
    if connection.dialect.name in ("mysql", "mariadb"):
        table.kwargs.update(mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")


def _ours(_thing: object, name: str | None, kind: str, reflected: bool, _other: object) -> bool:
    # Tables of other programs in the same database are none of our business.
    return not (kind == "table" and reflected and name not in Base.metadata.tables)


def _rendered(kind: str, thing: object, autogen: Any) -> str | Literal[False]:
    # Our two column types by their names, so that a revision reads like the models.
    for name, ours in (("UtcDateTime()", isinstance(thing, UtcDateTime)), ("BigInt", thing is BigInt)):
        if kind == "type" and ours:
            autogen.imports.add(f"from boursa.storage.models.base import {name.removesuffix('()')}")
            return name
    return False


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    patient(connection)
    match connection.dialect.name:
        case "postgresql":
            # Held until the migration's own transaction ends, however it ends. Waiting for another
            # instance is well; a table that is not given up ends the migration before all wait for it,
            # and before the server looks for deadlocks (after a second), whose victim may be a request.
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_LOCK})
            connection.execute(text(f"SET LOCAL lock_timeout = {_TABLE_WAIT_MS}"))
            yield
        case "mysql" | "mariadb":
            wait = {"name": _MYSQL_LOCK, "wait": _LOCK_WAIT_S}
            if connection.scalar(text("SELECT GET_LOCK(:name, :wait)"), wait) != 1:
                raise Unavailable(N_("Another process has been preparing the database for too long."))
            try:
                yield
            finally:
                connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": _MYSQL_LOCK})
        case _:
            yield  # SQLite: BEGIN IMMEDIATE has locked the file


@contextmanager
def _unenforced(connection: Connection) -> Iterator[None]:
    """Switch SQLite's foreign keys off: dropping the old copy of a table would cascade."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - an open connection always has one
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run(context.config.attributes["engine"])
