"""One-time links: a way in for somebody who has no password yet, or has lost it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Sha256, Word, now


class SignInLink(Base):
    """A link that signs one person in, once; its secret is kept only as a hash."""

    __tablename__ = "sign_in_links"

    id: Mapped[Id]
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Word]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
