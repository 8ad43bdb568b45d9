"""What a running process holds: engine, sessions, blobs and the doorbell, built from the settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session, sessionmaker

from boursa import telemetry
from boursa.services import jobs
from boursa.settings import Settings
from boursa.storage import session as storage
from boursa.storage.blobs import Blobs, open_blobs
from boursa.storage.cache import Cache, LocalCache, open_cache
from boursa.storage.models import Job
from boursa.storage.models.jobs import QUEUED, RUNNING

_log = telemetry.logger(__name__)
Doorbell = Callable[[int], None]

# How often a door that waits for a job looks: at once for quick jobs, calmer for long ones.
_FIRST_LOOK_S, _LAST_LOOK_S = 0.05, 0.25


def silent(job_id: int) -> None:
    """Ring nobody: the local worker looks at the table by itself, several times a second."""


@dataclass(frozen=True)
class Runtime:
    """The parts that every door is handed."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    blobs: Blobs
    cache: Cache
    doorbell: Doorbell = silent
    # How many requests may wait for a job at the same time: the other threads answer everybody else.
    patience: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))
    # What carries the ids of jobs; asked for nothing but whether it is there.
    broker: Cache = field(default_factory=LocalCache)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open a session; commit at the end, then ring for the jobs that were requested in it."""
        with storage.unit_of_work(self.sessions) as session:
            yield session
        for job_id in jobs.requested_in(session):
            self._ring(job_id)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a bare connection for questions in plain columns, each for itself.

        It costs a third of what a unit of work does, and is for what stands before every page.
        """
        with storage.spoken(), storage.bare(self.engine) as connection:
            yield connection

    def _ring(self, job_id: int) -> None:
        try:
            self.doorbell(job_id)
        except Exception:  # noqa: BLE001 - the work is committed; who asked must not be told otherwise
            telemetry.doorbell_failures.inc()
            _log.exception("doorbell", job_id=job_id)

    def wait(self, job_id: int, seconds: float) -> Job:
        """Return a job when it has ended, or as it is after `seconds`; no connection is held meanwhile.

        Where too many wait already, it is returned as it is at once.
        """
        if seconds and self.patience.acquire(blocking=False):
            try:
                self._wait(job_id, seconds)
            finally:
                self.patience.release()
        with self.unit_of_work() as session:
            return session.get_one(Job, job_id)

    def _wait(self, job_id: int, seconds: float) -> None:
        until, pause = time.monotonic() + seconds, _FIRST_LOOK_S
        while not self._ended(job_id) and time.monotonic() < until:
            time.sleep(min(pause, max(0, until - time.monotonic())))
            pause = min(1.25 * pause, _LAST_LOOK_S)

    def _ended(self, job_id: int) -> bool:
        with self.unit_of_work() as session:
            return session.scalar(select(Job.state).where(Job.id == job_id)) not in (QUEUED, RUNNING)

    def parts(self) -> dict[str, str]:
        """Return what this process sees of the parts that all share, as it signs with its heartbeat."""
        storage_state = "ok" if self.blobs.ready() else "unreachable"
        return {"cache": self.cache.state(), "broker": self.broker.state(), "storage": storage_state}

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def build(settings: Settings, doorbell: Doorbell | None = None) -> Runtime:
    """Return the runtime that `settings` describe; nothing is connected to yet."""
    engine = storage.make_engine(
        settings.database,
        pool_size=settings.pool_size,
        statement_s=settings.statement_timeout_s,
        lock_s=settings.lock_timeout_s,
    )
    patience = BoundedSemaphore(max(1, settings.web_threads // 4))
    sessions = storage.make_sessions(engine)
    blobs = open_blobs(settings.storage, settings.storage_keys)
    cache = open_cache(settings.redis)
    broker = open_cache(settings.broker)
    return Runtime(settings, engine, sessions, blobs, cache, doorbell or silent, patience, broker)
