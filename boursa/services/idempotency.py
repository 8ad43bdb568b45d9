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

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from boursa.errors import IdempotencyMismatch, UnderWay, UsageError
from boursa.language import N_
from boursa.services import turns
from boursa.storage.models import IdempotencyKey
from boursa.storage.session import Work, clock, moment

KEPT = timedelta(days=1)
# Longer than a door waits for a job: then the process that was answering is dead.
_ANSWERED_WITHIN = timedelta(seconds=15)
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def claim(session: Session, user_id: int, key: str, request: Mapping[str, Any]) -> IdempotencyKey:
    """Return the row of a key: a new one, which is not written yet, or with what the first request left.

    `status` and `response` hold the first answer; without a `status`, `response` holds the number of
    the job that was asked for; a new row has neither. Nobody else claims a key of this person before
    the transaction has ended.

    Raises
    ------
    UsageError
        If the key is not 1 to 128 printable characters.
    IdempotencyMismatch
        If the key came with another request before.
    UnderWay
        If the first request is not answered yet.
    """
    if not _KEY.fullmatch(key):
        raise UsageError(N_("An Idempotency-Key has 1 to 128 printable ASCII characters, without spaces."))
    asked = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    turns.take(session, user_id)
    row = session.get(IdempotencyKey, (user_id, key), populate_existing=True)
    if row is None:
        return IdempotencyKey(user_id=user_id, key=key, request_sha256=asked, created_at=moment())
    age = clock(session) - row.created_at
    if age > KEPT:
        row.request_sha256, row.status, row.response, row.created_at = asked, None, None, moment()
        return row
    if row.request_sha256 != asked:
        raise IdempotencyMismatch(
            N_("The Idempotency-Key “{key}” was sent with another request before."), key=key
        )
    if row.status is None and age < _ANSWERED_WITHIN:
        raise UnderWay(N_("The first request with this Idempotency-Key is still being answered."))
    return row


def asked_for(session: Session, row: IdempotencyKey, job_id: int) -> None:
    """Note which job the first request asked for, in the transaction that asks for it."""
    row.response = {"job": job_id}
    session.add(row)


def job_of(row: IdempotencyKey) -> int | None:
    """Return the job that the first request asked for, if it was not answered."""
    return None if row.response is None else int(row.response["job"])


def keep(work: Work, user_id: int, key: str, status: int, answer: Mapping[str, Any]) -> None:
    """Keep the answer for whoever sends the same request again; the first that is kept stands."""
    work.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key, IdempotencyKey.status.is_(None))
        .values(status=status, response=dict(answer))
    )


def forget(session: Session) -> None:
    """Delete the keys that are no longer kept."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < clock(session) - KEPT))
