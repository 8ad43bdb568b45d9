"""What an SQLite file holds arrives on a server database as it was: every row, moment and accent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import old_database
import people
import pytest
from apiflask import APIFlask
from sqlalchemy import create_engine, select, text

from boursa.errors import Conflict, FileUnreadable
from boursa.ops import carrying, migrations, sqlite_migration, uploads
from boursa.runtime import Runtime
from boursa.services import accounts
from boursa.storage.models import Dataset, HistoryEntry, Job, Position, User

MakeApp = Callable[[dict[str, str]], APIFlask]

pytestmark = pytest.mark.parametrize(
    "database_url",
    [
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)


def _old_file(folder: Path, positions: int = 300) -> Path:
    path = folder / "user_locations.db"
    engine = create_engine(f"sqlite:///{path}")
    old_database.fill(engine, positions)
    old_database.spoil(engine)
    engine.dispose()
    return path


def _moved_as_it_was(held: Runtime, positions: int) -> None:
    with held.unit_of_work() as session:
        moments = [session.get_one(Position, number).timestamp for number in range(1, 7)]
        assert moments == [
            datetime(2024, 2, 29, 22, 59, 58, tzinfo=UTC),
            datetime(2023, 12, 31, 8, tzinfo=UTC),
            datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC),
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC),
        ]
        assert session.get_one(Position, 6).username == "Zoé"
        assert session.query(Position).count() == positions
        assert session.get_one(Position, 299).latitude == 14.6928 + 299 / 3e5
        assert session.get_one(HistoryEntry, 2).parameters == {"colonnes": ["Café", "\0"]}
        assert session.get_one(HistoryEntry, 9).result == {"result": [1, "NaN", None]}
        empty = session.scalars(select(Dataset.id).where(text("file_metadata IS NULL"))).all()
        assert empty == [5]
        forecast = session.query(HistoryEntry).filter_by(kind="forecast").one()
        assert (forecast.test_name, forecast.result) == ("RandomForest", {"output_summary": [1.5, 2.5]})
        people.authenticate(session, "Andre", old_database.PASSWORD)


def _interrupted_everywhere(held: Runtime, path: Path) -> int:
    """Stop after each table's first batch; return how often it was."""
    stops, seen = 0, set()

    def stop(step: str, _rows: int) -> None:
        if step not in seen:
            seen.add(step)
            raise KeyboardInterrupt

    while True:
        try:
            moved = sqlite_migration.migrate(held.engine, path, stop)
        except KeyboardInterrupt:
            stops += 1
            continue
        print(", ".join(f"{one.table} {one.target} of {one.source}" for one in moved.tables))
        assert set(moved.notes.counts) == {"user_locations.timestamp"}
        return stops


def test_an_old_file_arrives_identical_though_interrupted_at_every_table(
    installation: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Resumed after the last row that arrived, none is lost or doubled; a second move brings nothing twice.
    monkeypatch.setattr(carrying.carry, "__kwdefaults__", {"size": 100})
    with installation.unit_of_work() as session:
        accounts.first_administrator(session)  # as an installation is before anybody has used it
    path = _old_file(tmp_path)
    assert _interrupted_everywhere(installation, path) == 5
    sqlite_migration.migrate(installation.engine, path)
    _moved_as_it_was(installation, 300)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_hundred_thousand_positions_arrive(installation: Runtime, tmp_path: Path) -> None:
    # The same at full length.
    path = _old_file(tmp_path, 100_000)
    assert _interrupted_everywhere(installation, path) == 5
    _moved_as_it_was(installation, 100_000)


def test_a_target_with_rows_of_its_own_is_refused(installation: Runtime, tmp_path: Path) -> None:
    # Rows of two installations under one number would be mixed for good.
    with installation.unit_of_work() as session:
        session.add(Position(username="awa", latitude=1.0, longitude=2.0))
    with pytest.raises(Conflict, match="user_locations"):
        sqlite_migration.migrate(installation.engine, _old_file(tmp_path))
    with installation.unit_of_work() as session:
        assert session.query(User).count() == 0


def test_a_row_that_was_changed_on_the_way_is_noticed(installation: Runtime, tmp_path: Path) -> None:
    # The checksums compare what stands in the target, not what was sent.
    path = _old_file(tmp_path)
    sqlite_migration.migrate(installation.engine, path)
    with installation.engine.begin() as connection:
        connection.execute(text("UPDATE user_locations SET latitude = 0 WHERE id = 77"))
    with pytest.raises(Conflict, match="user_locations"):
        sqlite_migration.migrate(installation.engine, path)


def test_a_dry_run_writes_nothing(installation: Runtime, tmp_path: Path) -> None:
    # It counts what would come.
    moved = sqlite_migration.migrate(installation.engine, _old_file(tmp_path), dry_run=True)
    assert {one.table: one.source for one in moved.tables}["user_locations"] == 300
    with installation.unit_of_work() as session:
        assert session.query(Position).count() == 0


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_another_file_is_refused_in_a_sentence(installation: Runtime, tmp_path: Path, content: bytes) -> None:
    # An empty or foreign file must not look like a successful move of nothing.
    path = tmp_path / "x.db"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable):
        sqlite_migration.migrate(installation.engine, path)


def test_a_file_of_todays_boursa_moves_too(
    installation: Runtime, environment: dict[str, str], make_app: MakeApp, tmp_path: Path
) -> None:
    # From the laptop to the server: the same people, with what hangs off them.
    path = tmp_path / "laptop.db"
    app = make_app({**environment, "DATABASE_URL": f"sqlite:///{path}"})
    migrations.upgrade(app)
    held: Runtime = app.extensions["boursa"]
    with held.unit_of_work() as session:
        user = people.register(session, "awa", "girafe et carnet mauve")
        session.add(Dataset(filename="été.csv", owner_id=user.id))
    held.close()
    sqlite_migration.migrate(installation.engine, path)
    with installation.unit_of_work() as session:
        people.authenticate(session, "awa", "girafe et carnet mauve")
        assert session.query(Dataset).one().filename == "été.csv"
        assert session.query(Dataset).one().file_metadata is None


def test_the_files_bytes_come_along_and_missing_ones_are_listed(
    installation: Runtime, tmp_path: Path
) -> None:
    # Each is handed to the worker to be read, once however often it is asked for.
    sqlite_migration.migrate(installation.engine, _old_file(tmp_path))
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "ventes.csv").write_bytes(b"date;prix\n01/02/2024;1,5\n")
    for _ in range(2):
        brought = uploads.bring(installation.sessions, installation.blobs, folder)
        assert (brought.found, list(brought.missing)) == (2, ["bourse d'Abidjan.xlsx"])
    with installation.unit_of_work() as session:
        assert sorted(job.owner_id or 0 for job in session.query(Job)) == [0, 7]
        assert all(installation.blobs.exists(job.payload["content"]) for job in session.query(Job))


def test_the_command_takes_the_variables_of_the_earlier_boursa(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # DATABASE_URL and SQLITE_DB_PATH, as its users know them; the target may be empty.
    command = [sys.executable, "-m", "boursa.cli", "db", "migrate-from-sqlite", "--json"]
    known = {**os.environ, **environment, "SQLITE_DB_PATH": str(_old_file(tmp_path)), "LANG": "C"}
    done = subprocess.run(command, env=known, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(table["agrees"] for table in json.loads(done.stdout)["tables"])
    without = {name: value for name, value in known.items() if name != "SQLITE_DB_PATH"}
    done = subprocess.run(command, env=without, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 78
    assert "SQLITE_DB_PATH" in done.stderr
