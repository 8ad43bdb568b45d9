"""What machines ask an instance: is it alive, is it ready."""

from __future__ import annotations

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

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
