"""The database schema against the code: bring it up, take it down, say which is older."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import Engine

from boursa.errors import Conflict
from boursa.language import N_
from boursa.storage.session import spoken

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
    """Bring the schema up to `revision`; nothing happens if it is there already."""
    _run(command.upgrade, config, revision)


def downgrade(config: Config, revision: str) -> None:
    """Take the schema down to `revision`."""
    _run(command.downgrade, config, revision)


def check(config: Config) -> None:
    """Raise `Conflict` if the models say something that no migration does."""
    try:
        command.check(config)
    except CommandError as error:
        raise Conflict(N_("Models and migrations differ: {difference}"), difference=str(error)) from error


def state(engine: Engine) -> SchemaState:
    """Compare the database's revision with the newest one in the code."""
    head, known = _revisions()
    with spoken(), engine.connect() as connection:
        database = MigrationContext.configure(connection).get_current_revision()
    if database is None:
        return SchemaState(None, head, "absent")
    if database == head:
        return SchemaState(database, head, "current")
    return SchemaState(database, head, "older" if database in known else "newer")


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """Return the newest revision in the code, and all of them; a process keeps the code it started with."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return scripts.get_current_head() or "", frozenset(one.revision for one in scripts.walk_revisions())


def _run(step: Callable[[Config, str], None], config: Config, revision: str) -> None:
    try:
        with spoken():
            step(config, revision)
    except CommandError as error:
        raise Conflict(N_("The schema cannot be changed: {reason}"), reason=str(error)) from error
