"""The worker's decisions, one by one, with children that say what the test wants.

Whole workers in processes of their own, killed and starved, are in tests/stack.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from databases import Ready
from prometheus_client import REGISTRY

from boursa.errors import Unavailable
from boursa.jobs import worker as module
from boursa.jobs.child import Child, Said
from boursa.jobs.worker import Worker, _dead_here, _Running
from boursa.runtime import Runtime
from boursa.services import instances, jobs
from boursa.services.history import Record
from boursa.services.jobs import Progress
from boursa.services.policy import OPERATOR
from boursa.services.readings import Reading
from boursa.storage.models import HistoryEntry, Job, User

HERE = socket.gethostname()
RESULT = Record(kind="test", name="adf", parameters={}, result={"p_value": 0.5})


@pytest.fixture
def database_url(ready: Ready, tmp_path: Path) -> str:
    """SQLite only: what databases do differently is proved with the services."""
    return ready.sqlite(tmp_path / "boursa.db")


@pytest.fixture
def worker(installation: Runtime) -> Worker:
    return Worker(installation)


@dataclass
class FakeProcess:
    """A child's process: what is done to it is written down."""

    exitcode: int | None = None
    deeds: list[str] = field(default_factory=list)

    def kill(self) -> None:
        self.deeds.append("kill")

    def join(self, timeout: float | None = None) -> None:  # noqa: ARG002 - the signature of a process
        self.deeds.append("join")


def _running(worker: Worker, **columns: Any) -> tuple[_Running, FakeProcess, Connection]:
    """Return a job in the worker's hands, its child's process, and the child's end of the pipe."""
    with worker.runtime.unit_of_work() as session:
        job = jobs.request(session, OPERATOR, "test", {})
        for name, value in columns.items():
            setattr(job, name, value)
    with worker.runtime.unit_of_work() as session:
        claim = jobs.claim(session, job.id, worker.name)
    assert claim is not None
    ours, theirs = Pipe(duplex=False)
    process = FakeProcess()
    run = _Running(claim, Child(process, ours))  # type: ignore[arg-type]
    worker._running.append(run)
    return run, process, theirs


def _job(worker: Worker, run: _Running) -> Job:
    with worker.runtime.unit_of_work() as session:
        return session.get_one(Job, run.claim.job_id)


def test_a_result_ends_its_job(worker: Worker) -> None:
    # State and record are written together, and the child waits for another job.
    run, process, pipe = _running(worker)
    pipe.send(Said("progress", (0.5, None)))
    pipe.send(Said("done", (RESULT, {"numpy": "2"})))
    worker._attend(run)
    assert _job(worker, run).state == "done"
    assert worker._running == []
    assert process.deeds == []
    assert worker._children._waiting == [run.child]
    with worker.runtime.unit_of_work() as session:
        (entry,) = session.query(HistoryEntry).all()
        assert (entry.result, entry.versions) == ({"p_value": 0.5}, {"numpy": "2"})


def test_an_error_is_kept_in_both_languages(worker: Worker) -> None:
    # Whether it may be tried again is for the queue, not for the person.
    run, _, pipe = _running(worker)
    pipe.send(Said("error", {"code": "input", "fr": "non", "en": "no", "retryable": False}))
    worker._attend(run)
    job = _job(worker, run)
    assert (job.state, job.error) == ("failed", {"code": "input", "fr": "non", "en": "no"})


@pytest.mark.parametrize(("exitcode", "code"), [(-9, "limit-reached"), (-11, "limit-reached"), (1, "error")])
def test_a_child_that_died_without_a_word_ends_its_job_at_once(
    worker: Worker, exitcode: int, code: str
) -> None:
    # The system kills what eats all memory: nobody waits for the time limit to hear of it.
    run, process, pipe = _running(worker)
    process.exitcode = exitcode
    pipe.close()
    worker._attend(run)
    job = _job(worker, run)
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", code)
    assert worker._running == []


def test_what_a_child_said_before_its_death_counts(worker: Worker) -> None:
    # It ends after its last word; the word is still in the pipe.
    run, process, pipe = _running(worker)
    pipe.send(Said("done", (RESULT, {})))
    process.exitcode = 0
    pipe.close()
    worker._attend(run)
    assert _job(worker, run).state == "done"


@pytest.mark.parametrize("limit", [1.0, None])
def test_a_job_that_takes_too_long_is_stopped(worker: Worker, limit: float | None) -> None:
    # Its own limit, else the installation's.
    run, process, _pipe = _running(worker, time_limit_s=limit)
    run.started -= (limit or worker.settings.job_time_limit_s) + 1
    worker._attend(run)
    job = _job(worker, run)
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", "limit-reached")
    assert "kill" in process.deeds


