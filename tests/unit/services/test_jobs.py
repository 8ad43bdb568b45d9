"""Jobs change state by compare-and-set: whoever comes second changes nothing."""

from __future__ import annotations

import threading
from datetime import UTC, timedelta

import pytest
from sqlalchemy.orm import Session

from boursa.errors import Conflict, NotAllowed, NotFound
from boursa.runtime import Runtime
from boursa.services import jobs
from boursa.services.jobs import Claim, Progress
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Job, now
from boursa.storage.session import clock


def _queued(session: Session, **fields: object) -> int:
    job = jobs.request(session, OPERATOR, "test", {"n": 1})
    for name, value in fields.items():
        setattr(job, name, value)
    session.flush()
    return job.id


def _claimed(session: Session, worker: str = "w1", **fields: object) -> Claim:
    claim = jobs.claim(session, _queued(session, **fields), worker)
    assert claim is not None
    return claim


def test_a_job_is_claimed_once(session: Session) -> None:
    # The second worker that is rung for the same job goes away empty-handed.
    job_id = _queued(session)
    assert jobs.claim(session, job_id, "w1") is not None
    assert jobs.claim(session, job_id, "w2") is None


def test_eight_workers_share_forty_jobs_without_overlap(installation: Runtime) -> None:
    # Under real concurrency every job is claimed exactly once.
    with installation.unit_of_work() as session:
        wanted = {jobs.request(session, OPERATOR, "test", {}).id for _ in range(40)}
    taken: list[int] = []

    def work(name: str) -> None:
        misses = 0
        while misses < 3:
            with installation.unit_of_work() as session:
                claim = jobs.claim_next(session, name)
            if claim is None:
                misses += 1
            else:
                taken.append(claim.job_id)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)


def test_jobs_are_taken_in_the_order_in_which_they_were_asked_for(session: Session) -> None:
    # Nobody's work waits behind younger work.
    first, second = _queued(session), _queued(session)
    assert [jobs.claim_next(session, "w").job_id for _ in range(2)] == [first, second]  # type: ignore[union-attr]


def test_a_job_for_later_is_not_taken_now(session: Session) -> None:
    # A retry with a pause must not be claimed before its time.
    _queued(session, run_after=now() + timedelta(hours=1))
    assert jobs.claim_next(session, "w") is None


def test_a_job_ends_once(session: Session) -> None:
    # What came out is written by whoever ends the job, and nobody ends it twice.
    claim = _claimed(session)
    assert jobs.end(session, claim, {"n_rows": 3})
    job = session.get_one(Job, claim.job_id, populate_existing=True)
    assert (job.state, job.progress, job.claim, job.result) == ("done", 1.0, None, {"n_rows": 3})
    assert not jobs.end(session, claim)


def test_a_worker_thought_dead_cannot_finish_the_job_of_another(session: Session) -> None:
    # The claim's word decides, so that a result stands once however many computed it.
    late = _claimed(session, heartbeat_at=None)
    session.get_one(Job, late.job_id).heartbeat_at = now() - timedelta(minutes=1)
    session.flush()
    assert jobs.requeue_silent(session, stale_s=20) == 1
    second = jobs.claim(session, late.job_id, "w2")
    assert second is not None
    assert not jobs.end(session, late)
    assert jobs.end(session, second)


def test_a_signed_job_is_left_alone(session: Session) -> None:
    # A heartbeat within the limit protects a long computation.
    claim = _claimed(session)
    assert jobs.heartbeat(session, claim, Progress(0.4, {"fr": "calcul", "en": "computing"}))
    assert jobs.requeue_silent(session, stale_s=20) == 0
    job = session.get_one(Job, claim.job_id, populate_existing=True)
    assert (job.state, job.progress, job.progress_note) == (
        "running",
        0.4,
        {"fr": "calcul", "en": "computing"},
    )


def test_interruptions_do_not_count_as_attempts_but_end_some_day(session: Session) -> None:
    # A job that kills every worker that touches it is stopped at last, with a sentence.
    job_id = _queued(session)
    for _ in range(jobs.MAX_INTERRUPTIONS):
        assert jobs.claim(session, job_id, "w1") is not None
        assert jobs.requeue_of(session, "w1") == 1
    assert jobs.claim(session, job_id, "w1") is not None
    assert jobs.requeue_of(session, "w1") == 0
    job = session.get_one(Job, job_id, populate_existing=True)
    assert (job.state, job.attempts) == ("failed", 1)
    assert "died too often" in job.error["en"]  # type: ignore[index]


def test_cancelling_a_queued_job_ends_it_at_once(session: Session) -> None:
    # There is nobody to wait for.
    job = jobs.cancel(session, OPERATOR, _queued(session))
    assert (job.state, job.error["code"]) == ("cancelled", "cancelled")  # type: ignore[index]
    assert jobs.claim_next(session, "w") is None


def test_cancelling_a_running_job_reaches_its_worker(session: Session) -> None:
    # The worker hears of it at its next signature.
    claim = _claimed(session)
    jobs.cancel(session, OPERATOR, claim.job_id)
    assert not jobs.heartbeat(session, claim, Progress())


def test_a_cancelled_job_whose_worker_died_is_not_run_again(session: Session) -> None:
    # What somebody stopped stays stopped.
    claim = _claimed(session)
    jobs.cancel(session, OPERATOR, claim.job_id)
    assert jobs.requeue_of(session, "w1") == 0
    assert session.get_one(Job, claim.job_id, populate_existing=True).state == "cancelled"


