"""A server database that the earlier BoursA made is taken over whole, by however many instances at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import old_database
import people
import pytest
from apiflask import APIFlask
from old_database import PASSWORD
from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
    text,
)

from boursa.errors import Conflict
from boursa.ops import adoption, carrying, migrations, schema
from boursa.runtime import Runtime
from boursa.services import accounts
from boursa.settings import with_driver
from boursa.storage.models import Dataset, HistoryEntry, Position, User
from boursa.storage.session import make_engine

MakeApp = Callable[[dict[str, str]], APIFlask]

on_servers = pytest.mark.parametrize(
    "database_url",
    [
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)
pytestmark = on_servers


@pytest.fixture
def old(database_url: str) -> Iterator[Engine]:
    """A database of the earlier BoursA."""
    engine = make_engine(with_driver(database_url))
    yield engine
    engine.dispose()


def _count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(text(table))) or 0


def _everything_is_there(held: Runtime, before: dict[str, int]) -> None:
    with held.unit_of_work() as session:
        kinds = dict(
            session.execute(select(HistoryEntry.kind, func.count()).group_by(HistoryEntry.kind)).all()
        )
        assert kinds == {"test": before["test_history"], "forecast": before["predict_history"]}
        assert session.query(Position).count() == before["user_locations"]
        assert not session.query(Position).filter(Position.published).count()
        roles = {user.username: user.role for user in session.query(User)}
        assert roles == {"admin": "administrator", "Andre": "analyst", "Zoé Koné": "analyst"}
        files = {file.id: (file.owner_id, file.file_metadata) for file in session.query(Dataset)}
        assert files == {
            1: (7, {"lignes": 12, "note": "été \0"}),
            2: (None, {"metadata": "pas du JSON", "earlier_user": "parti"}),
            5: (None, None),
        }
        result = session.get_one(HistoryEntry, 2).result
        assert result == {"p_value": 0.1 + 0.2}
        # The next row is numbered after the old ones.
        session.add(User(username="nouvelle"))
        session.flush()
        assert session.query(User).filter_by(username="nouvelle").one().id > 7
    for table in ("users", "data_files", "test_history", "user_locations", "predict_history"):
        assert _count(held.engine, f"earlier_{table}") == before[table]
    assert _count(held.engine, "wp_posts") == 1


def test_an_earlier_database_is_taken_over_in_place(
    old: Engine, environment: dict[str, str], make_app: MakeApp
) -> None:
    # Every row is there, nobody is on the map, and the old tables are kept as the backup.
    before = old_database.fill(old)
    app = make_app(environment)
    held: Runtime = app.extensions["boursa"]
    with pytest.raises(Conflict, match="boursa db adopt"):
        migrations.upgrade(app)
    adopted = adoption.bring_up(app)
    assert adopted is not None
    assert {one.table: one.target for one in adopted.tables} == {
        k: v for k, v in before.items() if k != "wp_posts"
    }
    assert schema.state(held.engine).state == "current"
    migrations.check(app)
    _everything_is_there(held, before)
    assert adoption.bring_up(app) is None


def test_old_passwords_open_and_are_hashed_again(
    old: Engine, environment: dict[str, str], make_app: MakeApp
) -> None:
    # Nobody has to be told that the program changed.
    old_database.fill(old, positions=1)
    app = make_app(environment)
    adoption.bring_up(app)
    held: Runtime = app.extensions["boursa"]
    for name in ("admin", "Andre"):
        with held.unit_of_work() as session:
            people.authenticate(session, name, PASSWORD)
        with held.unit_of_work() as session:
            assert (accounts.named(session, name).password_hash or "").startswith("$argon2id$")
            people.authenticate(session, name, PASSWORD)


@pytest.mark.parametrize("stop_after", [1, 3, 6])
def test_an_interrupted_adoption_is_taken_up_again(
    old: Engine,
    environment: dict[str, str],
    make_app: MakeApp,
    monkeypatch: pytest.MonkeyPatch,
    stop_after: int,
) -> None:
    # Wherever it stops, the next start goes on after the last row that arrived.
    before = old_database.fill(old, positions=450)
    monkeypatch.setattr(carrying, "BATCH", 100)
    monkeypatch.setattr(carrying.carry, "__kwdefaults__", {"size": 100})
    app = make_app(environment)
    batches = 0

    def stop(_step: str, _rows: int) -> None:
        nonlocal batches
        batches += 1
        if batches == stop_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adoption.bring_up(app, stop)
    assert adoption.bring_up(app) is not None
    _everything_is_there(app.extensions["boursa"], before)


def test_five_instances_at_once_take_it_over_once(
    old: Engine, environment: dict[str, str], make_app: MakeApp, tmp_path: Path
) -> None:
    # One does the work, four wait, none fails, and every old row is there once.
    before = old_database.fill(old, positions=5000)
    command = [sys.executable, "-m", "boursa.cli", "db", "upgrade"]
    logs = [(tmp_path / f"{number}.log").open("w+b") for number in range(5)]
    started = [
        subprocess.Popen(command, env={**environment, "LANG": "C"}, cwd=tmp_path, stdout=log, stderr=log)
        for log in logs
    ]
    statuses = [process.wait(120) for process in started]
    said = []
    for log in logs:
        log.seek(0)
        said.append(log.read().decode())
        log.close()
    assert statuses == [0] * 5, said
    took_over = sum("is taken over" in one for one in said)
    print(f"5 instances, {took_over} took over, {sum(before.values())} rows before")
    assert took_over == 1
    _everything_is_there(make_app(environment).extensions["boursa"], before)


def test_a_database_of_others_is_refused(old: Engine, environment: dict[str, str], make_app: MakeApp) -> None:
    # A table that is called like one of ours is not ours for that.
    Table(
        "users", metadata := MetaData(), Column("id", Integer, primary_key=True), Column("login", String(20))
    )
    metadata.create_all(old)
    app = make_app(environment)
    for step in (migrations.upgrade, adoption.bring_up):
        with pytest.raises(Conflict, match="users"):
            step(app)
    assert inspect(old).get_table_names() == ["users"]


def test_a_reference_from_another_program_is_refused_before_anything_is_changed(
    old: Engine, environment: dict[str, str], make_app: MakeApp
) -> None:
    # It would go on pointing at the old rows, and the other program would be wrong without knowing.
    old_database.fill(old, positions=1)
    metadata = MetaData()
    metadata.reflect(old, only=["users"])
    Table(
        "wp_votes", metadata, Column("id", Integer, primary_key=True), Column("who", ForeignKey("users.id"))
    )
    metadata.create_all(old)
    there = set(inspect(old).get_table_names())
    with pytest.raises(Conflict, match="wp_votes"):
        adoption.bring_up(make_app(environment))
    assert set(inspect(old).get_table_names()) == there
