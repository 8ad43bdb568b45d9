"""Positions of people who agreed to be on the map."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, now


class Position(Base):
    """Where somebody was; shown only if `published`, which only the person can set.

    The table's name and the columns up to `timestamp` are those of existing databases.
    """

    __tablename__ = "user_locations"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(80), index=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    active_users: Mapped[int | None]
    timestamp: Mapped[datetime] = mapped_column(default=now, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    published: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
