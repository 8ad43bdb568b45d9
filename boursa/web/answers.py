"""Answering a request for work: the result if it comes soon, else the page that shows how far it is."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.errors import InputError
from boursa.language import N_
from boursa.services import datasets
from boursa.storage.models import DatasetVersion
from boursa.web import gate, numbers

# A quick test is done within this; a person should not look at an unchanged page for longer.
_PATIENCE_S = 2


def chosen_data(session: Session) -> DatasetVersion:
    """Return the newest version of the dataset that a form names."""
    number = request.form.get("data", type=numbers.row)
    if number is None:
        raise InputError(N_("Choose data first."))
    return datasets.version(session, gate.actor(), number)


def wait_for(job_id: int) -> ResponseReturnValue:
    """Wait a moment for a job, then go to its page, which leads on to the result once it is there."""
    gate.held().wait(job_id, _PATIENCE_S)
    return redirect(url_for("jobs.show", job_id=job_id), 303)
