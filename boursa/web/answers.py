"""Answering a request for work: the result if it comes soon, else the page that shows how far it is."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from boursa.web import gate

# A quick test is done within this; a person should not look at an unchanged page for longer.
_PATIENCE_S = 2


def wait_for(job_id: int) -> ResponseReturnValue:
    """Wait a moment for a job, then go to its page, which leads on to the result once it is there."""
    gate.held().wait(job_id, _PATIENCE_S)
    return redirect(url_for("jobs.show", job_id=job_id), 303)
