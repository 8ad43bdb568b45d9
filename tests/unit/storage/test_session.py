"""The unit of work: all or nothing, and faults of the database said in our words."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, insert, select, text

from boursa.errors import ConfigurationError, SchemaOutdated, Unavailable
from boursa.runtime import Runtime
from boursa.settings import with_driver
from boursa.storage import session as module
from boursa.storage.models import User
from boursa.storage.session import make_engine, make_sessions, patient, unit_of_work


def test_an_error_undoes_everything(installation: Runtime) -> None:
    # Half of an act is worse than none.
    with pytest.raises(ZeroDivisionError), installation.unit_of_work() as session:
        session.add(User(username="awa"))
        session.flush()
        raise ZeroDivisionError
    with installation.unit_of_work() as session:
        assert session.query(User).count() == 0


def test_a_database_without_schema_says_what_to_do(database_url: str) -> None:
    # The person who forgot the migration is told the command.
    engine = make_engine(with_driver(database_url))
    with (
        pytest.raises(SchemaOutdated, match="boursa db upgrade"),
        unit_of_work(make_sessions(engine)) as session,
    ):
        session.query(User).count()
    engine.dispose()


def test_who_only_looks_waits_for_no_writer(installation: Runtime) -> None:
    # Before every page somebody is looked up; a long upload of another person must not hold that up.
    with installation.unit_of_work() as session:
        session.add(User(username="awa"))
        session.flush()
        with installation.connection() as connection:
            assert connection.scalars(select(User.username)).all() == []
    with installation.connection() as connection:
        assert connection.scalars(select(User.username)).all() == ["awa"]


def test_what_is_said_on_a_bare_connection_stays(installation: Runtime) -> None:
    # Statement by statement, also where a later one fails.
    with pytest.raises(ZeroDivisionError), installation.connection() as connection:
        connection.execute(insert(User).values(username="awa"))
        raise ZeroDivisionError
    with installation.unit_of_work() as session:
        assert session.scalars(select(User.username)).all() == ["awa"]


def test_a_database_that_is_away_is_said_to_be_away() -> None:
    # Never a silent fallback to another database.
    engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable), unit_of_work(make_sessions(engine)) as session:
        session.execute(text("SELECT 1"))


@pytest.mark.parametrize("url", ["nonsense", "oracle+nodriver://x/y", "postgresql+psycopg://h:port/d"])
def test_an_unreadable_address_is_a_fault_of_the_configuration(url: str) -> None:
    # And the address, which holds a password, is not repeated.
    with pytest.raises(ConfigurationError) as refused:
        make_engine(url)
    assert url not in str(refused.value)


def test_sqlite_runs_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    # Readers must not block writers, and references must hold.
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


_SLEEP = {"postgresql": "SELECT pg_sleep(3)", "mysql": "SELECT SLEEP(3)", "mariadb": "SELECT SLEEP(3)"}
on_servers = pytest.mark.parametrize(
    "database_url",
    [
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)


@on_servers
def test_no_statement_takes_for_ever_unless_its_transaction_is_patient(database_url: str) -> None:
    # One query that hangs would hold a thread, a connection and its locks; a migration may take its time.
    engine = make_engine(with_driver(database_url), statement_s=1, pool_size=1)
    sleep = text(_SLEEP[engine.dialect.name])
    begun = time.monotonic()
    with pytest.raises(Unavailable), unit_of_work(make_sessions(engine)) as session:
        session.execute(sleep)
    assert time.monotonic() - begun < 2.5
    with engine.begin() as connection:
        patient(connection)
        connection.execute(sleep)
    with pytest.raises(Unavailable), unit_of_work(make_sessions(engine)) as session:
        session.execute(sleep)  # the patience ended with its transaction
    engine.dispose()


@on_servers
def test_nobody_waits_for_a_lock_for_ever(database_url: str) -> None:
    # Who holds a row and fell asleep stops the others for a while, and no longer.
    engine = make_engine(with_driver(database_url), lock_s=1)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INT PRIMARY KEY)"))
        connection.execute(text("INSERT INTO things VALUES (1)"))
    begun = time.monotonic()
    with engine.begin() as first:
        first.execute(text("UPDATE things SET id = 2 WHERE id = 1"))
        with pytest.raises(Unavailable), unit_of_work(make_sessions(engine)) as second:
            second.execute(text("UPDATE things SET id = 3 WHERE id = 1"))
    assert time.monotonic() - begun < 4
    engine.dispose()


@on_servers
def test_connections_that_died_at_rest_are_replaced(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a restart of the server nobody who comes next must meet what was left in the pool.
    monkeypatch.setattr(module, "_REST_S", 0.0)
    engine, other = (make_engine(with_driver(database_url), pool_size=3) for _ in range(2))
    with ExitStack() as held:
        connections = [held.enter_context(engine.connect()) for _ in range(3)]
        postgresql = engine.dialect.name == "postgresql"
        number, kill = (
            ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})")
            if postgresql
            else ("SELECT connection_id()", "KILL {}")
        )
        numbers = [connection.execute(text(number)).scalar() for connection in connections]
    with other.connect() as connection:
        for one in numbers:
            connection.execute(text(kill.format(one)))
    for _ in range(5):
        with engine.connect() as connection:
            assert connection.execute(text(number)).scalar() not in numbers
    engine.dispose()
    other.dispose()


def test_who_gets_no_connection_is_told_to_come_again(tmp_path: Path) -> None:
    # More requests than connections: that is 503, not a fault of ours.
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 0.05
    held = [engine.connect() for _ in range(15)]  # five, and ten for a moment
    with pytest.raises(Unavailable), unit_of_work(make_sessions(engine)) as session:
        session.execute(text("SELECT 1"))
    for one in held:
        one.close()
    engine.dispose()