def test_a_cancelled_job_is_stopped_at_the_next_signature(worker: Worker) -> None:
    # The row tells the worker; the child is killed and the row says cancelled, not failed.
    run, process, _pipe = _running(worker)
    with worker.runtime.unit_of_work() as session:
        jobs.cancel(session, OPERATOR, run.claim.job_id)
    run.signed -= worker.settings.job_heartbeat_s + 1
    worker._attend(run)
    worker._attend(run)
    job = _job(worker, run)
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("cancelled", "cancelled")
    assert "kill" in process.deeds


def test_news_are_signed_sooner_than_silence(worker: Worker) -> None:
    # A person sees the first blocks at once; a quiet job is signed at the heartbeat only.
    run, _, pipe = _running(worker)
    worker.settings = worker.settings.model_copy(update={"job_heartbeat_s": 60.0})
    run.signed -= 2 * module._NEWS_S
    worker._attend(run)
    assert run.signed < time.monotonic() - module._NEWS_S
    pipe.send(Said("partial", ("x/quality", {"n": 3})))
    worker._attend(run)
    assert _job(worker, run).partial == {"x/quality": {"n": 3}}
    signed = run.signed
    worker._attend(run)
    assert run.signed == signed


def test_a_lost_claim_writes_nothing(worker: Worker) -> None:
    # Another worker has the job by now: its result counts.
    run, _, pipe = _running(worker)
    with worker.runtime.unit_of_work() as session:
        assert jobs.requeue_of(session, worker.name) == 1
    pipe.send(Said("done", (RESULT, {})))
    worker._attend(run)
    assert _job(worker, run).state == "queued"
    with worker.runtime.unit_of_work() as session:
        assert session.query(HistoryEntry).count() == 0


def test_progress_and_parts_gather_and_parts_are_written_once(worker: Worker) -> None:
    # A new fraction keeps the parts in the row; what is ready may be large and is not sent again.
    run, _, pipe = _running(worker)
    for said in (
        Said("partial", ("a", {"n": 1})),
        Said("progress", (0.5, {"fr": "f", "en": "e"})),
        Said("partial", ("b", {"n": 2})),
    ):
        pipe.send(said)
    worker._listen(run)
    assert run.progress == Progress(0.5, {"fr": "f", "en": "e"}, {"a": {"n": 1}, "b": {"n": 2}})
    worker._sign(run)
    assert run.progress.partial is None
    pipe.send(Said("progress", (0.75, None)))
    worker._listen(run)
    worker._sign(run)
    job = _job(worker, run)
    assert (job.progress, job.partial) == (0.75, {"a": {"n": 1}, "b": {"n": 2}})


def test_a_cancelled_job_is_heard_before_its_next_signature(worker: Worker) -> None:
    # A person who stops something does not wait for the heartbeat.
    run, process, _pipe = _running(worker)
    other, _, _other_pipe = _running(worker)
    with worker.runtime.unit_of_work() as session:
        jobs.cancel(session, OPERATOR, run.claim.job_id)
    worker._hear_cancels()
    worker._attend(run)
    worker._attend(other)
    assert (_job(worker, run).state, _job(worker, other).state) == ("cancelled", "running")
    assert process.deeds == ["kill", "join"]


class Impatient(threading.Event):
    """An event that counts how often it was waited for, and never waits."""

    waits = 0

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - the signature of an event
        self.waits += 1
        return self.is_set()


@pytest.mark.parametrize("error", [Unavailable("away"), ZeroDivisionError(), KeyError("row")], ids=repr)
def test_a_round_that_fails_does_not_end_the_worker(worker: Worker, error: Exception) -> None:
    # A database that is away is waited for, and one bad row does not stop the work for all.
    def fail() -> None:
        raise error

    stop = Impatient()
    worker._survive(fail, stop)
    assert stop.waits == 1
    worker._survive(lambda: None, stop)
    assert stop.waits == 1


def test_leaving_gives_jobs_back_and_signs_off(worker: Worker) -> None:
    # The next worker takes them at once.
    run, process, _pipe = _running(worker)
    with worker.runtime.unit_of_work() as session:
        instances.sign_in(session, worker.name, "worker")
    worker._leave()
    assert process.deeds == ["kill", "join"]
    assert _job(worker, run).state == "queued"
    with worker.runtime.unit_of_work() as session:
        assert instances.alive(session) == []


