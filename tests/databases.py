"""The databases of the tests: which kinds, and one that is ready in no time.

Making a schema takes a third of a second, and hundreds of tests want one. So one database of each kind
is migrated once; a test that asks for an installation gets it empty, with numbers that begin at one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from boursa import settings
from boursa.app import create_app
from boursa.ops import migrations, schema
from boursa.storage.models import Base
from boursa.storage.session import make_engine

# The services are proved on every database; how a page shows what they say does not depend on it.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# For each server, what writes the statements that end everybody else's connections, since what a test left
# open would hold locks for ever, and the ones that let numbers begin at one again.
_SERVERS = {
    "postgresql": (
        "SELECT format('SELECT pg_terminate_backend(%s)', pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "SELECT format('ALTER SEQUENCE %I RESTART', sequencename) FROM pg_sequences"
        " WHERE last_value IS NOT NULL",
    ),
    "mysql": (
        "SELECT concat('KILL ', id) FROM information_schema.processlist"
        " WHERE db = database() AND id <> connection_id()",
        "SELECT concat('ALTER TABLE `', table_name, '` AUTO_INCREMENT = 1') FROM information_schema.tables"
        " WHERE table_schema = database() AND auto_increment > 1",
    ),
}


def migrate(url: str, folder: Path) -> None:
    """Give a database its schema, as an upgrade of an installation does."""
    app = create_app(
        settings.load(
            {
                "BOURSA_INSTANCE": str(folder / "instance"),
                "BOURSA_ENV_FILE": "",
                "DATABASE_URL": url,
            }
        )
    )
    migrations.upgrade(app)
    app.extensions["boursa"].close()


class Ready:
    """A migrated database of each kind, made when it is first asked for."""

    def __init__(self, folder: Path, create: Callable[[str], str]) -> None:
        """Keep files in `folder`; `create` makes an empty database on the server of a kind."""
        self._folder, self._create = folder, create
        self._engines: dict[str, Engine] = {}

    def sqlite(self, path: Path) -> str:
        """Return the address of a new SQLite file at `path`, with its schema and nothing in it."""
        model = self._folder / "migrated.db"
        if not model.exists():
            migrate(f"sqlite:///{model}", self._folder)
        shutil.copy(model, path)
        return f"sqlite:///{path}"

    def on_server(self, kind: str) -> str:
        """Return the address of the one database on a server, emptied of what the test before left."""
        engine = self._engines.get(kind)
        if engine is None or schema.state(engine).state != "current":  # a test took its schema down
            url = self._create(kind)
            migrate(url, self._folder)
            engine = self._engines[kind] = make_engine(settings.with_driver(url), pool_size=1)
        _empty(engine)
        return engine.url.set(drivername=engine.dialect.name).render_as_string(hide_password=False)

    def close(self) -> None:
        """Give the connections back."""
        for engine in self._engines.values():
            engine.dispose()


def create(address: str, maintenance: str, name: str) -> str:
    """Make an empty database on a server; return its address."""
    engine = create_engine(settings.with_driver(f"{address}/{maintenance}"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{address}/{name}"


def _empty(engine: Engine) -> None:
    alone, numbered = _SERVERS["postgresql" if engine.dialect.name == "postgresql" else "mysql"]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _each(connection, alone, gone=True)
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
        _each(connection, numbered)


def _each(connection: Connection, writer: str, *, gone: bool = False) -> None:
    for statement in connection.scalars(text(writer)).all():
        with suppress(OperationalError) if gone else nullcontext():  # it may have left by itself
            connection.execute(text(statement))
