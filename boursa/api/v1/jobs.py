"""``/api/v1/jobs``: work that was asked for."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api import gate
from boursa.api.v1 import answers, schemas
from boursa.services import history, jobs

api = APIBlueprint("jobs", __name__, url_prefix="/api/v1/jobs", tag="Jobs")


@api.get("")
@api.input(schemas.JobQuery, location="query", arg_name="page")
@api.output(schemas.JobPage)
def index(page: schemas.JobQuery) -> Response:
    """List the jobs, newest first."""
    with gate.held().unit_of_work() as session:
        found = jobs.listed(
            session,
            gate.actor(),
            states=() if page.state is None else (page.state,),
            before=page.cursor,
            limit=page.limit,
        )
    return answers.listed([schemas.JobLine.of(job) for job in found], page.limit, state=page.state)


@api.get("/<int:job_id>")
@api.output(schemas.Job)
def show(job_id: int) -> Response:
    """Show how far a job is, what is ready, and where its result is."""
    with gate.held().unit_of_work() as session:
        job = jobs.get(session, gate.actor(), job_id)
        entry_id = history.of_job(session, job.id)
    return answers.one(schemas.Job.of(job, entry_id=entry_id))


@api.post("/<int:job_id>/cancel")
@api.output(schemas.Job)
def cancel(job_id: int) -> Response:
    """Stop a job: at once if it is queued, within moments if it is running."""
    with gate.held().unit_of_work() as session:
        job = jobs.cancel(session, gate.actor(), job_id)
    return answers.one(schemas.Job.of(job))


@api.post("/<int:job_id>/retry")
@api.output(schemas.Job, 202)
def retry(job_id: int) -> Response:
    """Queue a failed or cancelled job again."""
    with gate.held().unit_of_work() as session:
        job = jobs.retry(session, gate.actor(), job_id)
    return answers.one(schemas.Job.of(job), 202, Location=f"/api/v1/jobs/{job.id}")
