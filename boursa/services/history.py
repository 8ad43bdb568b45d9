"""History: recording, finding and reading results of every kind."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.services import lists, policy
from boursa.services.policy import Actor
from boursa.storage.models import Dataset, DatasetVersion, HistoryEntry, StoredForecast
from boursa.storage.session import Work

KINDS = ("analysis", "test", "forecast", "backtest", "screen")


# Everything that has a say in a number.
_LIBRARIES = ("boursa", "numpy", "scipy", "statsmodels", "statsforecast", "pyarrow")

_LINES = (
    select(
        HistoryEntry.id,
        HistoryEntry.kind,
        HistoryEntry.test_name,
        HistoryEntry.created_at,
        HistoryEntry.duration_s,
        HistoryEntry.data_version_id,
        HistoryEntry.job_id,
        HistoryEntry.parameters,
        Dataset.id.label("dataset_id"),
        Dataset.filename,
        DatasetVersion.number,
    )
    .outerjoin(DatasetVersion, DatasetVersion.id == HistoryEntry.data_version_id)
    .outerjoin(Dataset, Dataset.id == DatasetVersion.data_file_id)
)


class Report(Protocol):
    """Where a computation says how far it is; either call may raise `Cancelled`."""

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None:
        """Say how much of the work is done, and what is being done."""

    def partial(self, name: str, content: Mapping[str, Any]) -> None:
        """Hand over a part that is ready."""


@dataclass(frozen=True)
class Record:
    """A result as a computation hands it over: what it was, with what, and what came out."""

    kind: str
    name: str
    parameters: Mapping[str, Any]
    result: Mapping[str, Any]
    seed: int | None = None
    forecasts: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def versions() -> dict[str, str]:
    """Return the versions that a result was computed with."""
    return dict(_versions())


@cache  # read from files
def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version(name) for name in _LIBRARIES}}


def record(
    session: Session,
    entry: Record,
    *,
    owner_id: int | None,
    group_id: int | None = None,
    data_version_id: int | None = None,
    job_id: int | None = None,
    versions: Mapping[str, Any] | None = None,
    duration_s: float | None = None,
) -> HistoryEntry:
    """Keep one result, with what is needed to compute it again."""
    row = HistoryEntry(
        kind=entry.kind,
        test_name=entry.name,
        parameters=dict(entry.parameters),
        result=dict(entry.result),
        seed=entry.seed,
        owner_id=owner_id,
        group_id=group_id,
        data_version_id=data_version_id,
        job_id=job_id,
        versions=dict(versions) if versions else None,
        duration_s=duration_s,
    )
    session.add(row)
    session.flush()
    session.add_all(StoredForecast(history_id=row.id, **line) for line in entry.forecasts)
    return row


def listed(
    work: Work, actor: Actor, *, kind: str | None = None, before: int | None = None, limit: int = 50
) -> Sequence[Any]:
    """Return the lines of a list, newest first: columns instead of objects, without the results.

    Each has `id`, `kind`, `test_name`, `created_at`, `duration_s`, `data_version_id`, `job_id`, `parameters`,
    and the `filename`, `dataset_id` and version `number` of its data, None where they are not kept.
    """
    kinds = () if kind is None else (kind,)
    return lists.page(work, actor, _LINES, HistoryEntry, before=before, limit=limit, kind=kinds)


def get(session: Session, actor: Actor, entry_id: int) -> HistoryEntry:
    """Return one entry."""
    return policy.require(actor, "read", session.get(HistoryEntry, entry_id))


def source_of(session: Session, entry: HistoryEntry) -> str | None:
    """Return the name and version of the data that an entry was made of."""
    version = session.get(DatasetVersion, entry.data_version_id) if entry.data_version_id else None
    if version is None:
        return None
    return f"{session.get_one(Dataset, version.data_file_id).filename} v{version.number}"


def of_job(session: Session, job_id: int) -> int | None:
    """Return the number of the entry that a job made."""
    return session.scalar(select(HistoryEntry.id).where(HistoryEntry.job_id == job_id))
