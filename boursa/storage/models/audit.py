"""The audit log: who did what to which object, never changed afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Word, now


class AuditEntry(Base):
    """One act. `actor_id` is empty for the command line and for jobs."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_object", "object_kind", "object_id"),)

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    action: Mapped[Word]
    object_kind: Mapped[Word | None]
    object_id: Mapped[int | None]
    detail: Mapped[dict[str, Any] | None]
    address: Mapped[str | None] = mapped_column(String(45))
