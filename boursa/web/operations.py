"""What machines ask an instance: is it alive, is it ready."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from boursa.ops import observing
from boursa.ops.health import Examiner

pages = Blueprint("operations", __name__)


@pages.get("/health/live")
def live() -> ResponseReturnValue:
    """Say that the process answers; nothing else is asked."""
    return {"status": "ok"}, 200, {"Cache-Control": "no-store"}


@pages.get("/health")
def ready() -> ResponseReturnValue:
    """Say whether the instance can do its work, part by part."""
    examiner: Examiner = current_app.extensions["boursa.health"]
    report = examiner.report()
    return report.to_dict(), report.http_status, {"Cache-Control": "no-store"}


@pages.get("/metrics")
def metrics() -> Response:
    """Return what this instance counted, to whoever asks it directly: nobody who comes through a proxy."""
    if "X-Forwarded-For" in request.headers:
        abort(404)
    examiner: Examiner = current_app.extensions["boursa.health"]
    # A database that hangs would keep the thread, and whoever scrapes comes again and again.
    sessions = None if examiner.hangs("rows") else current_app.extensions["boursa"].sessions
    text = observing.exposition(sessions)
    return Response(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
