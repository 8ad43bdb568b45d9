"""Heartbeats of the processes that make up the installation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Name, Word, now


class Instance(Base):
    """A web instance or worker that has signed in; silent ones are taken off the list."""

    __tablename__ = "instances"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[Word]
    host: Mapped[Name]
    pid: Mapped[int]
    version: Mapped[Word]
    started_at: Mapped[datetime] = mapped_column(default=now)
    heartbeat_at: Mapped[datetime] = mapped_column(default=now, index=True)
    # What it saw of the parts that all share when it signed in last; a release before this one says nothing.
    parts: Mapped[dict[str, Any] | None]
