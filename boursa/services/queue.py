"""The queue in numbers: how many jobs are in which state, and how long the next one has waited."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from boursa.storage.models import Job
from boursa.storage.models.jobs import QUEUED, RUNNING
from boursa.storage.session import clock


def open_jobs(session: Session) -> dict[str, int]:
    """Return how many jobs wait and how many run."""
    counted = select(Job.state, func.count()).where(Job.state.in_((QUEUED, RUNNING))).group_by(Job.state)
    found = {state: number for state, number in session.execute(counted)}  # noqa: C416 - rows are no pairs to dict()
    return {QUEUED: found.get(QUEUED, 0), RUNNING: found.get(RUNNING, 0)}


def age_s(session: Session) -> float:
    """Return how many seconds the job that was asked for first has been waiting."""
    oldest = session.scalar(select(func.min(Job.created_at)).where(Job.state == QUEUED))
    return 0.0 if oldest is None else max(0.0, (clock(session) - oldest).total_seconds())
