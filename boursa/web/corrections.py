"""Ways on from work that failed: once more, where that may help, else the form as it was filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from boursa.errors import BoursaError, InputError, UsageError
from boursa.storage.models import Dataset, DatasetVersion, Job
from boursa.storage.models.jobs import CANCELLED, FAILED


def _codes(kind: type[BoursaError]) -> set[str]:
    return {kind.code}.union(*(_codes(one) for one in kind.__subclasses__()))


# The same request on the same data would be refused again, however often.
_FOR_GOOD = _codes(InputError) | _codes(UsageError)


def may_help_again(job: Job) -> bool:
    """Whether a job that ended without a result may end with one if it is run again as it is."""
    return job.state == CANCELLED or (job.error or {}).get("code") not in _FOR_GOOD


def form_of(session: Session, job: Job) -> str | None:
    """Return the address of the form that asked for a failed job, filled in as it was; None without one."""
    if job.state != FAILED or job.data_version_id is None or job.kind not in _FORMS:
        return None
    dataset = session.get_one(Dataset, session.get_one(DatasetVersion, job.data_version_id).data_file_id)
    return None if dataset.deleted_at is not None else _FORMS[job.kind](dataset.id, job.payload["parameters"])


def _test(dataset_id: int, asked: Mapping[str, Any]) -> str:
    filled: dict[str, Any] = {name: asked.get(name) for name in ("columns", "value", "group", "alternative")}
    filled["moves"] = "true" if asked.get("moves") else None
    filled["groups"] = ", ".join(asked.get("groups") or ()) or None
    filled |= {f"option-{name}": _text(value) for name, value in (asked.get("options") or {}).items()}
    return url_for("tests.ask", name=asked["test"], data=dataset_id, **filled)


def _forecast(dataset_id: int, asked: Mapping[str, Any]) -> str:
    names = ("column", "horizon", "model", "freq", "season", "target")
    filled: dict[str, Any] = {name: asked.get(name) for name in names}
    return url_for("forecasts.index", data=dataset_id, **filled)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_FORMS = {"test": _test, "forecast": _forecast}
