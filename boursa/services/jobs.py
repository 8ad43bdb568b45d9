"""Jobs: asking for work, claiming it, finishing it exactly once.

Every change of state is one compare-and-set UPDATE, so that any number of workers may try at the
same time and exactly one succeeds. States: ``queued`` -> ``running`` -> ``done`` | ``failed`` |
``cancelled``; a running job whose worker fell silent goes back to ``queued``.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, Executable, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from boursa.errors import Cancelled, Conflict, NotAllowed
from boursa.language import N_
from boursa.services import lists, policy, turns
from boursa.services.policy import Actor
from boursa.storage.models import Dataset, DatasetVersion, Job
from boursa.storage.models.jobs import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from boursa.storage.session import Work, clock, moment

# A job that outlives this many dead workers is more likely their cause than their victim.
MAX_INTERRUPTIONS = 25
_REQUESTED = "boursa.jobs.requested"


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one worker, as plain values: no row, no session."""

    job_id: int
    word: str
    kind: str
    payload: Mapping[str, Any]
    attempts: int
    time_limit_s: float | None
    memory_limit_mb: int | None


@dataclass(frozen=True)
class Progress:
    """How far a running job is: a fraction, a sentence in both languages, and what is ready."""

    fraction: float = 0.0
    note: Mapping[str, Any] | None = None
    partial: Mapping[str, Any] | None = None


def request(
    session: Session,
    actor: Actor,
    kind: str,
    payload: Mapping[str, Any],
    *,
    data_version_id: int | None = None,
    group_id: int | None = None,
    max_attempts: int = 3,
) -> Job:
    """Write down that `kind` is to be done; the doorbell is rung after the commit."""
    if not policy.may_create(actor):
        raise NotAllowed(N_("Your role lets you look, but not ask for work."))
    job = Job(
        kind=kind,
        payload=dict(payload),
        owner_id=actor.user_id,
        group_id=group_id,
        data_version_id=data_version_id,
        max_attempts=max_attempts,
        run_after=moment(),
    )
    session.add(job)
    session.flush()
    session.info.setdefault(_REQUESTED, []).append(job.id)
    return job


def waiting_same(
    session: Session, actor: Actor, kind: str, payload: Mapping[str, Any], data_version_id: int
) -> Job | None:
    """Return the queued job of `actor` that asks for the very same, if there is one."""
    # Of two clicks at the same moment the second waits here, and then sees the job of the first.
    turns.take(session, actor.user_id)
    mine = Job.owner_id.is_(None) if actor.user_id is None else Job.owner_id == actor.user_id
    wanted = select(Job).where(
        mine, Job.data_version_id == data_version_id, Job.kind == kind, Job.state == QUEUED
    )
    found = session.scalars(wanted.order_by(Job.id)).all()
    return next((job for job in found if job.payload == dict(payload)), None)


def requested_in(session: Session) -> Sequence[int]:
    """Return, once, the ids of the jobs requested in `session`."""
    ids: list[int] = session.info.pop(_REQUESTED, [])
    return ids


def claim_next(session: Session, worker: str) -> Claim | None:
    """Take the oldest queued job that is due and that no other worker is taking, or None."""
    return _claim(session, _OLDEST, {}, worker)


def claim(session: Session, job_id: int, worker: str) -> Claim | None:
    """Take one queued job, or None if it is not to be had."""
    return _claim(session, _ONE, {"wanted": job_id}, worker)


def _claim(session: Session, wanted: Executable, values: Mapping[str, Any], worker: str) -> Claim | None:
    session.flush()
    # Without what a session does for objects, and with statements made once: every job costs this.
    connection = session.connection()
    while (row := connection.execute(wanted, values).one_or_none()) is not None:
        word = secrets.token_hex(16)
        if connection.execute(_TAKE, {"wanted": row.id, "word": word, "by": worker}).rowcount:
            limits = row.time_limit_s, row.memory_limit_mb
            return Claim(row.id, word, row.kind, row.payload, row.attempts + 1, *limits)
    return None


