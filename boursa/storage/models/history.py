"""History: the one record of every result of every kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Name, Word, now


class HistoryEntry(Base):
    """One result with all that is needed to compute it again.

    The table's name and `test_name`, `parameters`, `result`, `created_at` are those of existing
    databases. `test_name` names the test, model or battery; `kind` says what it is.
    """

    __tablename__ = "test_history"
    __table_args__ = (Index("ix_test_history_owner_created", "owner_id", "created_at"),)

    id: Mapped[Id]
    kind: Mapped[Word] = mapped_column(default="test", index=True)
    test_name: Mapped[Name]
    parameters: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    data_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("data_versions.id", ondelete="SET NULL"), index=True
    )
    seed: Mapped[int | None]
    versions: Mapped[dict[str, Any] | None]
    duration_s: Mapped[float | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), index=True)
    # Unique: however often a job is run, its result stands here once.
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), unique=True)
