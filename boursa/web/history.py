"""``/history``: every result, what made it, and running it again."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from boursa.services import analyses, history
from boursa.storage.models import HistoryEntry
from boursa.web import answers, bilan, gate, numbers
from boursa.web.pages import page

pages = Blueprint("history", __name__, url_prefix="/history")

_SHOWN = 25


@pages.get("")
def index() -> ResponseReturnValue:
    """List the results, newest first."""
    kind = request.args.get("kind") or None
    with gate.held().unit_of_work() as session:
        found = history.listed(
            session,
            gate.actor(),
            kind=kind if kind in history.KINDS else None,
            before=request.args.get("before", type=numbers.row),
            limit=_SHOWN + 1,
        )
    return page("history/list.html", entries=found[:_SHOWN], more=len(found) > _SHOWN, kind=kind)


@pages.get("/<int:entry_id>")
def show(entry_id: int) -> ResponseReturnValue:
    """Show one result with all that is needed to compute it again."""
    with gate.held().unit_of_work() as session:
        entry = history.get(session, gate.actor(), entry_id)
        source = history.source_of(session, entry)
    shown = (
        bilan.view(analyses.Bilan.of(entry), request.args.get("series"), 0)
        if entry.kind == "analysis"
        else None
    )
    return page("history/show.html", entry=entry, source=source, bilan=shown, known=_known(entry))


def _known(entry: HistoryEntry) -> bool:
    """Whether the result has the form that this version writes; the earlier BoursA wrote others."""
    return ("reading" if entry.kind == "test" else "series") in entry.result


@pages.post("/<int:entry_id>/replay")
def replay(entry_id: int) -> ResponseReturnValue:
    """Ask for the same computation on the same bytes."""
    with gate.held().unit_of_work() as session:
        entry = history.get(session, gate.actor(), entry_id)
        job = analyses.replay(session, gate.actor(), entry)
    return answers.wait_for(job.id)
