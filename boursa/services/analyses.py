"""Asking for computations on stored data: the requests behind Bilan, tests and forecasts.

Light: nothing here imports a numerical library, since the web process asks and workers compute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from boursa.errors import NameUnknown, NotFound
from boursa.language import N_
from boursa.services import datasets, jobs
from boursa.services.history import Record
from boursa.services.policy import Actor
from boursa.storage.models import DatasetVersion, HistoryEntry, Job

KINDS = ("analysis", "test", "forecast", "backtest")


def request(
    session: Session, actor: Actor, kind: str, version: DatasetVersion, parameters: Mapping[str, Any]
) -> Job:
    """Request the computation `kind` on one version of a dataset."""
    if kind not in KINDS:
        raise NameUnknown(N_("There is no computation named “{kind}”."), kind=kind)
    dataset = datasets.get(session, actor, version.data_file_id)
    payload = _payload(version, parameters)
    return jobs.request(session, actor, kind, payload, data_version_id=version.id, group_id=dataset.group_id)


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
