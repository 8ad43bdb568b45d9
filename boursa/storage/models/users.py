"""People: who they are and what they may do."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Name, Word, now

ROLES = ("administrator", "analyst", "viewer")


def folded(username: str) -> str:
    """Return what two spellings of one name have in common: "Awa", "AWA" and "awa" are one person."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold())


def _key(context: Any) -> str:
    return folded(context.get_current_parameters()["username"])


class User(Base):
    """A person with an account. Column names are those that existing databases have."""

    __tablename__ = "users"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(80), unique=True)
    # One column that every database compares alike, whatever its collation: its unique index is what
    # keeps two people from signing up as "Awa" and "awa" at the same moment.
    username_key: Mapped[str] = mapped_column(String(255), unique=True, default=_key)
    email: Mapped[str | None] = mapped_column(String(255), unique=True)
    password_hash: Mapped[Name | None]
    role: Mapped[str] = mapped_column(String(20), default="analyst")
    is_active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login: Mapped[datetime | None]
    failed_login_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    second_factor: Mapped[Word | None]
    theme: Mapped[str | None] = mapped_column(String(8))
