"""Fixtures that many tests share: databases, an installation, a blob store."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import databases
import hypothesis
import jinja2
import pytest
import servers
from apiflask import APIFlask
from argon2 import PasswordHasher
from clients import Client
from databases import Ready
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import boursa
from boursa import runtime, settings
from boursa.app import create_app
from boursa.ops import schema
from boursa.runtime import Runtime
from boursa.services import passwords

APIFlask.test_client_class = Client
_numbers = itertools.count(1)
# The database that is there on every server of a kind, to make others from.
_MAINTENANCE = {"postgresql": "postgres", "mariadb": "mysql"}


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where passwords are not what is looked at, keeping one costs this process next to nothing."""
    passwords._decoy.cache_clear()
    if "passwords" not in request.path.stem:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        monkeypatch.setattr(passwords, "_HASHER", quick)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL for the whole run; its address without a database name."""
    with servers.postgresql() as server:
        yield server.address


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """A real MariaDB for the whole run; its address without a database name."""
    with servers.mariadb() as server:
        yield server.address


@pytest.fixture(scope="session")
def s3_server() -> Iterator[servers.S3]:
    """A real S3 server for the whole run; whoever takes it away gives it back."""
    with servers.s3() as server:
        yield server


@pytest.fixture
def redis() -> Iterator[servers.Redis]:
    """A real Redis of the test's own, since tests take it away."""
    with servers.redis() as server:
        yield server


# Begun first, so that at the end no process waits for another's file of minutes.
_LONGEST_FIRST = ("browser", "test_three_instances", "test_worker", "test_postgresql_away")
# What takes a whole database over is tried on MariaDB in the short run too; the rest in the long one.
_ALWAYS_ON_MARIADB = ("stack/test_adoption", "stack/test_sqlite_migration")


# Properties that name no number of their own are tried on so many examples.
hypothesis.settings.register_profile("short", max_examples=60, deadline=None)
hypothesis.settings.register_profile("long", max_examples=300, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples a property is tried on, before any is read."""
    chosen = config.option.markexpr.replace("not long", "")
    # Whoever chooses by another mark wants the short form.
    hypothesis.settings.load_profile("long" if "long" in chosen else "short")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Keep most tests on MariaDB for the long run; once they are chosen and shuffled, sort the files."""
    for item in items:
        short = any(part in item.path.as_posix() for part in _ALWAYS_ON_MARIADB)
        if item.get_closest_marker("mariadb") and not short:
            item.add_marker(pytest.mark.long)
    yield
    items.sort(key=lambda item: not any(part.startswith(_LONGEST_FIRST) for part in item.path.parts))


@pytest.fixture(scope="session")
def ready(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ready]:
    """A migrated database of each kind."""
    made = Ready(tmp_path_factory.mktemp("databases"), lambda kind: _new_database(request, kind))
    yield made
    made.close()


def _new_database(request: pytest.FixtureRequest, kind: str) -> str:
    address = request.getfixturevalue(f"{kind}_server")
    return databases.create(address, _MAINTENANCE[kind], f"test_{next(_numbers)}")


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, ready: Ready) -> str:
    """A database on each kind of server: with its schema where the test has an installation, else empty."""
    wanted = "installation" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "boursa.db"
        return ready.sqlite(path) if wanted else f"sqlite:///{path}"
    # Processes that a test started, and killed, may come back to their database later.
    shared = wanted and "stack" not in request.path.parts
    return ready.on_server(request.param) if shared else _new_database(request, request.param)


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The variables of a small installation with quick heartbeats."""
    return {
        # Processes that a test starts run the same code as the test.
        "PYTHONPATH": str(Path(boursa.__file__).parent.parent),
        "BOURSA_INSTANCE": str(tmp_path / "instance"),
        "BOURSA_ENV_FILE": "",
        "DATABASE_URL": database_url,
        "JOB_HEARTBEAT_SECONDS": "0.5",
        "JOB_STALE_SECONDS": "2",
        "WORKER_PROCESSES": "2",
    }


class _Compiled(jinja2.BytecodeCache):
    """Templates as compiled for an earlier test: half of what an application's first page costs."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])  # nothing, if the source is another now

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


@pytest.fixture
def make_app() -> Iterator[Callable[[dict[str, str]], APIFlask]]:
    """A function that makes the web application of an environment; what it opened is closed at the end."""
    made: list[APIFlask] = []

    def make(environment: dict[str, str]) -> APIFlask:
        made.append(create_app(settings.load(environment)))
        made[-1].jinja_env.bytecode_cache = _compiled
        return made[-1]

    yield make
    for app in made:
        app.extensions["boursa"].close()


@pytest.fixture
def installation(environment: dict[str, str], tmp_path: Path) -> Iterator[Runtime]:
    """An installation with its schema, on each kind of database."""
    held = runtime.build(settings.load(environment))
    if schema.state(held.engine).state != "current":
        databases.migrate(environment["DATABASE_URL"], tmp_path)
    yield held
    held.close()


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
