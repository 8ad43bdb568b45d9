"""How the API answers: objects, pages of lists, and work that is done or under way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, json, request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.http import parse_dict_header

from boursa.api import problems
from boursa.api.gate import actor, held, user_id
from boursa.api.v1 import schemas
from boursa.services import datasets, history, idempotency, readings
from boursa.storage.models import Dataset, DatasetVersion, HistoryEntry, IdempotencyKey, Job
from boursa.storage.models.jobs import DONE, QUEUED, RUNNING

# A little less than the five seconds that people are told, for the rest of the request.
PATIENCE_S = 4.5
_HEADERS = ("Location", "Content-Location", "Content-Language")


def one(model: BaseModel, status: int = 200, **headers: str) -> Response:
    """Return an object."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(model.model_dump_json(), status, names, content_type="application/json")


def tag(answer: Response) -> Response:
    """Give JSON that was asked for its ETag, or answer 304 to whoever has it already.

    The tag is weak: the same content may be written in another order one day.
    """
    if request.method not in ("GET", "HEAD") or answer.status_code != 200 or not answer.is_json:
        return answer
    if answer.cache_control.no_store:
        return answer
    if "ETag" not in answer.headers:
        answer.headers.setdefault("Cache-Control", "private, no-cache")
        answer.add_etag(weak=True)
    answer.make_conditional(request)
    return answer


def listed(items: Sequence[BaseModel], limit: int, **filters: Any) -> Response:
    """Return a page of a list; `next` is the address of the following one, if there may be one."""
    following = None
    if len(items) == limit:
        cursor = items[-1].id  # type: ignore[attr-defined] # everything that is listed has a number
        wishes = {name: value for name, value in filters.items() if value is not None}
        following = f"{request.path}?{urlencode({**wishes, 'limit': limit, 'cursor': cursor})}"
    body = {"items": [item.model_dump(mode="json") for item in items], "next": following}
    return Response(json.dumps(body), content_type="application/json")


def work(what: Mapping[str, Any], ask: Callable[[Session], Job]) -> Response:
    """Ask for work, wait a moment, and answer with its result or its job.

    With an ``Idempotency-Key`` the work is asked for once, however often the request is sent; `what`
    tells this request from another. After five seconds the answer is the job: 202. ``Prefer:
    respond-async`` does not wait, ``Prefer: wait=2`` for two seconds at most (RFC 7240).
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with held().unit_of_work() as session:
            job = ask(session)
        return _answer(job)
    with held().unit_of_work() as session:
        row = idempotency.claim(session, user_id(), key, {"path": request.path, **what})
        if row.status is not None:
            return _again(row)
        job = _asked_once(session, row, ask)
    answer = _answer(job)
    with held().connection() as connection:
        idempotency.keep(connection, user_id(), key, answer.status_code, _kept(answer))
    return answer


def _asked_once(session: Session, row: IdempotencyKey, ask: Callable[[Session], Job]) -> Job:
    number = idempotency.job_of(row)
    if number is not None:
        return session.get_one(Job, number)
    job = ask(session)
    idempotency.asked_for(session, row, job.id)
    return job


def _answer(job: Job) -> Response:
    """Return what a job makes, or, when nobody has patience any more, the job as it is."""
    patience_s, applied = _patience()
    if patience_s:
        job = held().wait(job.id, patience_s)
    if job.state in (QUEUED, RUNNING):
        return one(schemas.Job.of(job), 202, Location=f"/api/v1/jobs/{job.id}", **applied)
    if job.state != DONE:
        return problems.of_job(job.error or {})
    with held().unit_of_work() as session:
        return _made(session, job)


def _patience() -> tuple[float, dict[str, str]]:
    """Return how long to wait, and the header that says which preference was followed."""
    wishes = parse_dict_header(",".join(request.headers.getlist("Prefer")).lower())
    seconds = wishes.get("wait") or ""
    if seconds.isascii() and seconds.isdigit():
        return min(float(seconds), PATIENCE_S), {"Preference_Applied": f"wait={seconds}"}
    if "respond-async" in wishes:
        return 0, {"Preference_Applied": "respond-async"}
    return PATIENCE_S, {}


def _made(session: Session, job: Job) -> Response:
    if job.kind == readings.KIND:
        number = (job.result or {})["dataset_id"]
        dataset = datasets.get(session, actor(), number)
        found = schemas.Dataset.of(dataset, datasets.versions(session, actor(), number))
        return one(found, 201, Location=f"/api/v1/datasets/{number}")
    made = history.get(session, actor(), history.of_job(session, job.id) or 0)
    return one(entry(session, made), Content_Location=f"/api/v1/history/{made.id}")


def entry(session: Session, row: HistoryEntry) -> schemas.Entry:
    """Return an entry of History with the data that it was made of."""
    source = None
    if row.data_version_id is not None:
        version = session.get_one(DatasetVersion, row.data_version_id)
        dataset = session.get_one(Dataset, version.data_file_id)
        source = schemas.Source(dataset=dataset.id, name=dataset.filename, version=version.number)
    return schemas.Entry.made(row, source)


def _kept(answer: Response) -> dict[str, Any]:
    headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    return {"body": answer.get_json(force=True), "type": answer.content_type, "headers": headers}


def _again(row: IdempotencyKey) -> Response:
    kept = row.response or {}
    return Response(json.dumps(kept["body"]), row.status, kept["headers"], content_type=kept["type"])
