"""Datasets: bringing data in, finding it again, taking it off the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from boursa.errors import InputError, NotAllowed
from boursa.language import N_
from boursa.services import audit, policy
from boursa.services.policy import Actor
from boursa.storage.blobs import Blobs
from boursa.storage.models import Dataset, DatasetVersion, User, now

_LONGEST_NAME = 255


@dataclass(frozen=True)
class Parsed:
    """A file that was read: its bytes and the table made of them are in the blob store already."""

    filename: str
    content_sha256: str
    size_bytes: int
    table_sha256: str
    n_rows: int
    parse_options: Mapping[str, Any]
    profile: Mapping[str, Any]


def keep(blobs: Blobs, filename: str, content: bytes, parquet: bytes, **facts: Any) -> Parsed:
    """Put the bytes of a file and its table into the blob store, before any row names them."""
    return Parsed(
        filename=filename,
        content_sha256=blobs.put(content),
        size_bytes=len(content),
        table_sha256=blobs.put(parquet),
        **facts,
    )


def bring_in(
    session: Session, actor: Actor, parsed: Parsed, *, group_id: int | None = None
) -> DatasetVersion:
    """Return the version that holds `parsed`, making dataset and version where they are new.

    The same bytes read in the same way are one version. Other bytes under the same name become
    the next version of that person's dataset; another person's file of that name is untouched.
    """
    if not policy.may_create(actor):
        raise NotAllowed(N_("Your role lets you look, but not bring data."))
    if len(parsed.filename) > _LONGEST_NAME:
        raise InputError(
            N_("The name is too long: {n} characters, where {most} are allowed."),
            n=len(parsed.filename),
            most=_LONGEST_NAME,
        )
    _one_at_a_time(session, actor)
    dataset = _named(session, actor, parsed.filename) or _new(session, actor, parsed, group_id)
    return _same(session, dataset, parsed) or _next(session, actor, dataset, parsed)


def _one_at_a_time(session: Session, actor: Actor) -> None:
    # Two uploads of one person at once become versions 1 and 2 of one dataset, not two datasets.
    if actor.user_id is not None:
        session.execute(select(User.id).where(User.id == actor.user_id).with_for_update())


def _named(session: Session, actor: Actor, filename: str) -> Dataset | None:
    mine = Dataset.owner_id.is_(None) if actor.user_id is None else Dataset.owner_id == actor.user_id
    wanted = select(Dataset).where(mine, Dataset.filename == filename, Dataset.deleted_at.is_(None))
    return session.scalars(wanted.order_by(Dataset.id).limit(1)).first()


def _new(session: Session, actor: Actor, parsed: Parsed, group_id: int | None) -> Dataset:
    dataset = Dataset(filename=parsed.filename, owner_id=actor.user_id, group_id=group_id)
    session.add(dataset)
    session.flush()
    audit.note(session, actor, "dataset.create", object_kind="dataset", object_id=dataset.id)
    return dataset


def _same(session: Session, dataset: Dataset, parsed: Parsed) -> DatasetVersion | None:
    versions = select(DatasetVersion).where(
        DatasetVersion.data_file_id == dataset.id,
        DatasetVersion.content_sha256 == parsed.content_sha256,
        DatasetVersion.table_sha256 == parsed.table_sha256,
    )
    return session.scalars(versions.order_by(DatasetVersion.number.desc()).limit(1)).first()


def _next(session: Session, actor: Actor, dataset: Dataset, parsed: Parsed) -> DatasetVersion:
    latest = select(func.max(DatasetVersion.number)).where(DatasetVersion.data_file_id == dataset.id)
    version = DatasetVersion(
        data_file_id=dataset.id,
        number=(session.scalar(latest) or 0) + 1,
        content_sha256=parsed.content_sha256,
        size_bytes=parsed.size_bytes,
        parse_options=dict(parsed.parse_options),
        recipe={"steps": []},
        table_sha256=parsed.table_sha256,
        n_rows=parsed.n_rows,
        profile=dict(parsed.profile),
        created_by=actor.user_id,
    )
    session.add(version)
    session.flush()
    return version


def recent(session: Session, actor: Actor, limit: int = 50) -> Sequence[Dataset]:
    """Return the newest datasets that `actor` may see."""
    wanted = select(Dataset).where(policy.visible(actor, Dataset), Dataset.deleted_at.is_(None))
    return session.scalars(wanted.order_by(Dataset.id.desc()).limit(limit)).all()


def get(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Return one dataset."""
    dataset = session.get(Dataset, dataset_id)
    return policy.require(actor, "read", None if dataset is None or dataset.deleted_at else dataset)


def versions(session: Session, actor: Actor, dataset_id: int) -> Sequence[DatasetVersion]:
    """Return the versions of one dataset, newest first."""
    dataset = get(session, actor, dataset_id)
    wanted = select(DatasetVersion).where(DatasetVersion.data_file_id == dataset.id)
    return session.scalars(wanted.order_by(DatasetVersion.number.desc())).all()


def delete(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Take a dataset off every list; results made of it stay in History, and can still be replayed."""
    dataset = policy.require(actor, "delete", get(session, actor, dataset_id))
    dataset.deleted_at = now()
    audit.note(session, actor, "dataset.delete", object_kind="dataset", object_id=dataset.id)
    return dataset
