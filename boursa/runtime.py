"""What a running process holds: engine, sessions, blobs and the doorbell, built from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from boursa.services import jobs
from boursa.settings import Settings
from boursa.storage import session as storage
from boursa.storage.blobs import Blobs, open_blobs

Doorbell = Callable[[int], None]


def silent(job_id: int) -> None:
    """Ring nobody: the local worker looks at the table by itself, several times a second."""


@dataclass(frozen=True)
class Runtime:
    """The parts that every door is handed."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    blobs: Blobs
    doorbell: Doorbell = silent

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open a session; commit at the end, then ring for the jobs that were requested in it."""
        with storage.unit_of_work(self.sessions) as session:
            yield session
        for job_id in jobs.requested_in(session):
            self.doorbell(job_id)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def build(settings: Settings, doorbell: Doorbell = silent) -> Runtime:
    """Return the runtime that `settings` describe; nothing is connected to yet."""
    engine = storage.make_engine(settings.database, pool_size=settings.pool_size)
    return Runtime(settings, engine, storage.make_sessions(engine), open_blobs(settings.storage), doorbell)