def test_orphans_of_this_machine_are_adopted_at_once(worker: Worker) -> None:
    # A worker that was killed and started again does not wait until its silence is noticed; what
    # lives, or runs elsewhere, is left alone.
    dead, elsewhere, alive = (_running(worker)[0] for _ in range(3))
    names = {
        dead.claim.job_id: f"{HERE}/{_dead_pid()}-ab",
        elsewhere.claim.job_id: f"elsewhere/{_dead_pid()}-ab",
        alive.claim.job_id: f"{HERE}/{os.getppid()}-ab",
    }
    with worker.runtime.unit_of_work() as session:
        for job_id, name in names.items():
            session.get_one(Job, job_id).worker = name
    before = _requeued()
    worker._adopt_orphans()
    assert _requeued() == before + 1  # an alert looks at how many lost their worker
    assert [_job(worker, run).state for run in (dead, elsewhere, alive)] == ["queued", "running", "running"]


def _requeued() -> float:
    return REGISTRY.get_sample_value("boursa_jobs_requeued_total") or 0.0


def _dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_dead_process_of_this_machine_is_known_to_be_dead() -> None:
    # Only where it is certain: another machine's processes, and strange names, are not judged.
    dead = _dead_pid()
    assert _dead_here(f"{HERE}/{dead}-1a2b") == (sys.platform != "win32")
    for living in (f"{HERE}/{os.getppid()}-1a2b", f"other/{dead}-1a2b", f"{HERE}/x-1", "w1", "", f"{HERE}/"):
        assert not _dead_here(living)


@pytest.mark.skipif(sys.platform == "win32", reason="asking after a process would end it there")
def test_a_former_worker_with_this_very_number_is_dead() -> None:
    # In a restarted container every worker is process 1.
    assert _dead_here(f"{HERE}/{os.getpid()}-1a2b")


def test_two_workers_of_one_machine_have_two_names(installation: Runtime) -> None:
    # Even in one process: the names in the rows tell them apart.
    assert Worker(installation).name != Worker(installation).name


def test_a_result_that_the_database_refuses_fails_its_job_and_nothing_else(worker: Worker) -> None:
    # Otherwise the same job would end one worker after the other.
    run, _, pipe = _running(worker)
    unstorable = Record(kind="test", name="adf", parameters={}, result={"p_value": {1, 2}})
    pipe.send(Said("done", (unstorable, {})))
    worker._attend(run)
    job = _job(worker, run)
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", "error")
    assert worker._running == []


def test_a_result_that_a_service_refuses_fails_its_job_with_the_sentence(worker: Worker) -> None:
    # A person who lost the right meanwhile reads why; the worker does not try again for ever.
    with worker.runtime.unit_of_work() as session:
        user = User(username="awa", is_active=False)
        session.add(user)
    run, _, pipe = _running(worker, kind="reading", owner_id=user.id)
    pipe.send(Said("done", (Reading({"questions": [], "licence": None}, None, keep=True), {})))
    worker._attend(run)
    job = _job(worker, run)
    assert job.error is not None
    assert (job.state, job.error["code"], job.result) == ("failed", "not-allowed", None)
    assert worker._running == []


def test_a_job_that_cannot_be_started_goes_back_to_the_queue(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A machine without processes left is no fault of the job, and no reason for the worker to end.
    def refuse(*_: object) -> Child:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(module.child, "start", refuse)
    with worker.runtime.unit_of_work() as session:
        job_id = jobs.request(session, OPERATOR, "test", {}).id
    worker._claim()
    with worker.runtime.unit_of_work() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("queued", 0)


def test_an_unexpected_fault_is_logged_and_outlived(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    # The loop goes on: other people's jobs wait behind this one.
    monkeypatch.setattr(module, "_PAUSE_S", 0)
    rounds: list[int] = []
    stop = threading.Event()

    def fail() -> None:
        rounds.append(1)
        raise ZeroDivisionError

    worker._survive(fail, stop)
    worker._survive(fail, stop)
    assert len(rounds) == 2


def test_what_a_source_was_asked_is_counted_by_the_worker(worker: Worker) -> None:
    # The child that asks it has counts of its own; whoever watches looks at the worker.
    def counted(outcome: str) -> float:
        labels = {"provider": "samples", "outcome": outcome}
        return REGISTRY.get_sample_value("boursa_provider_calls_total", labels) or 0.0

    before = counted("done"), counted("failed")
    for said in (Said("done", (RESULT, {})), Said("error", {"code": "unavailable"})):
        run, _, pipe = _running(worker, payload={"sample": "vix", "keep": False})
        pipe.send(said)
        worker._attend(run)
    other, _, pipe = _running(worker)
    pipe.send(Said("done", (RESULT, {})))
    worker._attend(other)
    assert (counted("done"), counted("failed")) == (before[0] + 1, before[1] + 1)
