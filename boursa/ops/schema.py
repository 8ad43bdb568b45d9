"""The database schema against the code: bring it up, take it down, say which is older."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from boursa.errors import Conflict, SchemaOutdated, Unavailable
from boursa.language import N_
from boursa.ops import earlier
from boursa.storage.models import Base
from boursa.storage.session import spoken

# One arbitrary number, ours alone among users of advisory locks, and not that of the revisions.
_POSTGRESQL_KEY = 0x426F757273410002
_MYSQL_KEY = "boursa.preparation"
_WAIT_S = 600
# PostgreSQL's words for a lock that was not given up, and for a deadlock.
_TABLES_IN_USE = ("55P03", "40P01")
_TABLES_WAIT_S, _PAUSE_S = 120, (0.1, 0.6)
MIGRATIONS = Path(__file__).parent.parent / "storage" / "migrations"


@dataclass(frozen=True)
class SchemaState:
    """The database's revision, the code's, and whether they are equal, older, newer or absent."""

    database: str | None
    code: str
    state: str


def config_of(app: Flask) -> Config:
    """Return the Alembic configuration that Flask-Migrate keeps for `app`."""
    with app.app_context():
        config: Config = app.extensions["migrate"].migrate.get_config()
    config.stdout = io.StringIO()  # Alembic prints what our doors say themselves
    return config


def upgrade(config: Config, revision: str = "head") -> None:
    """Bring the schema up to `revision`; nothing happens if it is there already.

    Raises
    ------
    Conflict
        If the database is the earlier BoursA's: `boursa.ops.adoption` takes those over.
    """
    engine: Engine = config.attributes["engine"]
    with spoken(), alone(engine):
        if earlier_tables(engine):
            raise Conflict(
                N_("This database was made by the earlier BoursA; take it over with: boursa db adopt")
            )
        step(config, revision)


def step(config: Config, revision: str = "head") -> None:
    """Bring the schema up for somebody who is `alone` already.

    On PostgreSQL the revisions take the tables only where they are given up soon: who waits for a table
    keeps everybody after it waiting too, and who holds one and waits for another ends in a deadlock with
    people's requests. So what is refused is undone, and tried again a little later.
    """
    until = time.monotonic() + _TABLES_WAIT_S
    while True:
        try:
            _run(command.upgrade, config, revision)
        except Unavailable as error:
            if not _tables_in_use(error):
                raise
            if time.monotonic() > until:
                raise Unavailable(
                    N_("The tables are in use and were not given up; nothing was changed. Try again later.")
                ) from error
            time.sleep(random.uniform(*_PAUSE_S))
        else:
            return


def _tables_in_use(error: Unavailable) -> bool:
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) in _TABLES_IN_USE


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


def downgrade(config: Config, revision: str) -> None:
    """Take the schema down to `revision`."""
    _run(command.downgrade, config, revision)


def check(config: Config) -> None:
    """Raise `Conflict` if the models say something that no migration does."""
    try:
        with spoken():
            command.check(config)
    except CommandError as error:
        raise Conflict(N_("Models and migrations differ: {difference}"), difference=str(error)) from error


def differences(engine: Engine) -> list[str]:
    """Return in a few words each what the database's tables have that the models do not, or the reverse."""
    with spoken(), engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        return [_shortly(one) for one in compare_metadata(context, Base.metadata)]


def _ours(name: str | None, kind: str, _above: object) -> bool:
    return kind != "table" or name in Base.metadata.tables


def _shortly(difference: Any) -> str:
    # One change, or a list of changes to one column.
    what = difference[0] if isinstance(difference, list) else difference
    names = [getattr(one, "name", one) for one in what[1:] if isinstance(getattr(one, "name", one), str)]
    return " ".join([what[0].replace("_", " "), *dict.fromkeys(map(str, names))])


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
    found = ScriptDirectory(str(MIGRATIONS))
    return found.get_current_head() or "", frozenset(script.revision for script in found.walk_revisions())


def _run(step: Callable[[Config, str], None], config: Config, revision: str) -> None:
    try:
        with spoken():
            step(config, revision)
    except CommandError as error:
        raise Conflict(N_("The schema cannot be changed: {reason}"), reason=str(error)) from error