_DUE = (Job.state == QUEUED, Job.run_after <= moment())
_TO_BE_HAD = (
    select(Job.id, Job.kind, Job.payload, Job.attempts, Job.time_limit_s, Job.memory_limit_mb)
    .where(*_DUE)
    # Several workers aim at the same oldest row; what one is taking, the others step over.
    .with_for_update(skip_locked=True)
)
_OLDEST = _TO_BE_HAD.order_by(Job.run_after, Job.id).limit(1)
_ONE = _TO_BE_HAD.where(Job.id == bindparam("wanted"))
_TAKE = (
    update(Job)
    .where(Job.id == bindparam("wanted"), *_DUE)
    .values(
        state=RUNNING,
        claim=bindparam("word"),
        worker=bindparam("by"),
        started_at=moment(),
        heartbeat_at=moment(),
        attempts=Job.attempts + 1,
        progress=0.0,
        progress_note=None,
        partial=None,
        error=None,
    )
)


def give_back(session: Session, claim: Claim, pause_s: float) -> bool:
    """Queue a claimed job again that could not even be started; False if the claim was lost."""
    later = clock(session) + timedelta(seconds=pause_s)
    return _changed(session, _held(claim).values(**_INTERRUPTED, run_after=later))


def waiting(session: Session) -> bool:
    """Whether any job is queued, now or for later."""
    return session.scalar(select(Job.id).where(Job.state == QUEUED).limit(1)) is not None


def holders(session: Session) -> Sequence[str]:
    """Return the names of the workers that hold running jobs."""
    names = session.scalars(select(Job.worker).where(Job.state == RUNNING).distinct()).all()
    return [name for name in names if name]


def heartbeat(session: Session, claim: Claim, progress: Progress) -> bool:
    """Sign the row; False if the job was cancelled meanwhile or belongs to another worker.

    What is ready stays as it is where `progress` brings nothing new.
    """
    values: dict[str, Any] = {
        "heartbeat_at": moment(),
        "progress": progress.fraction,
        "progress_note": dict(progress.note) if progress.note else None,
    }
    if progress.partial is not None:
        values["partial"] = dict(progress.partial)
    return _changed(session, _held(claim).where(Job.cancel_asked_at.is_(None)).values(**values))


def cancel_asked(session: Session, claims: Sequence[Claim]) -> set[int]:
    """Return which of these running jobs somebody wants to stop."""
    ids = [claim.job_id for claim in claims]
    return set(session.scalars(select(Job.id).where(Job.id.in_(ids), Job.cancel_asked_at.is_not(None))))


def end(session: Session, claim: Claim, result: Mapping[str, Any] | None = None) -> bool:
    """Mark a claimed job as done; False if the claim was lost, and then nothing may be written."""
    session.flush()
    values = {"held": claim.job_id, "word": claim.word, "found": dict(result) if result is not None else None}
    return session.connection().execute(_END, values).rowcount == 1


_END = (
    update(Job)
    .where(Job.id == bindparam("held"), Job.state == RUNNING, Job.claim == bindparam("word"))
    .values(
        state=DONE,
        finished_at=moment(),
        progress=1.0,
        claim=None,
        partial=None,
        result=bindparam("found"),
    )
)


def fail(
    session: Session,
    claim: Claim,
    error: Mapping[str, Any],
    *,
    retryable: bool,
    state: str = FAILED,
    result: Mapping[str, Any] | None = None,
) -> bool:
    """End the job, or queue it again a little later where that may help; False if the claim was lost.

    `result` is what was found nevertheless.
    """
    job = session.get(Job, claim.job_id, populate_existing=True)
    if job is not None and retryable and job.attempts < job.max_attempts:
        pause = timedelta(seconds=2.0**job.attempts)
        values = {"state": QUEUED, "claim": None, "run_after": clock(session) + pause, "error": dict(error)}
    else:
        values = {"state": state, "claim": None, "finished_at": clock(session), "error": dict(error)}
    if result is not None:
        values["result"] = dict(result)
    return _changed(session, _held(claim).values(**values))


def cancel(session: Session, actor: Actor, job_id: int) -> Job:
    """Stop a job: at once if it is queued, within moments if it is running."""
    job = policy.require(actor, "write", session.get(Job, job_id))
    moment = clock(session)
    queued = update(Job).where(Job.id == job_id, Job.state == QUEUED)
    if not _changed(
        session, queued.values(state=CANCELLED, finished_at=moment, cancel_asked_at=moment, error=_CANCELLED)
    ):
        running = update(Job).where(Job.id == job_id, Job.state == RUNNING)
        if not _changed(session, running.values(cancel_asked_at=moment)):
            raise Conflict(N_("Job {id} has already ended."), id=job_id)
    session.refresh(job)
    return job


