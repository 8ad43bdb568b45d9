"""``/``: where to start, and what was done last."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from boursa.services import datasets, history, jobs
from boursa.storage.models.jobs import QUEUED, RUNNING
from boursa.web import gate
from boursa.web.pages import page

pages = Blueprint("home", __name__)

_SHOWN = 5


@pages.get("/")
@gate.open_to_all
def index() -> ResponseReturnValue:
    """Show a visitor what BoursA is, and a person where the work stands."""
    if gate.person() is None:
        return page("welcome.html")
    actor = gate.actor()
    with gate.held().connection() as connection:
        found = {
            "datasets": datasets.listed(connection, actor, limit=_SHOWN),
            "entries": history.listed(connection, actor, limit=_SHOWN),
            "jobs": jobs.listed(connection, actor, states=(QUEUED, RUNNING), limit=_SHOWN),
        }
    return page("home.html", **found)
