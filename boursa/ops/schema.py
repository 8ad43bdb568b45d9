"""The database schema against the code: say which is older, and let one process at a time change it.

Every process that serves asks this, so it does without Alembic, whose place is `boursa.ops.migrations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, inspect, text

from boursa.errors import Conflict, SchemaOutdated, Unavailable
from boursa.language import N_
from boursa.ops import earlier
from boursa.storage.models import Base
from boursa.storage.session import spoken, unlimited

# One arbitrary number, ours alone among users of advisory locks, and not that of the revisions.
_POSTGRESQL_KEY = 0x426F757273410002
_MYSQL_KEY = "boursa.preparation"
_WAIT_S = 600
MIGRATIONS = Path(__file__).parent.parent / "storage" / "migrations"
_SAID = re.compile(r"^(revision|down_revision) = (?:['\"](\w+)['\"]|None)$", re.MULTILINE)


@dataclass(frozen=True)
class SchemaState:
    """The database's revision, the code's, and whether they are equal, older, newer or absent."""

    database: str | None
    code: str
    state: str


def engine_of(app: Flask) -> Engine:
    """Return the engine of the database that `app` works on."""
    engine: Engine = app.extensions["boursa"].engine
    return engine


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the lock that lets one process at a time prepare the database; the others wait for it.

    The revisions have a lock of their own, for whoever calls Alembic by hand.
    """
    if engine.dialect.name == "sqlite":
        yield  # a migration locks the file, and there is nothing to take over
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # closed at the end, and the lock with it, whatever happens
        if engine.dialect.name == "postgresql":
            # Waiting for another instance is no statement that hangs.
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _POSTGRESQL_KEY})
        else:
            unlimited(connection)
            wait = {"name": _MYSQL_KEY, "wait": _WAIT_S}
            if connection.scalar(text("SELECT GET_LOCK(:name, :wait)"), wait) != 1:
                raise Unavailable(N_("Another process has been preparing the database for too long."))
        yield


def earlier_tables(engine: Engine) -> list[str]:
    """Return the tables of the earlier BoursA, where the database is one.

    Raises
    ------
    Conflict
        If tables have our names and neither BoursA made them.
    """
    if _revision(engine) in scripts()[1]:
        return []
    looked = inspect(engine)
    ours = {*Base.metadata.tables, *earlier.SIGNS} & set(looked.get_table_names())
    found = [
        name
        for name in earlier.CONVERTERS
        if name in ours and earlier.is_earlier(name, (column["name"] for column in looked.get_columns(name)))
    ]
    strangers = sorted(ours - set(found)) or (found if found == ["users"] else [])
    if strangers and _revision(engine) is None:
        raise Conflict(
            N_("The database has tables that BoursA did not make ({tables}); give it one of its own."),
            tables=", ".join(strangers),
        )
    return [] if strangers else found


def serves(engine: Engine) -> bool:
    """Whether the schema is this code's, or that of a later release, which this one can work with.

    A release only adds to the schema; what is no longer used is taken away by the one after it. So in
    an update, and when one is taken back, both serve.
    """
    found = state(engine)
    if found.state == "newer":
        return set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    return found.state == "current"


def foreign_revision(engine: Engine) -> list[str]:
    """Return Alembic's table if the revision in it is none of ours, as a list."""
    revision = _revision(engine)
    return ["alembic_version"] if revision is not None and revision not in scripts()[1] else []


def state(engine: Engine) -> SchemaState:
    """Compare the database's revision with the newest one in the code."""
    head, known = scripts()
    database = _revision(engine)
    if database is None:
        return SchemaState(None, head, "absent")
    if database == head:
        return SchemaState(database, head, "current")
    return SchemaState(database, head, "older" if database in known else "newer")


def _revision(engine: Engine) -> str | None:
    # Alembic's own way looks at the list of tables first: four times as much work, at every look at /health.
    try:
        with spoken(), engine.connect() as connection:
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except SchemaOutdated:
        return None
    return found


@cache
def scripts() -> tuple[str, frozenset[str]]:
    """Return the newest revision in the code, and all of them; read once, since code does not change."""
    files = (MIGRATIONS / "versions").glob("*.py")
    said = [dict(_SAID.findall(file.read_text(encoding="utf-8"))) for file in files]
    known = frozenset(one["revision"] for one in said)
    (head,) = known - {one["down_revision"] for one in said}
    return head, known
