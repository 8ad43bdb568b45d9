"""Datasets: bringing data in, finding it again, taking it off the lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from boursa.errors import Conflict, InputError, NotAllowed, NotFound
from boursa.language import N_
from boursa.services import audit, lists, policy, turns
from boursa.services.policy import Actor
from boursa.storage.blobs import Blobs
from boursa.storage.models import Dataset, DatasetVersion, now
from boursa.storage.session import Work

_LONGEST_NAME = 255
_NAMELESS = "data"

_other = aliased(DatasetVersion)
_LATEST = (
    select(func.max(_other.number))
    .where(_other.data_file_id == Dataset.id)
    .correlate(Dataset)
    .scalar_subquery()
)
_LINES = (
    select(
        Dataset.id,
        Dataset.filename,
        Dataset.uploaded_at,
        DatasetVersion.id.label("version_id"),
        DatasetVersion.number,
        DatasetVersion.n_rows,
        DatasetVersion.size_bytes,
    )
    .join(DatasetVersion, DatasetVersion.data_file_id == Dataset.id)
    .where(Dataset.deleted_at.is_(None), DatasetVersion.number == _LATEST)
)


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


def clean_name(given: str) -> str:
    """Return a name that can be shown and stored, of one that a browser or a program sent.

    No folder before it, no control or invisible character in it, composed letters, at most 255 of
    them; a long name loses the end of its stem, not its ending.
    """
    last = given.replace("\\", "/").rstrip("/").rpartition("/")[2]
    spaced = "".join(" " if char.isspace() else char for char in unicodedata.normalize("NFC", last))
    name = " ".join("".join(c for c in spaced if unicodedata.category(c)[0] != "C").split())
    if not name.strip(". "):
        return _NAMELESS
    stem, dot, ending = name.rpartition(".")
    if len(name) <= _LONGEST_NAME or not stem or len(ending) > 16:
        return name[:_LONGEST_NAME]
    return stem[: _LONGEST_NAME - len(ending) - 1] + dot + ending


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
    # Two uploads of one person at once become versions 1 and 2 of one dataset, not two datasets.
    turns.take(session, actor.user_id)
    dataset = _named(session, actor.user_id, parsed.filename) or _new(session, actor, parsed, group_id)
    return _same(session, dataset, parsed) or _next(session, actor, dataset, parsed)


def _named(session: Session, owner_id: int | None, filename: str) -> Dataset | None:
    mine = Dataset.owner_id.is_(None) if owner_id is None else Dataset.owner_id == owner_id
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


def listed(work: Work, actor: Actor, *, before: int | None = None, limit: int = 50) -> Sequence[Any]:
    """Return the lines of a list, newest first: columns instead of objects, one query for all.

    Each has `id`, `filename`, `uploaded_at` and its newest version's `version_id`, `number`,
    `n_rows`, `size_bytes`; `before` is the last id of the page before.
    """
    return lists.page(work, actor, _LINES, Dataset, before=before, limit=limit)


def get(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Return one dataset."""
    dataset = session.get(Dataset, dataset_id)
    return policy.require(actor, "read", None if dataset is None or dataset.deleted_at else dataset)


def versions(session: Session, actor: Actor, dataset_id: int) -> Sequence[DatasetVersion]:
    """Return the versions of one dataset, newest first."""
    dataset = get(session, actor, dataset_id)
    wanted = select(DatasetVersion).where(DatasetVersion.data_file_id == dataset.id)
    return session.scalars(wanted.order_by(DatasetVersion.number.desc())).all()


def version(session: Session, actor: Actor, dataset_id: int, number: int | None = None) -> DatasetVersion:
    """Return one version of a dataset, by default the newest."""
    wanted = select(DatasetVersion).where(DatasetVersion.data_file_id == get(session, actor, dataset_id).id)
    if number is not None:
        wanted = wanted.where(DatasetVersion.number == number)
    found = session.scalars(wanted.order_by(DatasetVersion.number.desc()).limit(1)).first()
    if found is None:
        raise NotFound(N_("There is no such object, or it is not yours."))
    return found


def delete(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Take a dataset off every list; results made of it stay in History, and can still be replayed."""
    dataset = policy.require(actor, "delete", get(session, actor, dataset_id))
    dataset.deleted_at = now()
    audit.note(session, actor, "dataset.delete", object_kind="dataset", object_id=dataset.id)
    return dataset


def restore(session: Session, actor: Actor, dataset_id: int) -> Dataset:
    """Put a deleted dataset back on the lists: for whoever may delete it.

    Raises
    ------
    Conflict
        If its owner has other data of that name by now.
    """
    dataset = policy.require(actor, "delete", session.get(Dataset, dataset_id))
    if dataset.deleted_at is not None:
        _refuse_taken(session, dataset, dataset.filename)
        dataset.deleted_at = None
        audit.note(session, actor, "dataset.restore", object_kind="dataset", object_id=dataset.id)
    return dataset


def rename(session: Session, actor: Actor, dataset_id: int, name: str) -> Dataset:
    """Give a dataset another name; two of one person cannot have the same."""
    dataset = policy.require(actor, "write", get(session, actor, dataset_id))
    called = clean_name(name)
    _refuse_taken(session, dataset, called)
    dataset.filename = called
    audit.note(session, actor, "dataset.rename", object_kind="dataset", object_id=dataset.id)
    return dataset


def _refuse_taken(session: Session, dataset: Dataset, name: str) -> None:
    other = _named(session, dataset.owner_id, name)
    if other is None or other.id == dataset.id:
        return
    if name == dataset.filename:
        raise Conflict(N_("There are other data named “{name}” now; rename or delete them first."), name=name)
    raise Conflict(N_("There are data named “{name}” already; choose another name."), name=name)
