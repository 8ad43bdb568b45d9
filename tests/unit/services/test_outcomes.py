"""A job's result and its last state are written together, once, by whoever holds its claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from boursa.errors import NotAllowed
from boursa.services import datasets, jobs, outcomes
from boursa.services.history import Record
from boursa.services.jobs import Claim
from boursa.services.policy import OPERATOR, Actor
from boursa.services.readings import Reading
from boursa.storage.models import DatasetVersion, HistoryEntry, Job, User, now

RECORD = Record(kind="test", name="adf", parameters={}, result={"p_value": 0.5})
QUESTION = {"column": "date", "option": "dates", "choices": ["dmy", "mdy"]}
ERROR = {"code": "file-ambiguous", "fr": "?", "en": "?"}


def _reading(*, keep: bool, **changes: Any) -> Reading:
    result = {
        "filename": "cours.csv",
        "content_sha256": "a" * 64,
        "size_bytes": 10,
        "table_sha256": "b" * 64,
        "licence": None,
        "n_rows": 3,
        "parse_options": {},
        "profile": {"rows": 3},
        "questions": [],
        **changes,
    }
    return Reading(result, ERROR if result["questions"] else None, keep)


def _claimed(session: Session, kind: str = "reading", actor: Actor = OPERATOR) -> Claim:
    claim = jobs.claim(session, jobs.request(session, actor, kind, {}).id, "w1")
    assert claim is not None
    return claim


def _taken_over(session: Session, claim: Claim) -> Claim:
    """Let the job's worker fall silent and another take it."""
    session.get_one(Job, claim.job_id, populate_existing=True).heartbeat_at = now() - timedelta(minutes=1)
    session.flush()
    assert jobs.requeue_silent(session, stale_s=20) == 1
    second = jobs.claim(session, claim.job_id, "w2")
    assert second is not None
    return second


def _job(session: Session, claim: Claim) -> Job:
    return session.get_one(Job, claim.job_id, populate_existing=True)


def test_a_record_makes_one_entry_and_ends_the_job(session: Session) -> None:
    # State and result stand or fall together.
    claim = _claimed(session, "test")
    assert outcomes.write(session, claim, RECORD, {"scipy": "1"}, 0.5)
    entry = session.query(HistoryEntry).one()
    assert (entry.job_id, entry.result, entry.versions) == (claim.job_id, {"p_value": 0.5}, {"scipy": "1"})
    assert (_job(session, claim).state, _job(session, claim).result) == ("done", None)


def test_a_job_run_twice_makes_one_entry(session: Session) -> None:
    # The claim's word decides: a worker thought dead writes nothing, before and after the other.
    late = _claimed(session, "test")
    second = _taken_over(session, late)
    wrote = [outcomes.write(session, claim, RECORD, {}, 1) for claim in (late, second, late)]
    assert wrote == [False, True, False]
    assert session.query(HistoryEntry).count() == 1


def test_a_reading_stays_with_its_job(session: Session) -> None:
    # Nothing is brought in, and nothing stands in History, before a person has said yes.
    claim = _claimed(session)
    assert outcomes.write(session, claim, _reading(keep=False), {}, 1)
    job = _job(session, claim)
    assert job.result is not None
    assert (job.state, job.result["n_rows"], job.partial) == ("done", 3, None)
    assert session.query(HistoryEntry).count() == 0
    assert session.query(DatasetVersion).count() == 0


def test_a_reading_that_is_to_be_kept_is_brought_in_once(session: Session) -> None:
    # However many workers read the file.
    late = _claimed(session)
    second = _taken_over(session, late)
    wrote = [outcomes.write(session, claim, _reading(keep=True), {}, 1) for claim in (late, second, late)]
    assert wrote == [False, True, False]
    version = session.query(DatasetVersion).one()
    job = _job(session, second)
    assert job.result is not None
    assert (job.result["data_version_id"], job.data_version_id) == (version.id, version.id)


def test_an_open_question_fails_the_job_and_is_told(session: Session) -> None:
    # Nobody is there to answer: the program that asked reads the question and asks again.
    claim = _claimed(session)
    assert outcomes.write(session, claim, _reading(keep=True, questions=[QUESTION]), {}, 1)
    job = _job(session, claim)
    assert (job.state, job.error) == ("failed", {**ERROR, "questions": [QUESTION]})
    assert job.result is not None
    assert datasets.listed(session, OPERATOR) == []


def test_an_open_question_is_no_failure_where_somebody_will_answer(session: Session) -> None:
    # The page shows the preview with the question beside it.
    claim = _claimed(session)
    assert outcomes.write(session, claim, _reading(keep=False, questions=[QUESTION]), {}, 1)
    job = _job(session, claim)
    assert (job.state, job.error) == ("done", None)


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": False}], ids=str)
def test_who_lost_the_right_meanwhile_brings_nothing_in(session: Session, change: dict[str, Any]) -> None:
    # The rights that count are those of the moment at which the data arrive.
    user = User(username="awa")
    session.add(user)
    session.flush()
    claim = _claimed(session, actor=Actor(user.id, "analyst"))
    for name, value in change.items():
        setattr(user, name, value)
    session.flush()
    with pytest.raises(NotAllowed):
        outcomes.write(session, claim, _reading(keep=True), {}, 1)