_CANCELLED = Cancelled(N_("The job was cancelled.")).to_dict()


def retry(session: Session, actor: Actor, job_id: int) -> Job:
    """Queue a failed or cancelled job again."""
    job = policy.require(actor, "write", session.get(Job, job_id))
    ended = update(Job).where(Job.id == job_id, Job.state.in_((FAILED, CANCELLED)))
    fresh = {
        "state": QUEUED,
        "run_after": clock(session),
        "attempts": 0,
        "interruptions": 0,
        "cancel_asked_at": None,
        "progress": 0.0,
        "progress_note": None,
    }
    empty = {"finished_at": None, "error": None, "result": None, "partial": None}
    if not _changed(session, ended.values(**fresh, **empty)):
        raise Conflict(N_("Job {id} has not failed, so there is nothing to retry."), id=job_id)
    session.info.setdefault(_REQUESTED, []).append(job_id)
    session.refresh(job)
    return job


def requeue_silent(session: Session, stale_s: float) -> int:
    """Queue again every running job that nobody has signed for `stale_s` seconds; return how many."""
    return _requeue(session, Job.heartbeat_at < clock(session) - timedelta(seconds=stale_s))


def requeue_of(session: Session, worker: str) -> int:
    """Queue again what `worker` was running: said by its successor, who knows that it is dead."""
    return _requeue(session, Job.worker == worker)


def _requeue(session: Session, which: Any) -> int:
    lost = update(Job).where(Job.state == RUNNING, which)
    _count(
        session,
        lost.where(Job.interruptions >= MAX_INTERRUPTIONS).values(
            state=FAILED, claim=None, finished_at=clock(session), error=_TOO_OFTEN
        ),
    )
    _count(
        session,
        lost.where(Job.cancel_asked_at.is_not(None)).values(
            state=CANCELLED, claim=None, finished_at=clock(session), error=_CANCELLED
        ),
    )
    return _count(session, lost.values(**_INTERRUPTED))


# An interruption is the worker's fault, not the job's: it does not count as an attempt.
_INTERRUPTED: dict[str, Any] = {
    "state": QUEUED,
    "claim": None,
    "interruptions": Job.interruptions + 1,
    "attempts": Job.attempts - 1,
}
_TOO_OFTEN = Conflict(N_("The job was stopped: its worker died too often while running it.")).to_dict()


def get(session: Session, actor: Actor, job_id: int) -> Job:
    """Return one job."""
    return policy.require(actor, "read", session.get(Job, job_id))


def listed(
    work: Work,
    actor: Actor,
    *,
    states: Collection[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return the lines of a list, newest first: columns instead of objects, without what is large.

    Each has what a job says of itself but `payload`, `partial` and `result`; with the `parameters` of a
    computation, and the `dataset_id` and `filename` of its data, None where there are none yet. `before`
    is the last id of the page before.
    """
    return lists.page(work, actor, _LINES, Job, before=before, limit=limit, state=states)


_LINES = (
    select(
        Job.id,
        Job.kind,
        Job.state,
        Job.progress,
        Job.progress_note,
        Job.attempts,
        Job.interruptions,
        Job.error,
        Job.created_at,
        Job.started_at,
        Job.finished_at,
        Job.owner_id,
        Job.group_id,
        Job.payload["parameters"].label("parameters"),
        Dataset.id.label("dataset_id"),
        func.coalesce(Dataset.filename, Job.payload["filename"].as_string()).label("filename"),
    )
    .outerjoin(DatasetVersion, DatasetVersion.id == Job.data_version_id)
    .outerjoin(Dataset, Dataset.id == DatasetVersion.data_file_id)
)


def _held(claim: Claim) -> Update:
    return update(Job).where(Job.id == claim.job_id, Job.state == RUNNING, Job.claim == claim.word)


def _changed(session: Session, statement: Update) -> bool:
    return _count(session, statement) == 1


def _count(session: Session, statement: Update) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)  # noqa: S101 - what an UPDATE returns; tells the type checker
    return result.rowcount
