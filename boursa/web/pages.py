"""Pages out of templates: the whole page, or the part of it that changes where a script asks for that."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request


def page(template: str, **values: Any) -> Response:
    """Return a page."""
    return make_response(render_template(template, **values))


def changing_page(template: str, **values: Any) -> Response:
    """Return a page or, to htmx, the block `part` of it: one template, two answers.

    The template says ``{% extends layout %}`` and names the block.
    """
    layout = "part.html" if "HX-Request" in request.headers else "layout.html"
    answer = page(template, layout=layout, **values)
    answer.vary.add("HX-Request")
    return answer
