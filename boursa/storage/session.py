"""Engines and sessions: one factory for every path that reads or writes rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from boursa.errors import ConfigurationError, SchemaOutdated, Unavailable
from boursa.language import N_

_LOCK_WAIT_S = 30


def make_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Return the engine for `url`, set up so that every database behaves alike.

    SQLite gets WAL, foreign keys and a write lock taken at BEGIN: a transaction that starts
    reading and then writes would otherwise fail at once under concurrent writers.
    """
    try:
        address = make_url(url)
        dialect = address.get_dialect()
    except (ArgumentError, ImportError, ValueError) as error:
        raise ConfigurationError(problems=["DATABASE_URL: is not an address that can be read."]) from error
    if dialect.name == "sqlite":
        return _sqlite_engine(url, address.database)
    options: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
    }
    return create_engine(address, **options)


def _sqlite_engine(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _LOCK_WAIT_S})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions behind our back
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the session factory; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open a session, commit at the end, roll back on any error.

    Raises
    ------
    Unavailable
        If the database cannot be reached.
    SchemaOutdated
        If a table or column that the code needs is not there.
    """
    try:
        with sessions.begin() as session:
            yield session
    except OperationalError as error:
        if _names_missing_schema(error):
            raise SchemaOutdated(N_("The database has no current schema; run: boursa db upgrade")) from error
        raise Unavailable(N_("The database cannot be reached at the moment; nothing was changed.")) from error
    except DBAPIError as error:
        if _names_missing_schema(error):
            raise SchemaOutdated(N_("The database has no current schema; run: boursa db upgrade")) from error
        raise


def _names_missing_schema(error: DBAPIError) -> bool:
    # SQLite says it in words; PostgreSQL and MySQL have codes for missing tables and columns.
    original = error.orig
    code = getattr(original, "sqlstate", None) or next(iter(getattr(original, "args", ())), None)
    return code in ("42P01", "42703", 1146, 1054) or str(original).startswith(
        ("no such table", "no such column")
    )
