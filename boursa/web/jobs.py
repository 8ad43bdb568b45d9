"""``/jobs``: work that was asked for, how far it is, and stopping it."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.services import history, jobs, readings
from boursa.storage.models import Dataset, DatasetVersion, Job
from boursa.storage.models.jobs import DONE
from boursa.web import corrections, gate, numbers
from boursa.web.pages import changing_page

pages = Blueprint("jobs", __name__, url_prefix="/jobs")

_SHOWN = 50


@pages.get("")
def index() -> ResponseReturnValue:
    """List the jobs, newest first."""
    with gate.held().unit_of_work() as session:
        found = jobs.listed(
            session, gate.actor(), before=request.args.get("before", type=numbers.row), limit=_SHOWN + 1
        )
    return changing_page("jobs/list.html", jobs=found[:_SHOWN], more=len(found) > _SHOWN)


@pages.get("/<int:job_id>")
def show(job_id: int) -> ResponseReturnValue:
    """Show one job until it has ended; then go where its result is."""
    with gate.held().unit_of_work() as session:
        job = jobs.get(session, gate.actor(), job_id)
        target = _result(session, job) if job.state == DONE else None
        form = corrections.form_of(session, job)
    if target is not None:
        return (
            ("", 200, {"HX-Redirect": target}) if "HX-Request" in request.headers else redirect(target, 303)
        )
    return changing_page("jobs/show.html", job=job, form=form, again=corrections.may_help_again(job))


@pages.post("/<int:job_id>/cancel")
def cancel(job_id: int) -> ResponseReturnValue:
    """Stop a job."""
    with gate.held().unit_of_work() as session:
        jobs.cancel(session, gate.actor(), job_id)
    return redirect(gate.came_from() or url_for(".show", job_id=job_id), 303)


@pages.post("/<int:job_id>/retry")
def retry(job_id: int) -> ResponseReturnValue:
    """Queue a failed or cancelled job again."""
    with gate.held().unit_of_work() as session:
        jobs.retry(session, gate.actor(), job_id)
    return redirect(url_for(".show", job_id=job_id), 303)


def _result(session: Session, job: Job) -> str | None:
    if job.kind == readings.KIND:
        return url_for("uploads.check", job_id=job.id)
    if job.kind == "analysis" and job.data_version_id is not None:
        version = session.get_one(DatasetVersion, job.data_version_id)
        # Deleted data have no page; what was computed of them stands in History.
        if session.get_one(Dataset, version.data_file_id).deleted_at is None:
            return url_for("datasets.show", dataset_id=version.data_file_id)
    entry = history.of_job(session, job.id)
    return None if entry is None else url_for("history.show", entry_id=entry)
