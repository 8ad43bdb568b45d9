"""Schedules: work that asks for itself again and again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Word, now


class Schedule(Base):
    """A job to request every `every_s` seconds; `next_run_at` is moved by compare-and-set."""

    __tablename__ = "schedules"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[Word]
    payload: Mapped[dict[str, Any]]
    every_s: Mapped[int]
    next_run_at: Mapped[datetime] = mapped_column(default=now, index=True)
    last_run_at: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
