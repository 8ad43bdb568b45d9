"""Migrations: they say what the models say, go up and down, and stand being run at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import old_database
import pytest
from alembic.script import ScriptDirectory
from apiflask import APIFlask
from sqlalchemy import create_engine, inspect, text

from boursa.errors import Conflict, Unavailable
from boursa.ops import adoption, migrations, schema


def test_models_and_migrations_agree_and_every_step_goes_down_again(
    environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> None:
    # A column that only the models know would be missing in production.
    app = make_app(environment)
    engine = app.extensions["boursa"].engine
    assert schema.state(engine).state == "absent"
    migrations.upgrade(app)
    migrations.check(app)
    assert schema.state(engine).state == "current"
    migrations.downgrade(app, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(app)
    assert schema.state(engine).state == "current"


def test_the_revisions_are_those_that_alembic_finds() -> None:
    # A process that serves reads them without it.
    found = ScriptDirectory(str(schema.MIGRATIONS))
    assert schema.scripts() == (
        found.get_current_head(),
        {script.revision for script in found.walk_revisions()},
    )


def test_a_newer_database_is_recognised(
    environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> None:
    # During a rolling update an old instance meets a schema that it does not know: it says so.
    app = make_app(environment)
    engine = app.extensions["boursa"].engine
    migrations.upgrade(app)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    assert schema.state(engine).state == "newer"


def test_three_processes_migrate_at_once_and_none_fails(environment: dict[str, str], tmp_path: Path) -> None:
    # One does the work under the database's lock, the others wait and find it done.
    command = [sys.executable, "-m", "boursa.cli", "db", "upgrade"]
    started = [subprocess.Popen(command, env={**environment, "LANG": "C"}, cwd=tmp_path) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]


on_postgresql = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


@on_postgresql
def test_a_migration_waits_for_tables_in_use_and_holds_nobody_up(
    environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> None:
    # A request that has the one table and wants the other must not end in a deadlock with it.
    app = make_app(environment)
    engine = app.extensions["boursa"].engine
    migrations.upgrade(app)
    migrations.downgrade(app, "-1")
    with ThreadPoolExecutor(1) as pool, engine.connect() as person:
        person.execute(text("SELECT count(*) FROM instances"))  # holds the table until the end
        upgraded = pool.submit(migrations.upgrade, app)
        time.sleep(1.5)
        with engine.connect() as another:
            another.execute(text("SET lock_timeout = '5s'"))
            another.execute(text("SELECT count(*) FROM instances"))
        assert not upgraded.done()
        person.rollback()
        upgraded.result(60)
    assert schema.state(engine).state == "current"


@on_postgresql
def test_a_migration_that_gets_no_table_changes_nothing(
    environment: dict[str, str],
    make_app: Callable[[dict[str, str]], APIFlask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It says so, and the next attempt does the work.
    app = make_app(environment)
    engine = app.extensions["boursa"].engine
    migrations.upgrade(app)
    migrations.downgrade(app, "-1")
    before = schema.state(engine)
    monkeypatch.setattr(migrations, "_TABLES_WAIT_S", 1)
    with engine.connect() as person:
        person.execute(text("SELECT count(*) FROM instances"))
        with pytest.raises(Unavailable, match="in use"):
            migrations.upgrade(app)
    assert schema.state(engine) == before
    migrations.upgrade(app)
    assert schema.state(engine).state == "current"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_sqlite_file_of_the_earlier_boursa_is_left_alone(
    database_url: str, environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> None:
    # The earlier program dropped every table at such a moment; this one names the command that moves them.
    engine = create_engine(database_url)
    before = old_database.fill(engine, positions=3)
    app = make_app(environment)
    for step in (migrations.upgrade, adoption.bring_up):
        with pytest.raises(Conflict, match="boursa db"):
            step(app)
    assert set(inspect(engine).get_table_names()) == set(before)
    engine.dispose()
