"""Five instances boot at the same time, whatever the database is like: one prepares it, all of them serve."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import databases
import old_database
import production
import pytest
import servers
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, table, text

from boursa.ops import schema
from boursa.settings import with_driver

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

_INSTANCES = 5
_OUTDATED = "0002"
_LONGER_S = 6  # than it takes to start, and the second that a statement may take


@pytest.fixture(params=["postgresql", pytest.param("mariadb", marks=[pytest.mark.mariadb, pytest.mark.long])])
def address(request: pytest.FixtureRequest) -> str:
    """An empty database on either kind of server."""
    server: str = request.getfixturevalue(f"{request.param}_server")
    template = "postgres" if request.param == "postgresql" else "mysql"
    return databases.create(server, template, f"boot_{secrets.token_hex(4)}")


@pytest.fixture
def environment(address: str, redis: servers.Redis, tmp_path: Path) -> dict[str, str]:
    """What the instances of one site share."""
    ports = servers.free_ports(2)
    return production.environment(tmp_path, address, redis.url(), *ports, [8000])


@contextmanager
def _booted(environment: dict[str, str], folder: Path) -> Iterator[list[production.Instance]]:
    """Start five at the same moment, and yield them when each has said that it is ready."""
    started = [_instance(environment, folder, number) for number in range(_INSTANCES)]
    try:
        for one in started:
            one.start()
        for one in started:
            one.await_ready()
        yield started
    finally:
        for one in started:
            one.kill()


def _instance(environment: dict[str, str], folder: Path, number: int = 0) -> production.Instance:
    port = servers.free_port()
    words = ["run", "--no-samples", "--no-worker", "--port", str(port)]
    return production.Instance(words, environment, folder / f"instance-{number}.log", port)


def _all_are_well(instances: list[production.Instance], engine: Engine) -> None:
    # A second migration would have made a table that is there already, and ended its instance.
    for one in instances:
        with urllib.request.urlopen(f"http://127.0.0.1:{one.port}/health", timeout=10) as answer:
            said = json.load(answer)
        assert (answer.status, said["database"], said["migrations"]) == (200, "ok", "current")
        assert one.process is not None
        assert one.process.poll() is None
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [
            schema.scripts()[0]
        ]


@contextmanager
def _looked_at(address: str) -> Iterator[Engine]:
    engine = create_engine(with_driver(address))
    try:
        yield engine
    finally:
        engine.dispose()


def test_on_an_empty_database(tmp_path: Path, address: str, environment: dict[str, str]) -> None:
    # A new site: nobody has to migrate by hand first.
    with _looked_at(address) as engine, _booted(environment, tmp_path) as instances:
        _all_are_well(instances, engine)
        assert "users" in inspect(engine).get_table_names()


def test_on_an_outdated_database(tmp_path: Path, address: str, environment: dict[str, str]) -> None:
    # A new release finds the schema of the one before, with people in it.
    site = production.Stack(tmp_path, environment, 0, 0)
    site.boursa("db", "upgrade")
    site.boursa("users", "create", "awa")
    site.boursa("db", "downgrade", "--yes", _OUTDATED)
    with _looked_at(address) as engine, _booted(environment, tmp_path) as instances:
        _all_are_well(instances, engine)
        with engine.connect() as connection:
            assert connection.scalars(text("SELECT username FROM users")).all() == ["awa"]


def _rows(connection: Connection, name: str) -> int:
    return connection.scalar(select(func.count()).select_from(table(name))) or 0


def test_on_a_database_of_the_earlier_boursa(
    tmp_path: Path, address: str, environment: dict[str, str]
) -> None:
    # Tables by `create_all`, no revision: every old row is there afterwards, once.
    with _looked_at(address) as engine:
        before = old_database.fill(engine)
        with _booted(environment, tmp_path) as instances:
            _all_are_well(instances, engine)
            with engine.connect() as connection:
                for name, rows in before.items():
                    aside = name if name == "wp_posts" else f"earlier_{name}"
                    assert _rows(connection, aside) == rows, name
                assert _rows(connection, "users") == before["users"]
                carried = before["test_history"] + before["predict_history"]
                assert _rows(connection, "test_history") == carried


def test_who_waits_for_another_has_patience(
    tmp_path: Path, address: str, environment: dict[str, str]
) -> None:
    # A migration of minutes must not end the instances that wait for it, however short statements have to be.
    instance = _instance({**environment, "DATABASE_STATEMENT_TIMEOUT_SECONDS": "1"}, tmp_path)
    with _looked_at(address) as engine, schema.alone(engine):
        instance.start()
        time.sleep(_LONGER_S)
        assert instance.process is not None
        assert instance.process.poll() is None, instance.log.read_text()
    try:
        instance.await_ready()
    finally:
        instance.kill()
