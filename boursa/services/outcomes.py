"""How a job ends well: its result and its last state, written in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from boursa.errors import NotAllowed
from boursa.language import N_
from boursa.services import analyses, history, jobs, policy, readings
from boursa.services.history import Record
from boursa.services.jobs import Claim
from boursa.services.policy import OPERATOR, Actor
from boursa.services.readings import Reading
from boursa.storage.models import Job, User

Outcome = Record | Reading


def write(
    session: Session, claim: Claim, outcome: Outcome, versions: Mapping[str, Any], duration_s: float
) -> bool:
    """Write what came out of a job; False if the claim was lost, and then nothing is written.

    A record makes an entry in History. A reading stays with its job, and is brought in if that was
    asked for, with its Bilan where that was; a question that the file leaves open then fails the job.
    """
    if isinstance(outcome, Reading):
        return _write_reading(session, claim, outcome)
    if not jobs.end(session, claim):
        return False
    asked = session.connection().execute(_ASKED, {"job": claim.job_id}).one()
    history.record(
        session,
        outcome,
        owner_id=asked.owner_id,
        group_id=asked.group_id,
        data_version_id=asked.data_version_id,
        job_id=claim.job_id,
        versions=versions,
        duration_s=duration_s,
    )
    return True


# Columns instead of an object: this runs at the end of every job.
_ASKED = select(Job.owner_id, Job.group_id, Job.data_version_id).where(Job.id == bindparam("job"))


def _write_reading(session: Session, claim: Claim, reading: Reading) -> bool:
    if reading.keep and reading.ambiguous is not None:
        error = {**reading.ambiguous, "questions": reading.result["questions"]}
        return jobs.fail(session, claim, error, retryable=False, result=reading.result)
    if not jobs.end(session, claim, reading.result):
        return False
    if reading.keep:
        job = session.get_one(Job, claim.job_id, populate_existing=True)
        version = readings.bring_in(session, _owner(session, job), job)
        if job.payload.get("analyse"):
            analyses.request(session, _owner(session, job), "analysis", version, {})
    return True


def _owner(session: Session, job: Job) -> Actor:
    """Return who asked, with the rights that this person has now."""
    if job.owner_id is None:
        return OPERATOR
    user = session.get_one(User, job.owner_id)
    if not user.is_active:
        raise NotAllowed(N_("The account that asked for this is switched off."))
    return policy.actor_of(session, user)
