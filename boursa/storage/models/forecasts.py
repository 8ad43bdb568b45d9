"""Stored forecasts: one line a series and model, hanging off the history entry that made it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Name, Sha256, Word, now


class StoredForecast(Base):
    """What one model said of one series, for lists and comparisons; the numbers are in History."""

    __tablename__ = "forecasts"
    __table_args__ = (Index("ix_forecasts_history", "history_id"),)

    id: Mapped[Id]
    history_id: Mapped[int] = mapped_column(ForeignKey("test_history.id", ondelete="CASCADE"))
    unique_id: Mapped[Name]
    model: Mapped[Word]
    horizon: Mapped[int]
    target: Mapped[Word]
    mase: Mapped[float | None]
    skill: Mapped[float | None]
    verdict: Mapped[Word | None]
    model_sha256: Mapped[Sha256 | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
