"""The worker: claims jobs, has them done in child processes, keeps their rows signed.

One thread, one loop. Whatever is killed at whatever time, nothing is lost: a row without a
signature goes back to the queue, and a result is written together with the end of its job.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from boursa import telemetry
from boursa.errors import BoursaError, Cancelled, LimitReached, Unavailable
from boursa.jobs import child
from boursa.jobs.child import Child, Children, Said
from boursa.language import N_
from boursa.runtime import Runtime
from boursa.services import idempotency, instances, jobs, outcomes, readings, schedules
from boursa.services.jobs import Claim, Progress
from boursa.storage.models.jobs import CANCELLED, FAILED

if TYPE_CHECKING:
    from boursa.jobs.celery import Listener

_LOOK_S = 0.25
_SLOW_LOOK_S = 2.0  # where a doorbell says when to look: it may be lost, and some work comes due unasked
_NEWS_S = 1.0  # how often a person who watches sees something new, or is heard when cancelling
_PAUSE_S = 2
_log = telemetry.logger(__name__)


@dataclass
class _Running:
    """One job under way in this worker."""

    claim: Claim
    child: Child
    started: float = field(default_factory=time.monotonic)
    signed: float = field(default_factory=time.monotonic)
    progress: Progress = field(default_factory=Progress)
    ready: dict[str, Any] = field(default_factory=dict)
    news: bool = False
    # The last word, kept until it is written: the database may be away when it is said.
    said: Said | None = None
    state: str = FAILED


class Worker:
    """Runs jobs until told to stop; as many at the same time as the settings allow."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.settings = runtime.settings
        self.name = f"{socket.gethostname()}/{os.getpid()}-{secrets.token_hex(4)}"
        self._children = Children((self.settings.storage, self.settings.storage_keys))
        self._running: list[_Running] = []
        self._swept = 0.0
        self._asked = 0.0
        self._looked = 0.0
        self._ear, self._bell = multiprocessing.Pipe(duplex=False)
        self._listener = self._listening()

    def run(self, stop: threading.Event, *, until_idle: bool = False) -> None:
        """Work until `stop` is set, or until nothing is left if `until_idle`."""
        self._children.warm()
        if self._listener is not None:
            self._listener.start()
        self._survive(self._adopt_orphans, stop)
        while not stop.is_set():
            self._survive(self.step, stop)
            if until_idle and not self._running and not self._waiting():
                break
        self._leave()

    def step(self) -> None:
        """Do one round: claim, listen, sign, sweep."""
        self._claim()
        self._wait()
        self._hear_cancels()
        for run in list(self._running):
            self._attend(run)
        self._sweep()

    def _listening(self) -> Listener | None:
        if self.settings.broker is None:
            return None
        from boursa.jobs.celery import Listener  # half a second of imports, only where there is a broker

        return Listener(self.settings.broker, lambda: self._bell.send_bytes(b"!"))

    def _wait(self) -> None:
        """Wait until a child speaks, the doorbell rings, or it is time to look."""
        if self._listener is not None and self._has_room():
            self._listener.room.set()
        wait([self._ear, *(run.child.pipe for run in self._running)], timeout=_LOOK_S)
        while self._ear.poll():
            self._ear.recv_bytes()
            self._looked = 0.0

    def _has_room(self) -> bool:
        return len(self._running) < self.settings.worker_processes

    def _survive(self, what: Callable[[], None], stop: threading.Event) -> None:
        try:
            what()
        except Unavailable as error:
            # A database that is away is waited for: rows and children are still there when it is back.
            _log.warning("waiting", reason=str(error))
            stop.wait(_PAUSE_S)
        except Exception:  # noqa: BLE001 - the outermost loop: one bad row must not end the worker
            _log.exception("unexpected")
            stop.wait(_PAUSE_S)

    def _waiting(self) -> bool:
        with self.runtime.unit_of_work() as session:
            return jobs.waiting(session)

    def _claim(self) -> None:
        if time.monotonic() - self._looked < (_LOOK_S if self._listener is None else _SLOW_LOOK_S):
            return
        while self._has_room():
            with self.runtime.unit_of_work() as session:
                claim = jobs.claim_next(session, self.name)
            if claim is None:
                # Not noted while there may be more: then it is looked again as soon as there is room.
                self._looked = time.monotonic()
                return
            self._start(claim)
        if self._listener is not None:
            self._listener.room.clear()

    def _start(self, claim: Claim) -> None:
        limit_mb = claim.memory_limit_mb or self.settings.job_memory_limit_mb
        try:
            begun = self._children.begin(claim, limit_mb)
        except OSError as error:
            # No process, no memory: another worker, or this one a little later, may have more luck.
            _log.warning("job not started", job_id=claim.job_id, reason=str(error))
            with self.runtime.unit_of_work() as session:
                jobs.give_back(session, claim, _PAUSE_S)
            return
        self._running.append(_Running(claim, begun))

    def _attend(self, run: _Running) -> None:
        self._listen(run)
        if run.said is None and self._too_long(run):
            run.said = _error(LimitReached(N_("The computation took longer than a job may.")))
        if run.said is not None:
            self._end(run, run.said)
        elif time.monotonic() - run.signed > self._sign_every(run):
            self._sign(run)

    def _sign_every(self, run: _Running) -> float:
        return min(_NEWS_S, self.settings.job_heartbeat_s) if run.news else self.settings.job_heartbeat_s

    def _hear_cancels(self) -> None:
        if not self._running or time.monotonic() - self._asked < _NEWS_S:
            return
        self._asked = time.monotonic()
        with self.runtime.unit_of_work() as session:
            asked = jobs.cancel_asked(session, [run.claim for run in self._running])
        for run in self._running:
            if run.claim.job_id in asked and run.said is None:
                _cancel(run)

    def _listen(self, run: _Running) -> None:
        try:
            while run.said is None and run.child.pipe.poll():
                said: Said = run.child.pipe.recv()
                if said.what in ("done", "error"):
                    run.said = said
                else:
                    _note(run, said)
        except (EOFError, OSError):
            # A pipe at its end stays readable for ever: the child is gone without a last word.
            run.child.process.join(1)
            run.said = _died(run.child.process.exitcode)

    def _too_long(self, run: _Running) -> bool:
        return time.monotonic() - run.started > (run.claim.time_limit_s or self.settings.job_time_limit_s)

    def _sign(self, run: _Running) -> None:
        with self.runtime.unit_of_work() as session:
            held = jobs.heartbeat(session, run.claim, run.progress)
        # What is ready is sent once, when it is new: it may be large, and the signature is often.
        run.signed, run.news = time.monotonic(), False
        run.progress = Progress(run.progress.fraction, run.progress.note)
        if not held:
            _cancel(run)

    def _end(self, run: _Running, said: Said) -> None:
        seconds = time.monotonic() - run.started
        kept = self._written(run, said, seconds)
        self._running.remove(run)
        self._children.take_back(run.child, said)
        outcome = ("done" if said.what == "done" else run.state) if kept else "lost"
        telemetry.jobs_finished.labels(run.claim.kind, outcome).inc()
        telemetry.job_seconds.labels(run.claim.kind).observe(seconds)
        # Counted here: the child that asked has counts of its own, which nobody looks at.
        if (provider := readings.provider_of(run.claim.payload)) is not None:
            telemetry.provider_calls.labels(provider, outcome).inc()
        _log.info(
            "job ended",
            job_id=run.claim.job_id,
            kind=run.claim.kind,
            outcome=outcome,
            seconds=round(seconds, 3),
        )

    def _written(self, run: _Running, said: Said, seconds: float) -> bool:
        try:
            with self.runtime.unit_of_work() as session:
                return _write(session, run.claim, said, seconds, run.state)
        except Unavailable:
            raise  # the result is kept until the database is back
        except BoursaError as error:
            # What a service refuses now, such as data for a person who may bring none, it refuses again.
            return self._refused(run, error)
        except SQLAlchemyError:
            # A result that the database refuses would be refused for ever: the job has failed.
            _log.exception("result refused", job_id=run.claim.job_id)
            return self._refused(run, child.unexpected())

    def _refused(self, run: _Running, error: BoursaError) -> bool:
        run.said = _error(error)
        with self.runtime.unit_of_work() as session:
            return jobs.fail(session, run.claim, error.to_dict(), retryable=False)

    def _sweep(self) -> None:
        if time.monotonic() - self._swept < min(self.settings.job_heartbeat_s, 5):
            return
        self._swept = time.monotonic()
        parts = self.runtime.parts()
        with self.runtime.unit_of_work() as session:
            instances.sign_in(session, self.name, "worker", parts)
            requeued = jobs.requeue_silent(session, self.settings.job_stale_s)
        if requeued:
            telemetry.jobs_requeued.inc(requeued)
            _log.warning("jobs requeued", count=requeued)
        with self.runtime.unit_of_work() as session:
            schedules.request_due(session)
            idempotency.forget(session)

    def _adopt_orphans(self) -> None:
        """Queue at once what dead workers of this machine were running: no need to wait for silence."""
        with self.runtime.unit_of_work() as session:
            for holder in jobs.holders(session):
                if _dead_here(holder):
                    adopted = jobs.requeue_of(session, holder)
                    telemetry.jobs_requeued.inc(adopted)
                    _log.warning("jobs adopted", count=adopted, worker=holder)

    def _leave(self) -> None:
        if self._listener is not None:
            self._listener.stop()
        for run in self._running:
            run.child.end()
        self._children.close()
        try:
            with self.runtime.unit_of_work() as session:
                jobs.requeue_of(session, self.name)
                instances.sign_off(session, self.name)
        except Unavailable:
            _log.warning("left without a word", reason="database away; the sweeper will find the jobs")


