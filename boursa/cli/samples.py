"""Sample data for a new installation: real series, read as a person's own French file would be."""

from __future__ import annotations

from sqlalchemy import select

from boursa.runtime import Runtime
from boursa.services import jobs, policy, readings
from boursa.storage.models import Dataset, User
from boursa.storage.models.jobs import CANCELLED, FAILED


def ask_for(held: Runtime, owner: User) -> None:
    """Ask a worker for the samples, for `owner`, unless the installation has data already.

    Those that failed at an earlier start are asked for again.
    """
    with held.unit_of_work() as session:
        actor, asked = policy.actor_of(session, owner), readings.kept_samples(session)
        for job in asked.values():
            if job.state in (FAILED, CANCELLED):
                jobs.retry(session, actor, job.id)
        if not asked and session.scalar(select(Dataset.id).limit(1)) is None:
            for one in reversed(readings.SAMPLES):  # the first is the newest then, on top of the list
                readings.request_sample(session, actor, one.name, keep=True)
