"""A request that is sent again gets the first answer: under concurrency, and after a crash."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from boursa.errors import InputError, UnderWay, UsageError
from boursa.runtime import Runtime
from boursa.services import idempotency, jobs
from boursa.services.policy import OPERATOR
from boursa.storage.models import IdempotencyKey, Job, User, now

REQUEST = {"path": "/api/v1/tests", "dataset": 1}
ANSWER = {"body": {"id": 1}, "type": "application/json", "headers": {}}


@pytest.fixture
def user_id(installation: Runtime) -> int:
    """A person, committed."""
    with installation.unit_of_work() as session:
        user = User(username="awa")
        session.add(user)
        session.flush()
        return user.id


def _claimed(session: Session, user_id: int) -> IdempotencyKey:
    """Return the row of a first request that has asked for job 7."""
    row = idempotency.claim(session, user_id, "k", REQUEST)
    idempotency.asked_for(session, row, 7)
    session.flush()
    return row


def _aged(session: Session, user_id: int, age: timedelta) -> None:
    session.get_one(IdempotencyKey, (user_id, "k")).created_at = now() - age
    session.flush()


def test_a_new_key_is_free(session: Session, user_id: int) -> None:
    # Whoever brings it does the work.
    row = idempotency.claim(session, user_id, "k", REQUEST)
    assert (row.status, idempotency.job_of(row)) == (None, None)


def test_the_first_answer_stands(session: Session, user_id: int) -> None:
    # The same request gets it again, in whatever order its fields came; a later answer changes nothing.
    _claimed(session, user_id)
    idempotency.keep(session, user_id, "k", 200, ANSWER)
    idempotency.keep(session, user_id, "k", 500, {"body": None})
    row = idempotency.claim(session, user_id, "k", dict(reversed(REQUEST.items())))
    assert (row.status, row.response) == (200, ANSWER)


def test_another_request_under_the_key_is_refused(session: Session, user_id: int) -> None:
    # Answered or not: it is a mistake of the program.
    _claimed(session, user_id)
    with pytest.raises(InputError, match="“k” was sent with another request"):
        idempotency.claim(session, user_id, "k", {**REQUEST, "dataset": 2})


def test_while_the_first_request_is_answered_others_wait(session: Session, user_id: int) -> None:
    # They are told to come again, not given half an answer.
    _claimed(session, user_id)
    with pytest.raises(UnderWay):
        idempotency.claim(session, user_id, "k", REQUEST)


def test_a_process_that_died_leaves_its_job_behind(session: Session, user_id: int) -> None:
    # The next request goes on from the job that was asked for, and asks for no second one.
    _claimed(session, user_id)
    _aged(session, user_id, timedelta(seconds=20))
    row = idempotency.claim(session, user_id, "k", REQUEST)
    assert (row.status, idempotency.job_of(row)) == (None, 7)


def test_a_key_is_kept_for_a_day(session: Session, user_id: int) -> None:
    # Then the word may be used again, for another request too.
    _claimed(session, user_id)
    idempotency.keep(session, user_id, "k", 200, ANSWER)
    _aged(session, user_id, timedelta(hours=25))
    row = idempotency.claim(session, user_id, "k", {"path": "other"})
    assert (row.status, idempotency.job_of(row)) == (None, None)
    idempotency.asked_for(session, row, 8)
    session.flush()
    with pytest.raises(UnderWay):
        idempotency.claim(session, user_id, "k", {"path": "other"})


def test_keys_of_former_days_are_forgotten(session: Session, user_id: int) -> None:
    # And those of today are not.
    _claimed(session, user_id)
    idempotency.forget(session)
    assert session.query(IdempotencyKey).count() == 1
    _aged(session, user_id, timedelta(hours=25))
    idempotency.forget(session)
    assert session.query(IdempotencyKey).count() == 0


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 129, "a\n"])
def test_a_word_that_cannot_be_kept_is_refused(session: Session, user_id: int, key: str) -> None:
    # Databases compare and cut such words each in its own way.
    with pytest.raises(UsageError):
        idempotency.claim(session, user_id, key, REQUEST)


def test_eight_requests_at_once_ask_for_one_job(installation: Runtime, user_id: int) -> None:
    # The key is written in the transaction that asks for the work: one writes it, the others see it.
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def request() -> None:
        together.wait()
        try:
            with installation.unit_of_work() as session:
                row = idempotency.claim(session, user_id, "k", REQUEST)
                idempotency.asked_for(session, row, jobs.request(session, OPERATOR, "test", {}).id)
            outcomes.append("asked")
        except UnderWay:
            outcomes.append("told to wait")

    threads = [threading.Thread(target=request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked"] + 7 * ["told to wait"]
    with installation.unit_of_work() as session:
        assert session.query(Job).count() == 1
