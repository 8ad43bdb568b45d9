"""Data that people brought: a dataset, and its versions, which never change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from boursa.storage.models.base import Base, Id, Name, Sha256, now


class Dataset(Base):
    """A named file of one person or group; what it holds stands in its versions.

    The table's name and `filename`, `uploaded_at`, `file_metadata` are those of existing databases.
    """

    __tablename__ = "data_files"

    id: Mapped[Id]
    filename: Mapped[Name]
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    file_metadata: Mapped[dict[str, Any] | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), index=True)
    deleted_at: Mapped[datetime | None]


class DatasetVersion(Base):
    """One content read in one way: the bytes, how they were parsed, and the table that came out.

    `content_sha256` names the uploaded bytes in the blob store, `table_sha256` the Parquet made
    of them. `recipe` lists the cleaning steps applied after parsing.
    """

    __tablename__ = "data_versions"
    __table_args__ = (
        UniqueConstraint("data_file_id", "number"),
        Index("ix_data_versions_content", "content_sha256"),
        Index("ix_data_versions_table", "table_sha256"),
    )

    id: Mapped[Id]
    data_file_id: Mapped[int] = mapped_column(ForeignKey("data_files.id", ondelete="CASCADE"))
    number: Mapped[int]
    content_sha256: Mapped[Sha256]
    size_bytes: Mapped[int]
    parse_options: Mapped[dict[str, Any]]
    recipe: Mapped[dict[str, Any]]
    table_sha256: Mapped[Sha256]
    n_rows: Mapped[int]
    profile: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
