"""A real worker process, killed, starved and stopped: nothing is lost and nothing stands twice."""

from __future__ import annotations

import dataclasses
import io
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import servers
from redis import Redis
from sqlalchemy import func, select

from boursa import settings
from boursa.ingest import ParseOptions, read
from boursa.ingest.options import Dialect
from boursa.ingest.profile import profile
from boursa.ingest.tables import Table
from boursa.jobs import doorbell
from boursa.runtime import Runtime
from boursa.services import analyses, datasets, instances, jobs
from boursa.services.policy import OPERATOR
from boursa.storage.models import DatasetVersion, HistoryEntry, Job


def _walks(rows: int, series: int) -> bytes:
    """Return the CSV of random walks on business days, as French Excel writes it."""
    prices = 100 * np.exp(np.random.default_rng(7).normal(0, 0.01, (rows, series)).cumsum(axis=0))
    days = np.busday_offset("2015-01-01", np.arange(rows), roll="forward").astype("datetime64[D]")
    lines = [";".join(["Date", *(f"Cours {number}" for number in range(1, series + 1))])]
    for day, row in zip(days, prices, strict=True):
        lines.append(
            ";".join([f"{day.item():%d/%m/%Y}", *(f"{price:.4f}".replace(".", ",") for price in row)])
        )
    return "\r\n".join(lines).encode("latin-1")


def _imported(held: Runtime, rows: int = 400, series: int = 1) -> DatasetVersion:
    content = _walks(rows, series)
    return _kept(held, read(content, name="cours.csv", options=ParseOptions()), content)


def _kept(held: Runtime, table: Table, content: bytes) -> DatasetVersion:
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    parsed = datasets.keep(
        held.blobs,
        table.name,
        content,
        parquet.getvalue(),
        n_rows=table.rows,
        parse_options=table.options.to_dict(),
        profile=profile(table).to_dict(),
    )
    with held.unit_of_work() as session:
        return datasets.bring_in(session, OPERATOR, parsed)


def _numbers(held: Runtime, columns: int, rows: int) -> DatasetVersion:
    numbers = np.random.default_rng(1).normal(size=(columns, rows))
    data = pa.table({f"x{place}": column for place, column in enumerate(numbers)})
    return _kept(held, Table("numbers.csv", data, Dialect(",", "utf-8")), b"not needed")


def _request(held: Runtime, count: int, version: DatasetVersion | None = None) -> list[int]:
    version = version or _imported(held)
    with held.unit_of_work() as session:
        # Each another one: asked for the same twice, a person gets the job that is waiting already.
        wanted = [{"horizon": 5 + place, "model": "theta"} for place in range(count)]
        return [analyses.request(session, OPERATOR, "forecast", version, one).id for one in wanted]


def _request_long(held: Runtime) -> int:
    """Request a job of more than a minute: sixty series, all models."""
    return _request(held, 1, _imported(held, rows=2000, series=60))[0]


