"""Idempotency keys: a request that is sent again gets the first answer, and makes nothing new.

The key is written in the transaction that asks for the work, so that neither stands without the
other: of several requests at once one asks, and a process that dies afterwards loses nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Insert, delete
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

from boursa.errors import InputError, UnderWay, UsageError
from boursa.language import N_
from boursa.storage.models import IdempotencyKey
from boursa.storage.session import clock

KEPT = timedelta(days=1)
# Longer than a door waits for a job: then the process that was answering is dead.
_ANSWERED_WITHIN = timedelta(seconds=15)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def claim(session: Session, user_id: int, key: str, request: Mapping[str, Any]) -> IdempotencyKey:
    """Return the row of a key: new, or with what the first request left.

    `status` and `response` hold the first answer; without a `status`, `response` holds the number of
    the job that was asked for; a new row has neither.

    Raises
    ------
    UsageError
        If the key is not 1 to 128 printable characters.
    InputError
        If the key came with another request before.
    UnderWay
        If the first request is not answered yet.
    """
    if not _KEY.fullmatch(key):
        raise UsageError(N_("An Idempotency-Key has 1 to 128 printable ASCII characters, without spaces."))
    asked = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    moment = clock(session)
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.user_id == user_id, IdempotencyKey.created_at < moment - KEPT
        )
    )
    values = {"user_id": user_id, "key": key, "request_sha256": asked, "created_at": moment}
    session.execute(_written_or_locked(session, values))
    row = session.get_one(IdempotencyKey, (user_id, key), populate_existing=True)
    if row.created_at == moment:
        return row
    if row.request_sha256 != asked:
        raise InputError(N_("The Idempotency-Key “{key}” was sent with another request before."), key=key)
    if row.status is None and row.created_at > moment - _ANSWERED_WITHIN:
        raise UnderWay(N_("The first request with this Idempotency-Key is still being answered."))
    return row


def _written_or_locked(session: Session, values: Mapping[str, Any]) -> Insert:
    """Return what writes the row, or waits for whoever is writing it, and changes nothing in theirs.

    An insert that fails would leave a weak lock in MySQL: two of those who then want a strong one
    end in a deadlock.
    """
    same = {"user_id": values["user_id"]}
    match session.get_bind().dialect.name:
        case "mysql" | "mariadb":
            return mysql.insert(IdempotencyKey).values(values).on_duplicate_key_update(same)
        case "postgresql":
            fresh = postgresql.insert(IdempotencyKey).values(values)
            return fresh.on_conflict_do_update(index_elements=["user_id", "key"], set_=same)
        case _:
            new = sqlite.insert(IdempotencyKey).values(values)
            return new.on_conflict_do_update(index_elements=["user_id", "key"], set_=same)


def asked_for(row: IdempotencyKey, job_id: int) -> None:
    """Note which job the first request asked for, in the transaction that asks for it."""
    row.response = {"job": job_id}


def job_of(row: IdempotencyKey) -> int | None:
    """Return the job that the first request asked for, if it was not answered."""
    return None if row.response is None else int(row.response["job"])


def keep(session: Session, user_id: int, key: str, status: int, answer: Mapping[str, Any]) -> None:
    """Keep the answer for whoever sends the same request again; the first that is kept stands."""
    row = session.get(IdempotencyKey, (user_id, key), with_for_update=True)
    if row is not None and row.status is None:
        row.status, row.response = status, dict(answer)
