"""``/api/v1/history``: every result, and computing it again."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from sqlalchemy.orm import Session

from boursa.api import gate
from boursa.api.v1 import answers, computing, schemas
from boursa.services import analyses, history
from boursa.storage.models import Job

api = APIBlueprint("history", __name__, url_prefix="/api/v1/history", tag="History")


@api.get("")
@api.input(schemas.HistoryQuery, location="query", arg_name="page")
@api.output(schemas.HistoryPage)
def index(page: schemas.HistoryQuery) -> Response:
    """List the results, newest first, without their numbers."""
    with gate.held().unit_of_work() as session:
        found = history.listed(session, gate.actor(), kind=page.kind, before=page.cursor, limit=page.limit)
    return answers.listed([schemas.EntryLine.of(line) for line in found], page.limit, kind=page.kind)


@api.get("/<int:entry_id>")
@api.output(schemas.Entry)
def show(entry_id: int) -> Response:
    """Show one result with all that is needed to compute it again."""
    with gate.held().unit_of_work() as session:
        found = answers.entry(session, history.get(session, gate.actor(), entry_id))
    return answers.one(found)


@api.post("/<int:entry_id>/replay")
@api.output(schemas.Entry)
@api.doc(responses=computing.LATER)
def replay(entry_id: int) -> Response:
    """Compute a result again: same data, same parameters, a new entry."""

    def ask(session: Session) -> Job:
        return analyses.replay(session, gate.actor(), history.get(session, gate.actor(), entry_id))

    return answers.work({"entry": entry_id}, ask)
