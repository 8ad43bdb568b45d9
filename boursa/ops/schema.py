"""The database schema against the code: bring it up, take it down, say which is older."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import Engine, text

from boursa.errors import Conflict, SchemaOutdated
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
