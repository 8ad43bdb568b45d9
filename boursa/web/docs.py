"""``/api/v1/docs``: the programming interface, browsable, from files of our own."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from boursa.web import gate
from boursa.web.pages import page

pages = Blueprint("docs", __name__, url_prefix="/api/v1/docs")


@pages.get("")
@gate.open_to_all
def index() -> ResponseReturnValue:
    """Show the operations of the API, and let a person try them."""
    return page("docs.html")