def test_an_ended_job_cannot_be_cancelled(session: Session) -> None:
    # The answer says so instead of pretending.
    claim = _claimed(session)
    jobs.end(session, claim)
    with pytest.raises(Conflict, match="has already ended"):
        jobs.cancel(session, OPERATOR, claim.job_id)


def test_a_failure_that_may_pass_is_tried_again_later(session: Session) -> None:
    # A provider that did not answer is asked again after a pause, as often as the job allows.
    claim = _claimed(session, max_attempts=2)
    error = {"code": "provider", "fr": "?", "en": "?"}
    assert jobs.fail(session, claim, error, retryable=True)
    job = session.get_one(Job, claim.job_id, populate_existing=True)
    assert job.state == "queued"
    assert job.run_after > now()
    job.run_after = now()
    session.flush()
    again = jobs.claim(session, job.id, "w")
    assert again is not None
    assert jobs.fail(session, again, error, retryable=True)
    assert session.get_one(Job, job.id, populate_existing=True).state == "failed"


def test_a_failed_job_can_be_queued_again_by_its_owner(session: Session) -> None:
    # The retry starts from nothing: no old error, no old progress, nothing that was found before.
    claim = _claimed(session)
    jobs.fail(session, claim, {"code": "x", "fr": "x", "en": "x"}, retryable=False, result={"n": 1})
    assert session.get_one(Job, claim.job_id, populate_existing=True).result == {"n": 1}
    job = jobs.retry(session, OPERATOR, claim.job_id)
    assert (job.state, job.error, job.result, job.attempts) == ("queued", None, None, 0)


def test_a_running_job_cannot_be_retried(session: Session) -> None:
    # Otherwise two workers would hold it.
    with pytest.raises(Conflict, match="has not failed"):
        jobs.retry(session, OPERATOR, _claimed(session).job_id)


def test_someone_elses_job_looks_absent(session: Session) -> None:
    # Neither looking nor cancelling tells whether it exists.
    job_id = _queued(session)
    stranger = Actor(user_id=None, role="analyst")
    with pytest.raises(NotFound):
        jobs.get(session, stranger, job_id)
    with pytest.raises(NotFound):
        jobs.cancel(session, stranger, job_id)
    assert jobs.listed(session, stranger) == []


def test_a_viewer_cannot_ask_for_work(session: Session) -> None:
    # Computing costs; looking does not.
    with pytest.raises(NotAllowed):
        jobs.request(session, Actor(user_id=None, role="viewer"), "test", {})


def test_the_doorbell_rings_after_the_commit(installation: Runtime) -> None:
    # A worker that is rung before the row is visible would find nothing.
    heard: list[tuple[int, bool]] = []

    def ring(job_id: int) -> None:
        with installation.sessions() as other:
            heard.append((job_id, other.get(Job, job_id) is not None))

    held = type(installation)(**{**installation.__dict__, "doorbell": ring})
    with held.unit_of_work() as session:
        job_id = _queued(session)
        assert heard == []
    assert heard == [(job_id, True)]


def test_what_one_worker_is_taking_the_others_step_over(installation: Runtime) -> None:
    # All workers aim at the same oldest row: none waits for another, and none goes away empty-handed.
    with installation.unit_of_work() as session:
        wanted = [jobs.request(session, OPERATOR, "test", {}).id for _ in range(2)]
    with installation.sessions() as one, installation.sessions() as other:
        first = jobs.claim_next(one, "w1")
        if installation.engine.dialect.name == "sqlite":
            one.commit()  # it lets one write at a time
        second = jobs.claim_next(other, "w2")
        assert first is not None
        assert second is not None
        assert [first.job_id, second.job_id] == wanted


def test_a_job_that_could_not_be_started_is_queued_again_a_little_later(session: Session) -> None:
    # A machine out of processes is no fault of the job: no attempt is counted.
    claim = _claimed(session)
    assert jobs.give_back(session, claim, 60)
    job = session.get_one(Job, claim.job_id, populate_existing=True)
    assert (job.state, job.attempts, job.interruptions) == ("queued", 0, 1)
    assert jobs.claim_next(session, "w") is None
    assert jobs.waiting(session)


def test_moments_are_those_of_the_database(session: Session) -> None:
    # Two machines whose clocks differ must not take each other's jobs for dead.
    assert abs(clock(session) - now()) < timedelta(minutes=5)
    assert clock(session).tzinfo is UTC


def test_a_list_of_jobs_leaves_out_what_is_large(session: Session) -> None:
    # A page that looks every two seconds would load the figures of fifty Bilans each time.
    ids = [_queued(session, partial={"a": 1}, result={"b": 2}, payload={"filename": "x.csv"}) for _ in "abc"]
    lines = jobs.listed(session, OPERATOR, limit=2)
    assert [line.id for line in lines] == ids[:0:-1]
    assert lines[0].filename == "x.csv"
    assert not {"payload", "partial", "result"} & set(lines[0]._fields)
    assert [line.id for line in jobs.listed(session, OPERATOR, before=ids[1])] == ids[:1]
    jobs.cancel(session, OPERATOR, ids[0])
    assert [line.id for line in jobs.listed(session, OPERATOR, states=("cancelled", "failed"))] == ids[:1]


def test_what_is_tried_again_shows_nothing_of_the_failure(session: Session) -> None:
    # The blocks of the run that failed would stand on the page as if they were new.
    claim = _claimed(session)
    jobs.heartbeat(session, claim, Progress(0.5, None, {"a": {}}))
    jobs.fail(session, claim, {"code": "input"}, retryable=False)
    assert jobs.retry(session, OPERATOR, claim.job_id).partial is None
