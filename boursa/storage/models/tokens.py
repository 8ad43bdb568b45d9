"""API tokens: what a program shows instead of a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Sha256, now


class ApiToken(Base):
    """A token of one person, kept only as a hash; `hint` is its first characters, for lists."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    hint: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    read_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
