"""Backup under load, wipe, restore: the same checksums of rows and blobs, on each kind of database."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import databases
import pytest
from apiflask import APIFlask
from sqlalchemy import func, null, select

from boursa.errors import Conflict, FileUnreadable, NotFound, UsageError
from boursa.ops import backup as backups
from boursa.ops import migrations, rows, schema, unused
from boursa.runtime import Runtime
from boursa.services import datasets, jobs
from boursa.services.policy import OPERATOR
from boursa.storage.blobs import DirectoryBlobs
from boursa.storage.models import Dataset, DatasetVersion, Job

MakeApp = Callable[[dict[str, str]], APIFlask]
_numbers = itertools.count(1)


def _bring(held: Runtime, content: bytes) -> None:
    name = f"été {threading.get_ident()}.csv"  # of one name, the command line's own imports go one by one
    facts = {"n_rows": 1, "parse_options": {}, "profile": {"é": "\x00"}}
    parsed = datasets.keep(held.blobs, name, content, content + b"parquet", **facts)
    with held.unit_of_work() as session:
        datasets.bring_in(session, OPERATOR, parsed)


@contextmanager
def _load(held: Runtime) -> Iterator[list[int]]:
    """Writers that bring data and ask for jobs all the time."""
    count, stop = [0], threading.Event()

    def write() -> None:
        while not stop.is_set():
            _bring(held, os.urandom(2000))
            with held.unit_of_work() as session:
                jobs.request(session, OPERATOR, "test", {"x": [1.5, None]})
            count[0] += 1

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield count
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def fresh(environment: dict[str, str], tmp_path: Path, make_app: MakeApp) -> APIFlask:
    """Another installation, of the same kind and empty."""
    url = environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path / 'fresh.db'}"
    else:
        server, _, name = url.rpartition("/")
        url = databases.create(server, name, f"fresh_{next(_numbers)}")
    return make_app({**environment, "DATABASE_URL": url, "BOURSA_INSTANCE": str(tmp_path / "fresh")})


def _restored(app: APIFlask, folder: Path) -> Runtime:
    held: Runtime = app.extensions["boursa"]
    backups.check(folder)
    backups.refuse_unfit(held.engine, folder)
    migrations.upgrade(app)
    backups.restore(held.engine, held.blobs, folder)
    return held


def _sums(held: Runtime) -> dict[str, dict[str, object]]:
    with rows.snapshot(held.engine) as connection:
        return rows.sums(connection)


def _under_load(held: Runtime, fresh: APIFlask, folder: Path, before: int) -> None:
    for number in range(before):
        _bring(held, f"{number}".encode() * 500)
    with _load(held) as count:
        while count[0] < 3:
            time.sleep(0.01)
        started = count[0]
        made = backups.backup(held.engine, held.blobs, folder)
        during = count[0] - started
    again = _restored(fresh, made.folder)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    found = _sums(again)
    print(f"{made.rows} rows, {made.blobs} blobs, {during} writes during the backup")
    assert {name: one["sum"] for name, one in manifest["tables"].items()} == {
        name: one["sum"] for name, one in found.items()
    }
    assert during > 0
    with again.unit_of_work() as session:
        wanted = {
            name
            for version in session.scalars(select(DatasetVersion))
            for name in (version.content_sha256, version.table_sha256)
        }
    assert len(wanted) > before
    assert wanted == set(again.blobs.names())
    assert all(hashlib.sha256(again.blobs.get(name)).hexdigest() == name for name in wanted)


def test_a_backup_under_load_is_restored_with_the_same_checksums(
    installation: Runtime, fresh: APIFlask, tmp_path: Path
) -> None:
    # Rows and blobs agree with each other, although both grew while they were copied.
    _under_load(installation, fresh, tmp_path / "backups", before=30)


@pytest.mark.long
def test_a_large_backup_under_load_is_restored_with_the_same_checksums(
    installation: Runtime, fresh: APIFlask, tmp_path: Path
) -> None:
    # The same at full length.
    _under_load(installation, fresh, tmp_path / "backups", before=2000)


def test_a_restored_installation_goes_on(installation: Runtime, fresh: APIFlask, tmp_path: Path) -> None:
    # New rows are numbered after the restored ones; NULL and JSON's null stay what they were.
    with installation.unit_of_work() as session:
        session.add_all(
            [
                Dataset(filename="sql", file_metadata=null()),
                Dataset(filename="json", file_metadata=None),
                Dataset(filename="some", file_metadata={"b": 1, "a": "\x00é"}, deleted_at=datetime.now(UTC)),
            ]
        )
    before = _sums(installation)
    again = _restored(fresh, backups.backup(installation.engine, installation.blobs, tmp_path / "b").folder)
    assert _sums(again) == before
    with again.unit_of_work() as session:
        nothing = select(func.count()).where(Dataset.file_metadata.is_(None))
        assert session.scalar(nothing) == 1
        session.add(Dataset(filename="new"))
    with again.unit_of_work() as session:
        assert session.scalars(select(Dataset.id).order_by(Dataset.id)).all() == [1, 2, 3, 4]


@pytest.mark.parametrize("file", ["users.jsonl.gz", "blobs.txt", "blob", "manifest.json"])
def test_damage_is_found_before_anything_is_written(
    installation: Runtime, fresh: APIFlask, tmp_path: Path, file: str
) -> None:
    # Half a restore on an empty server would look like a whole one.
    _bring(installation, b"x")
    made = backups.backup(installation.engine, installation.blobs, tmp_path / "b")
    whole = backups.check(made.folder)
    assert (whole.blobs, whole.rows) == (2, made.rows)
    path = next((tmp_path / "b" / "blobs").glob("*/*")) if file == "blob" else made.folder / file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FileUnreadable):
        _restored(fresh, made.folder)
    assert schema.state(fresh.extensions["boursa"].engine).state == "absent"


def test_what_is_there_is_not_overwritten(installation: Runtime, tmp_path: Path) -> None:
    # A restore into the wrong database would mix two installations.
    _bring(installation, b"x")
    made = backups.backup(installation.engine, installation.blobs, tmp_path / "b")
    before = _sums(installation)
    with pytest.raises(Conflict, match="not empty"):
        backups.refuse_unfit(installation.engine, made.folder)
    with pytest.raises(Conflict, match="not empty"):
        backups.restore(installation.engine, installation.blobs, made.folder)
    assert _sums(installation) == before


def test_only_so_many_backups_are_kept(installation: Runtime, tmp_path: Path) -> None:
    # And those that are kept are whole, with the blobs that they share.
    to = tmp_path / "b"
    for number in range(4):
        _bring(installation, f"{number}".encode())
        made = backups.backup(installation.engine, installation.blobs, to, keep=2)
        if not number:
            first = made
    left = sorted(path.parent for path in to.glob("*/manifest.json"))
    assert len(left) == 2
    assert left[-1] == made.folder
    assert first.folder not in left
    assert [backups.check(folder).blobs for folder in left] == [6, 8]


def test_what_is_not_ours_is_left_alone(installation: Runtime, tmp_path: Path) -> None:
    # A folder for backups is shared with others, and with backups that somebody gave another name.
    to = tmp_path / "b"
    for name in ("0app", "pre-upgrade", ".under-way.part", ".killed.part"):
        (to / name).mkdir(parents=True)
        (to / name / "manifest.json").write_text("{}")
    os.utime(to / ".killed.part", (0, 0))
    made = [backups.backup(installation.engine, installation.blobs, to, keep=1).folder for _ in range(2)]
    left = {path.name for path in to.iterdir()} - {"blobs"}
    assert left == {"0app", "pre-upgrade", ".under-way.part", made[-1].name}
    found = backups.newest(to)
    assert found is not None
    assert abs((datetime.now(UTC) - found).total_seconds()) < 60


def test_a_blob_that_is_missing_or_damaged_fails_the_backup(installation: Runtime, tmp_path: Path) -> None:
    # Said on the day of the backup, not when it is needed; and nothing that looks like one is left.
    _bring(installation, b"x")
    name = hashlib.sha256(b"x").hexdigest()
    assert isinstance(installation.blobs, DirectoryBlobs)
    path = installation.blobs.root / name[:2] / name
    path.write_bytes(b"y")
    with pytest.raises(Conflict, match="damaged"):
        backups.backup(installation.engine, installation.blobs, tmp_path / "b")
    path.unlink()
    with pytest.raises(NotFound):
        backups.backup(installation.engine, installation.blobs, tmp_path / "b")
    assert [path for path in (tmp_path / "b").iterdir() if path.name != "blobs"] == []


def _age(held: Runtime, days: float) -> None:
    assert isinstance(held.blobs, DirectoryBlobs)
    at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    for path in held.blobs.root.glob("*/*"):
        os.utime(path, (at, at))


def test_only_blobs_that_nothing_names_are_collected(installation: Runtime) -> None:
    # Datasets, and the readings that nobody has confirmed yet, name theirs.
    _bring(installation, b"used")
    awaited, unused_one = installation.blobs.put(b"awaited"), installation.blobs.put(b"unused")
    with installation.unit_of_work() as session:
        session.add(Job(kind="reading", payload={"content": awaited}, run_after=datetime.now(UTC)))
    week = timedelta(days=7)
    young = unused.collect(installation.engine, installation.blobs, week)
    assert (young.looked_at, young.named, young.young, young.forgotten) == (4, 3, 1, 0)
    _age(installation, 8)
    assert unused.collect(installation.engine, installation.blobs, week, dry_run=True).forgotten == 1
    assert installation.blobs.exists(unused_one)
    assert unused.collect(installation.engine, installation.blobs, week).forgotten == 1
    assert not installation.blobs.exists(unused_one)
    assert installation.blobs.exists(awaited)
    with pytest.raises(UsageError):
        unused.collect(installation.engine, installation.blobs, timedelta(hours=2))


def test_what_running_uploads_will_name_is_never_collected(installation: Runtime) -> None:
    # Old bytes, unused for long, are uploaded again at the very moment of their collection.
    contents = [f"old {number}".encode() for number in range(60)]
    for content in contents:
        installation.blobs.put(content)
    _age(installation, 8)
    before = datetime.now(UTC) - timedelta(days=7)
    barrier, forgotten, kept = threading.Barrier(3), [0], [list[str](), list[str]()]

    def collect() -> None:
        barrier.wait()
        for content in reversed(contents):  # so that they meet
            name = hashlib.sha256(content).hexdigest()
            forgotten[0] += installation.blobs.delete_unless_fresh(name, before)

    def upload(mine: list[str]) -> None:
        barrier.wait()
        mine.extend(installation.blobs.put(content) for content in contents)

    threads = [
        threading.Thread(target=collect),
        *(threading.Thread(target=upload, args=(one,)) for one in kept),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{forgotten[0]} of {len(contents)} forgotten while they were kept again")
    assert kept[0] == kept[1]
    assert all(installation.blobs.exists(name) for name in kept[0])
    assert unused.collect(installation.engine, installation.blobs, timedelta(days=7)).forgotten == 0


def test_what_a_dead_collector_took_aside_comes_back(
    installation: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It died between taking a blob aside and deciding; the next one decides.
    name = installation.blobs.put(b"x")
    assert isinstance(installation.blobs, DirectoryBlobs)
    path = installation.blobs.root / name[:2] / name
    path.rename(path.with_name(f".{name}.aside"))
    assert list(installation.blobs.names()) == []
    monkeypatch.setattr("boursa.storage.blobs._ASIDE_S", -1)
    assert list(installation.blobs.names()) == [name]
