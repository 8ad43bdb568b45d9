"""Fixtures that many tests share: databases, an installation, a blob store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import servers
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import boursa
from boursa import settings
from boursa.app import create_app
from boursa.ops import schema
from boursa.runtime import Runtime
from boursa.settings import with_driver

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL for the whole run; its address without a database name."""
    with servers.postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """A real MariaDB for the whole run; its address without a database name."""
    with servers.mariadb() as address:
        yield address


# What is about the database itself is tried on MariaDB in the short run too; the rest in the long one.
_ALWAYS_ON_MARIADB = ("unit/storage/", "unit/ops/", "stack/test_adoption", "stack/test_sqlite_migration")


@pytest.hookimpl(tryfirst=True)  # before the marks decide what is run
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep most tests on MariaDB, whose tables are slow to make, for the long run."""
    for item in items:
        short = any(part in item.path.as_posix() for part in _ALWAYS_ON_MARIADB)
        if item.get_closest_marker("mariadb") and not short:
            item.add_marker(pytest.mark.long)


def _new_database(address: str, maintenance: str) -> str:
    name = f"test_{next(_numbers)}"
    engine = create_engine(with_driver(f"{address}/{maintenance}"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{address}/{name}"


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each kind of server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'boursa.db'}"
    maintenance = {"postgresql": "postgres", "mariadb": "mysql"}[request.param]
    return _new_database(request.getfixturevalue(f"{request.param}_server"), maintenance)


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The variables of a small installation with quick heartbeats."""
    return {
        # Processes that a test starts run the same code as the test.
        "PYTHONPATH": str(Path(boursa.__file__).parent.parent),
        "BOURSA_INSTANCE": str(tmp_path / "instance"),
        "BOURSA_ENV_FILE": str(tmp_path / "absent.env"),
        "DATABASE_URL": database_url,
        "JOB_HEARTBEAT_SECONDS": "0.5",
        "JOB_STALE_SECONDS": "2",
        "WORKER_PROCESSES": "2",
    }


@pytest.fixture
def make_app() -> Iterator[Callable[[dict[str, str]], APIFlask]]:
    """A function that makes the web application of an environment; what it opened is closed at the end."""
    made: list[APIFlask] = []

    def make(environment: dict[str, str]) -> APIFlask:
        made.append(create_app(settings.load(environment)))
        return made[-1]

    yield make
    for app in made:
        app.extensions["boursa"].close()


@pytest.fixture
def installation(environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]) -> Runtime:
    """An installation with its schema, on each kind of database."""
    app = make_app(environment)
    schema.upgrade(schema.config_of(app))
    held: Runtime = app.extensions["boursa"]
    return held


@pytest.fixture
def client(
    installation: Runtime, environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> FlaskClient:
    """A browser without cookies, on the installation."""
    return make_app(environment).test_client()


@pytest.fixture
def session(installation: Runtime) -> Iterator[Session]:
    """A session whose work is rolled back at the end."""
    with installation.sessions() as opened:
        yield opened
        opened.rollback()
