"""Pages out of templates: the whole page, or the part of it that changes where a script asks for that."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask import Response, make_response, render_template, request, templating


class Environment(templating.Environment):
    """Jinja's, with the globals of a template in one dict instead of a chain of two.

    Every import of a macro compares them by name, which through a chain is a tenth of what a page costs.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template, with its own `d`."""
        return {**self.globals, **(d or {})}


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