# What does not depend on the database is proved on one.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Process:
    """A worker process; what it logged can be read while it runs."""

    def __init__(self, environment: dict[str, str], log: Path, *words: str) -> None:
        self._log = log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "boursa.cli", "worker", *words],
            env={**environment, "LANG": "C"},
            cwd=log.parent,
            stdout=self._log,
            stderr=self._log,
        )

    def kill(self) -> None:
        """End it without a chance to say anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._log.close()

    def stop(self, timeout: float = 20) -> int:
        """Ask it to end."""
        self.process.terminate()
        status = self.process.wait(timeout)
        self._log.close()
        return status


@contextmanager
def _worker(environment: dict[str, str], folder: Path) -> Iterator[Process]:
    process = Process(environment, folder / "worker.log")
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.kill()


def _states(held: Runtime) -> Counter[str]:
    counted = select(Job.state, func.count().label("jobs")).group_by(Job.state)
    with held.unit_of_work() as session:
        return Counter({row.state: row.jobs for row in session.execute(counted)})


def _await(held: Runtime, what: str, seconds: float = 90) -> None:
    """Wait until every job is in the state `what`."""
    deadline = time.monotonic() + seconds
    while set(_states(held)) != {what}:
        assert time.monotonic() < deadline, f"still {_states(held)}"
        time.sleep(0.1)


def _held_by(held: Runtime, process: Process) -> int:
    """Return how many running jobs are in the hands of this very process, dead or alive."""
    mine = select(func.count()).where(Job.state == "running", Job.worker.contains(f"/{process.process.pid}-"))
    with held.unit_of_work() as session:
        return session.scalar(mine) or 0


def _kills(
    held: Runtime,
    environment: dict[str, str],
    folder: Path,
    *,
    kills: int,
    count: int,
    after: Callable[[int], None] = lambda _: None,
) -> None:
    wanted = _request(held, count)
    hits = attempts = 0
    while hits < kills:
        attempts += 1
        assert attempts <= 2 * kills, f"only {hits} of {attempts} kills met a worker at work"
        before = _states(held)["done"]
        worker = Process(environment, folder / "worker.log")
        # Every other time one more result is waited for, so that the work goes on as well.
        _await_work(held, worker, before + hits % 2)
        worker.kill()
        hits += _held_by(held, worker) > 0  # a job that ended in that very moment is no hit
        after(hits)
    started = time.monotonic()
    with _worker(environment, folder):
        _await(held, "done")
    seconds = time.monotonic() - started
    with held.unit_of_work() as session:
        results = session.scalars(select(HistoryEntry.job_id)).all()
        interrupted = session.scalar(select(func.sum(Job.interruptions))) or 0
    print(f"{hits} kills at work, {count} jobs, {interrupted} interruptions, {len(results)} results")
    print(f"all done {seconds:.1f} s after the last start")
    assert sorted(results) == sorted(wanted)
    assert interrupted >= kills


def _await_work(held: Runtime, process: Process, done: int) -> None:
    """Wait until this process holds a job and so many are done."""
    deadline = time.monotonic() + 60
    while not _held_by(held, process) or _states(held)["done"] < done:
        assert time.monotonic() < deadline, f"still {_states(held)}"
        time.sleep(0.02)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_kills_during_twenty_forecasts(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # Every job has exactly one result, however often its worker was killed.
    _kills(installation, environment, tmp_path, kills=10, count=20)


def _kills_with_redis(
    held: Runtime,
    environment: dict[str, str],
    folder: Path,
    redis: servers.Redis,
    *,
    kills: int,
    count: int,
    emptied_after: set[int],
) -> None:
    left = set(emptied_after)

    def empty(hits: int) -> None:
        if hits in left:
            left.remove(hits)
            with Redis.from_url(redis.url()) as client:
                rung = client.llen("boursa-jobs")
                client.flushall()
            print(f"Redis emptied of {rung} messages after {hits} kills")

    ringing = {**environment, "JOBS_BROKER_URL": redis.url()}
    config = settings.load(ringing)
    bell = doorbell.of(config)
    assert bell is not None
    ringer = dataclasses.replace(held, doorbell=bell)
    _kills(ringer, ringing, folder, kills=kills, count=count, after=empty)
    assert not left


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_kills_and_an_emptied_redis_lose_and_double_nothing(
    installation: Runtime, environment: dict[str, str], tmp_path: Path, redis: servers.Redis
) -> None:
    # Redis carries ids; the rows are the truth, so losing all of it only delays the jobs.
    _kills_with_redis(installation, environment, tmp_path, redis, kills=2, count=10, emptied_after={1})


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_ten_kills_and_two_emptied_redis_during_a_hundred_jobs(
    installation: Runtime, environment: dict[str, str], tmp_path: Path, redis: servers.Redis
) -> None:
    # The same at full length.
    _kills_with_redis(installation, environment, tmp_path, redis, kills=10, count=100, emptied_after={3, 7})


def test_two_workers_share_the_work(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # Both take jobs, no job is done twice.
    wanted = _request(installation, 8)
    with _worker(environment, tmp_path), _worker(environment, tmp_path):
        _await(installation, "done")
        with installation.unit_of_work() as session:
            assert len(instances.alive(session, "worker")) == 2
    with installation.unit_of_work() as session:
        assert sorted(session.scalars(select(HistoryEntry.job_id))) == sorted(wanted)


@on_one_database
@pytest.mark.parametrize("series", [2, pytest.param(12, marks=pytest.mark.long)])
def test_a_panel_has_the_same_numbers_on_one_worker_and_on_two(
    installation: Runtime, environment: dict[str, str], tmp_path: Path, series: int
) -> None:
    # In whatever order and in whichever child a chunk is done, after whichever other one.
    panel = _imported(installation, series=series)
    models = ("theta", "ets", "drift")
    chunks = [{"column": f"Cours {1 + place}", "model": name} for place in range(series) for name in models]
    numbers = []
    for workers in (1, 2):
        with installation.unit_of_work() as session:
            wanted = [analyses.request(session, OPERATOR, "forecast", panel, one).id for one in chunks]
        with ExitStack() as at_work:
            for _ in range(workers):
                at_work.enter_context(_worker(environment, tmp_path))
            _await(installation, "done")
        with installation.unit_of_work() as session:
            found = {one.job_id: one.result for one in session.scalars(select(HistoryEntry))}
        numbers.append([found[number] for number in wanted])
    assert numbers[0] == numbers[1]
    assert len({json.dumps(one) for one in numbers[0]}) == len(chunks)


@on_one_database
def test_a_running_job_is_cancelled_within_moments(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # The child is killed, the row says so, and the worker goes on to the next job.
    slow = _request_long(installation)
    with _worker(environment, tmp_path):
        _until_running(installation, slow)
        started = time.monotonic()
        with installation.unit_of_work() as session:
            jobs.cancel(session, OPERATOR, slow)
        _await(installation, "cancelled", seconds=10)
        assert time.monotonic() - started < 5
        _request(installation, 1)
        _await_done(installation, 1)
    with installation.unit_of_work() as session:
        assert session.scalars(select(HistoryEntry.job_id)).all() != [slow]


@on_one_database
def test_a_job_says_how_far_it_is(installation: Runtime, environment: dict[str, str], tmp_path: Path) -> None:
    # The fraction grows and the note names what is being done, in both languages.
    slow = _request_long(installation)
    with _worker(environment, tmp_path):
        _until_running(installation, slow)
        seen = []
        deadline = time.monotonic() + 60
        while len(seen) < 3 and time.monotonic() < deadline:
            with installation.unit_of_work() as session:
                job = session.get_one(Job, slow)
                if job.progress_note and job.progress not in seen:
                    assert set(job.progress_note) == {"fr", "en"}
                    seen.append(job.progress)
            time.sleep(0.1)
    assert len(seen) == 3
    assert seen == sorted(seen)
    assert 0 < seen[-1] < 1


@on_one_database
def test_a_job_that_takes_too_long_is_stopped_with_a_sentence(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # One person's enormous request must not keep the worker from the others.
    slow = _request_long(installation)
    with _worker({**environment, "JOB_TIME_LIMIT_SECONDS": "1"}, tmp_path):
        _await(installation, "failed", seconds=30)
    assert _error(installation, slow) == "limit-reached"


@on_one_database
def test_a_job_that_eats_too_much_memory_is_stopped_with_a_sentence(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # The limit counts what the job adds, and the worker survives it.
    (big,) = _request(installation, 1, _numbers(installation, 40, 300_000))
    with _worker({**environment, "JOB_MEMORY_LIMIT_MB": "64"}, tmp_path) as worker:
        _await(installation, "failed", seconds=60)
        assert worker.process.poll() is None
    assert _error(installation, big) == "limit-reached"


@on_one_database
def test_a_stopped_worker_gives_its_jobs_back_at_once(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # An update must not make anybody wait until silence is noticed.
    slow = _request_long(installation)
    with _worker(environment, tmp_path) as worker:
        _until_running(installation, slow)
        assert worker.stop() == 0
    with installation.unit_of_work() as session:
        assert session.get_one(Job, slow).state == "queued"
        assert instances.alive(session, "worker") == []


@on_one_database
def test_no_child_survives_its_worker(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # An orphan would compute for nobody. This test says nothing for seconds, so no broken pipe ends it.
    version = _numbers(installation, 2, 4_000_000)
    with installation.unit_of_work() as session:
        wanted = {"test": "mann-whitney", "columns": ["x0", "x1"]}
        silent = analyses.request(session, OPERATOR, "test", version, wanted).id
    worker = Process(environment, tmp_path / "worker.log")
    _until_running(installation, silent)
    time.sleep(2)  # well into the computation
    family = _descendants(worker.process.pid)
    assert family
    worker.kill()
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in family):
        assert time.monotonic() < deadline, f"still alive: {[pid for pid in family if _alive(pid)]}"
        time.sleep(0.1)


def _descendants(pid: int) -> list[int]:
    children = [
        int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat") if _parent_of(stat) == pid
    ]
    return children + [grandchild for child in children for grandchild in _descendants(child)]


def _parent_of(stat: Path) -> int | None:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it ended while we looked


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _error(held: Runtime, job_id: int) -> str:
    with held.unit_of_work() as session:
        error = session.get_one(Job, job_id).error
        assert error is not None
        assert error["fr"]
        code: str = error["code"]
        return code


def _await_done(held: Runtime, count: int) -> None:
    deadline = time.monotonic() + 60
    while _states(held)["done"] < count:
        assert time.monotonic() < deadline, f"still {_states(held)}"
        time.sleep(0.1)


def _until_running(held: Runtime, job_id: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with held.unit_of_work() as session:
            if session.get_one(Job, job_id).state == "running":
                return
        time.sleep(0.05)
    raise AssertionError("the job was not started")
