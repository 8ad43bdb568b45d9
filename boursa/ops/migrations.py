"""Migrations: Alembic, through Flask-Migrate, brings the database's schema up and takes it down.

Loaded where something is to be changed: Alembic weighs ten megabytes, and a process that serves has no use
for it.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from flask import Flask
from flask_migrate import Migrate
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from boursa.errors import Conflict, Unavailable
from boursa.language import N_
from boursa.ops.schema import MIGRATIONS, alone, earlier_tables, engine_of
from boursa.storage.models import Base
from boursa.storage.session import spoken

# PostgreSQL's words for a lock that was not given up, and for a deadlock.
_TABLES_IN_USE = ("55P03", "40P01")
_TABLES_WAIT_S, _PAUSE_S = 120, (0.1, 0.6)


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the schema up to `revision`; nothing happens if it is there already.

    Raises
    ------
    Conflict
        If the database is the earlier BoursA's: `boursa.ops.adoption` takes those over.
    """
    engine = engine_of(app)
    with spoken(), alone(engine):
        if earlier_tables(engine):
            raise Conflict(
                N_("This database was made by the earlier BoursA; take it over with: boursa db adopt")
            )
        step(app, revision)


def step(app: Flask, revision: str = "head") -> None:
    """Bring the schema up for somebody who is `alone` already.

    On PostgreSQL the revisions take the tables only where they are given up soon: who waits for a table
    keeps everybody after it waiting too, and who holds one and waits for another ends in a deadlock with
    people's requests. So what is refused is undone, and tried again a little later.
    """
    config, until = _config(app), time.monotonic() + _TABLES_WAIT_S
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


def downgrade(app: Flask, revision: str) -> None:
    """Take the schema down to `revision`."""
    _run(command.downgrade, _config(app), revision)


def check(app: Flask) -> None:
    """Raise `Conflict` if the models say something that no migration does."""
    try:
        with spoken():
            command.check(_config(app))
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


def _config(app: Flask) -> Config:
    """Return the Alembic configuration that Flask-Migrate keeps for `app`."""
    engine = engine_of(app)
    # Flask-Migrate reads two attributes off what is usually Flask-SQLAlchemy.
    database = SimpleNamespace(metadata=Base.metadata, engine=engine)
    migrate = Migrate(app, database, directory=str(MIGRATIONS))
    with app.app_context():
        config: Config = migrate.get_config()
    config.attributes["engine"] = engine
    config.stdout = io.StringIO()  # Alembic prints what our doors say themselves
    return config


def _run(step: Callable[[Config, str], None], config: Config, revision: str) -> None:
    try:
        with spoken():
            step(config, revision)
    except CommandError as error:
        raise Conflict(N_("The schema cannot be changed: {reason}"), reason=str(error)) from error
