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

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
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
    fresh = insert(IdempotencyKey).values(user_id=user_id, key=key, request_sha256=asked, created_at=moment)
    try:
        # Waits for whoever is writing the same key, then fails.
        with session.begin_nested():
            session.execute(fresh)
    except IntegrityError:
        return _earlier(session, user_id, key, asked)
    return session.get_one(IdempotencyKey, (user_id, key), populate_existing=True)


def _earlier(session: Session, user_id: int, key: str, asked: str) -> IdempotencyKey:
    # With a lock, so that MySQL shows what was committed since this transaction began.
    wanted = select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    row = session.scalars(wanted.with_for_update()).one()
    if row.request_sha256 != asked:
        raise InputError(N_("The Idempotency-Key “{key}” was sent with another request before."), key=key)
    if row.status is None and row.created_at > clock(session) - _ANSWERED_WITHIN:
        raise UnderWay(N_("The first request with this Idempotency-Key is still being answered."))
    return row


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
