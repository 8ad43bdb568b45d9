"""Bringing a file, in three steps: send it, check what was understood, get the Bilan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from boursa.errors import FileUnreadable, NotFound
from boursa.ingest import signatures
from boursa.ingest.options import ParseOptions
from boursa.ingest.remarks import left_out, still_open
from boursa.language import N_
from boursa.services import analyses, jobs, questions, readings
from boursa.storage.models import Job
from boursa.storage.models.jobs import FAILED
from boursa.web import gate
from boursa.web.pages import changing_page
from boursa.web.speaking import language, say

pages = Blueprint("uploads", __name__, url_prefix="/data")

_OPTIONS = ("separator", "decimal", "thousands", "encoding", "dates")


@pages.post("/upload")
def create() -> ResponseReturnValue:
    """Keep the bytes and ask for them to be read; nothing is a dataset yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileUnreadable(N_("No file arrived. Choose one, then send it again."))
    held = gate.held()
    most = held.settings.max_upload_mb * 1_000_000
    content, size = readings.receive(held.blobs, gate.actor(), file.stream, file.filename, max_bytes=most)
    with held.unit_of_work() as session:
        job = readings.request(
            session,
            gate.actor(),
            content_sha256=content,
            size_bytes=size,
            filename=file.filename,
            options=ParseOptions(),
            keep=False,
            max_bytes=most,
        )
    return redirect(url_for(".check", job_id=job.id), 303)


@pages.post("/sample")
def sample() -> ResponseReturnValue:
    """Ask for one of the samples to be read, as a person's own file would be."""
    name = request.form.get("name", "")
    with gate.held().unit_of_work() as session:
        job = readings.request_sample(session, gate.actor(), name, keep=False)
    return redirect(url_for(".check", job_id=job.id), 303)


@pages.app_template_global()
def samples() -> Sequence[readings.Sample]:
    """Return the samples that a page may offer."""
    return readings.SAMPLES


@pages.get("/new/<int:job_id>")
def check(job_id: int) -> ResponseReturnValue:
    """Show what was understood of the file, as soon as it is read."""
    with gate.held().unit_of_work() as session:
        job = _reading(jobs.get(session, gate.actor(), job_id))
    read = job.result
    return changing_page(
        "uploads/check.html",
        job=job,
        read=read,
        correctable=job.state == FAILED and _correctable(job),
        asked=_asked(job),
        still_open=still_open((job.result or {}).get("questions", ())),
        left_out=_left_out(job),
        options=_shown_options(job),
    )


@pages.post("/new/<int:job_id>/again")
def again(job_id: int) -> ResponseReturnValue:
    """Read the same bytes in another way."""
    options = ParseOptions(**{name: request.form.get(name) or None for name in _OPTIONS})
    with gate.held().unit_of_work() as session:
        job = _reading(jobs.get(session, gate.actor(), job_id))
        following = readings.again(session, gate.actor(), job, options)
    return redirect(url_for(".check", job_id=following.id), 303)


@pages.post("/new/<int:job_id>/confirm")
def confirm(job_id: int) -> ResponseReturnValue:
    """Bring the data in and ask for their Bilan."""
    with gate.held().unit_of_work() as session:
        version = readings.confirm(session, gate.actor(), job_id, name=request.form.get("name"))
        state = analyses.bilan(session, gate.actor(), version)
        numbered = bool(questions.numeric_columns(version))
        if state.job is None and state.entry is None and numbered:
            analyses.request(session, gate.actor(), "analysis", version, {})
    kept = (
        N_("The data are kept; the Bilan appears piece by piece.") if numbered else N_("The data are kept.")
    )
    flash(say(kept), "ok")
    return redirect(url_for("datasets.show", dataset_id=version.data_file_id), 303)


def _reading(job: Job) -> Job:
    if job.kind != readings.KIND:
        raise NotFound(N_("There is no such page."))
    return job


def _correctable(job: Job) -> bool:
    """Whether another separator or encoding may help; no bytes, or those of a picture, stay what they are."""
    content, blobs = job.payload.get("content"), gate.held().blobs
    if content is None or not blobs.exists(content):
        return False
    head = next(iter(blobs.pieces(content)), b"")
    try:
        signatures.refuse_foreign(head, "")
    except FileUnreadable:
        return False
    return bool(head.strip())


def _asked(job: Job) -> list[dict[str, Any]]:
    """Return the questions that the file leaves open; `labelled` are choices with what they mean.

    Of a file that was read before choices had labels, `labelled` is empty.
    """
    return [
        {
            **one,
            "labelled": [
                (choice, label[language()])
                for choice, label in zip(one["choices"], one.get("labels", ()), strict=False)
            ],
        }
        for one in (job.result or {}).get("questions", ())
    ]


def _left_out(job: Job) -> list[str]:
    read = job.result or {}
    # Of a file that was read before lines were counted apart, all are called cells.
    return left_out(read.get("rejected_counts") or {"cells": read.get("rejected_total", 0)}, language())


def _shown_options(job: Job) -> dict[str, str]:
    """Return how the file was read, as the form for correcting it shows it."""
    if job.result is None:
        return {}
    found = {name: value or "" for name, value in job.result["profile"]["dialect"].items()}
    return {name: found.get(name, "") for name in _OPTIONS}
