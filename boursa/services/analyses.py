"""Asking for computations on stored data: the requests behind Bilan, tests and forecasts.

Light: nothing here imports a numerical library, since the web process asks and workers compute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import NameUnknown, NotFound
from boursa.language import N_
from boursa.services import datasets, jobs, policy, questions
from boursa.services.history import Record
from boursa.services.policy import Actor
from boursa.storage.models import Dataset, DatasetVersion, HistoryEntry, Job

KINDS = ("analysis", "test", "forecast", "backtest")

_LOOKED_THROUGH = 20


def request(
    session: Session, actor: Actor, kind: str, version: DatasetVersion, parameters: Mapping[str, Any]
) -> Job:
    """Request the computation `kind` on one version of a dataset.

    The same question of the same person that still waits is not asked a second time: its job is returned.
    """
    return _ask(session, actor, kind, version, parameters, datasets.get(session, actor, version.data_file_id))


def _ask(
    session: Session,
    actor: Actor,
    kind: str,
    version: DatasetVersion,
    parameters: Mapping[str, Any],
    dataset: Dataset,
) -> Job:
    if kind not in KINDS:
        raise NameUnknown(N_("There is no computation named “{kind}”."), kind=kind)
    questions.check(kind, version, parameters)
    payload = _payload(version, parameters)
    # Who may ask for work on private data are its owner and the administrator: either way it is the owner's.
    asker = actor if dataset.group_id is not None else replace(actor, user_id=dataset.owner_id)
    waiting = jobs.waiting_same(session, asker, kind, payload, version.id)
    return waiting or jobs.request(
        session, asker, kind, payload, data_version_id=version.id, group_id=dataset.group_id
    )


@dataclass(frozen=True)
class Bilan:
    """How far the Bilan of one version of a dataset is.

    `parts` are the series in the order of the file, each with the blocks that are ready. `entry` is
    the newest finished result, `job` the work behind it or, if that is newer, the work on the next;
    both are None where nobody asked yet.
    """

    parts: Sequence[Mapping[str, Any]]
    left_out: Sequence[str]
    job: Job | None
    entry: HistoryEntry | None

    @classmethod
    def of(cls, entry: HistoryEntry, job: Job | None = None) -> Bilan:
        """Return the finished Bilan that an entry of History holds."""
        return cls(entry.result.get("series", ()), entry.result.get("left_out", ()), job, entry)

    @property
    def renewed(self) -> bool:
        """Whether a newer one than is shown was asked for."""
        return self.entry is not None and self.job is not None and self.job.id != self.entry.job_id


def bilan(session: Session, actor: Actor, version: DatasetVersion) -> Bilan:
    """Return the newest Bilan of a whole version, and what is being done about the next."""
    datasets.get(session, actor, version.data_file_id)
    job = _newest_whole(session, Job, Job.payload["parameters"], version)
    entry = _newest_whole(session, HistoryEntry, HistoryEntry.parameters, version)
    if entry is not None:
        return Bilan.of(entry, job if job is not None and job.id >= (entry.job_id or 0) else None)
    if job is not None:
        return Bilan(_ready(job.partial or {}), (), job, None)
    return Bilan((), (), None, None)


def _newest_whole(session: Session, model: Any, parameters: Any, version: DatasetVersion) -> Any:
    # What somebody asked about one column, or of one model, is not the Bilan of the file. Numbers and
    # parameters first: the rows themselves are large.
    wanted = select(model.id, parameters).where(model.data_version_id == version.id, model.kind == "analysis")
    newest = session.execute(wanted.order_by(model.id.desc()).limit(_LOOKED_THROUGH))
    found = next((number for number, asked in newest if set(asked or ()) <= {"horizon"}), None)
    return None if found is None else session.get(model, found)


def _ready(partial: Mapping[str, Any]) -> list[dict[str, Any]]:
    # By their place: not every database keeps the order of keys in JSON.
    parts: dict[str, dict[str, Any]] = {}
    for block in sorted(partial.values(), key=lambda one: int(one["place"])):
        part = parts.setdefault(block["series"], {"name": block["series"], "kind": block["kind"]})
        part[block["block"]] = block["content"]
    return list(parts.values())


def replay(session: Session, actor: Actor, entry: HistoryEntry) -> Job:
    """Request once more what made a history entry: same data, also deleted ones, same parameters."""
    version = _version_of(session, entry)
    dataset = policy.require(actor, "read", session.get(Dataset, version.data_file_id))
    return _ask(session, actor, entry.kind, version, entry.parameters, dataset)


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