def _write(session: Session, claim: Claim, said: Said, seconds: float, state: str) -> bool:
    if said.what == "done":
        outcome, versions = said.content
        return outcomes.write(session, claim, outcome, versions, seconds)
    error = dict(said.content)
    return jobs.fail(session, claim, error, retryable=error.pop("retryable", False), state=state)


def _note(run: _Running, said: Said) -> None:
    run.news = True
    if said.what == "progress":
        fraction, note = said.content
        run.progress = Progress(fraction, note, run.progress.partial)
    else:
        name, content = said.content
        run.ready[name] = content
        run.progress = Progress(run.progress.fraction, run.progress.note, run.ready)


def _cancel(run: _Running) -> None:
    run.said, run.state = _error(Cancelled(N_("The job was cancelled."))), CANCELLED


def _error(error: BoursaError) -> Said:
    return Said("error", {**error.to_dict(), "retryable": False})


def _died(exitcode: int | None) -> Said:
    if exitcode is not None and exitcode < 0:
        return _error(
            LimitReached(N_("The computation was stopped by the system, probably for want of memory."))
        )
    return _error(child.unexpected())


def _dead_here(holder: str) -> bool:
    """Whether `holder` was a worker on this machine whose process is gone."""
    host, _, rest = holder.rpartition("/")
    pid = rest.partition("-")[0]
    if host != socket.gethostname() or not pid.isdigit() or sys.platform == "win32":
        return False  # on Windows, asking after a process by os.kill would end it
    if int(pid) == os.getpid():
        return True  # the same number again, as in a restarted container: the former one is dead
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
