"""Jobs: work that was asked for. The row is the truth; a queue only rings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Name, Word, now

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"


class Job(Base):
    """One piece of work and how far it is.

    `claim` is the random word of the worker that holds it: only who knows it may write progress
    or a result, so that a worker taken for dead cannot finish a job that another has.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_run_after", "state", "run_after", "id"),
        Index("ix_jobs_state_heartbeat", "state", "heartbeat_at"),
        Index("ix_jobs_owner_created", "owner_id", "created_at"),
    )

    id: Mapped[Id]
    kind: Mapped[Word]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16), default=QUEUED)
    created_at: Mapped[datetime] = mapped_column(default=now)
    run_after: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    worker: Mapped[Name | None]
    claim: Mapped[Word | None]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=1)
    interruptions: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    progress_note: Mapped[dict[str, Any] | None]
    # What is ready before the whole is: the Bilan's first blocks, shown while the rest is computed.
    partial: Mapped[dict[str, Any] | None]
    # What came out of a job that makes no entry in History, such as reading a file.
    result: Mapped[dict[str, Any] | None]
    cancel_asked_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None]
    time_limit_s: Mapped[float | None]
    memory_limit_mb: Mapped[int | None]
    data_version_id: Mapped[int | None] = mapped_column(ForeignKey("data_versions.id", ondelete="SET NULL"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"))
