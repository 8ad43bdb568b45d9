"""Asking for computations on stored data: the requests behind Bilan, tests and forecasts.

Light: nothing here imports a numerical library, since the web process asks and workers compute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import NameUnknown, NotFound
from boursa.language import N_
from boursa.services import datasets, jobs, questions
from boursa.services.history import Record
from boursa.services.policy import Actor
from boursa.storage.models import DatasetVersion, HistoryEntry, Job
from boursa.storage.models.jobs import DONE

KINDS = ("analysis", "test", "forecast", "backtest")


def request(
    session: Session, actor: Actor, kind: str, version: DatasetVersion, parameters: Mapping[str, Any]
) -> Job:
    """Request the computation `kind` on one version of a dataset."""
    if kind not in KINDS:
        raise NameUnknown(N_("There is no computation named “{kind}”."), kind=kind)
    dataset = datasets.get(session, actor, version.data_file_id)
    questions.check(kind, version, parameters)
    payload = _payload(version, parameters)
    return jobs.request(session, actor, kind, payload, data_version_id=version.id, group_id=dataset.group_id)


@dataclass(frozen=True)
class Bilan:
    """How far the Bilan of one version of a dataset is.

    `parts` are the series in the order of the file, each with the blocks that are ready. `job` is
    the work behind it, `entry` the finished result; both are None where nobody asked yet.
    """

    parts: Sequence[Mapping[str, Any]]
    left_out: Sequence[str]
    job: Job | None
    entry: HistoryEntry | None

    @classmethod
    def of(cls, entry: HistoryEntry, job: Job | None = None) -> Bilan:
        """Return the finished Bilan that an entry of History holds."""
        return cls(entry.result["series"], entry.result["left_out"], job, entry)


def bilan(session: Session, actor: Actor, version: DatasetVersion) -> Bilan:
    """Return the newest Bilan of a version: finished, under way, or none."""
    datasets.get(session, actor, version.data_file_id)
    job = session.scalars(_newest(Job, version).where(Job.kind == "analysis")).first()
    if job is not None and job.state != DONE:
        return Bilan(_ready(job.partial or {}), (), job, None)
    entry = session.scalars(_newest(HistoryEntry, version).where(HistoryEntry.kind == "analysis")).first()
    if entry is None:
        return Bilan((), (), None, None)
    return Bilan.of(entry, job)


def _newest(model: Any, version: DatasetVersion) -> Any:
    return select(model).where(model.data_version_id == version.id).order_by(model.id.desc()).limit(1)


def _ready(partial: Mapping[str, Any]) -> list[dict[str, Any]]:
    # By their place: not every database keeps the order of keys in JSON.
    parts: dict[str, dict[str, Any]] = {}
    for block in sorted(partial.values(), key=lambda one: int(one["place"])):
        part = parts.setdefault(block["series"], {"name": block["series"], "kind": block["kind"]})
        part[block["block"]] = block["content"]
    return list(parts.values())


def replay(session: Session, actor: Actor, entry: HistoryEntry) -> Job:
    """Request once more what made a history entry: same data, same parameters."""
    return request(session, actor, entry.kind, _version_of(session, entry), entry.parameters)


def payload_of(session: Session, entry: HistoryEntry) -> dict[str, Any]:
    """Return what a computation needs to make a history entry again."""
    return _payload(_version_of(session, entry), entry.parameters)


def same(entry: HistoryEntry, record: Record) -> bool:
    """Whether a record says what a history entry says, to the last digit."""
    # Through JSON, as the entry went: tuples became lists, keys text.
    again: dict[str, Any] = json.loads(json.dumps(record.result))
    return again == entry.result


def _version_of(session: Session, entry: HistoryEntry) -> DatasetVersion:
    version = session.get(DatasetVersion, entry.data_version_id) if entry.data_version_id else None
    if version is None:
        raise NotFound(
            N_("The data of entry {id} are no longer kept, so it cannot be run again."), id=entry.id
        )
    return version


def _payload(version: DatasetVersion, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"table": version.table_sha256, "parameters": dict(parameters)}
