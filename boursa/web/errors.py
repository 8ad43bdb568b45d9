"""Errors as pages: one clear sentence, and a way out. The only place where pages translate errors."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from boursa import telemetry
from boursa.errors import BoursaError
from boursa.language import N_
from boursa.ops import refusals
from boursa.web.gate import came_from
from boursa.web.speaking import language, say

_log = telemetry.logger(__name__)

_SENTENCES = {
    **refusals.SENTENCES,
    400: N_("The browser sent something that cannot be understood."),
    403: N_("You may not do this."),
    404: N_("There is no such page, or it is not yours."),
}


def answer(error: Exception) -> Response:
    """Return the page that says what went wrong."""
    status, sentence = _said(error)
    page = make_response(
        render_template("error.html", status=status, sentence=sentence, back=came_from()), status
    )
    if isinstance(error, HTTPException):
        page.headers.extend(
            [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
        )
    return page


def _said(error: Exception) -> tuple[int, str]:
    if isinstance(error, BoursaError):
        return error.http_status, error.sentence(language())
    if isinstance(error, CSRFError):
        return 400, say(
            N_("The page was open for too long, so nothing was saved. Go back and send it again.")
        )
    if isinstance(error, RequestEntityTooLarge):
        return 413, say(_SENTENCES[413], most=refusals.most_mb())
    if isinstance(error, TooManyRequests):
        return 429, say(_SENTENCES[429])
    if isinstance(error, HTTPException):
        code = error.code or 500
        return code, say(_SENTENCES.get(code, _SENTENCES[400]))
    _log.exception("unexpected", path=request.path, exc_info=error)
    return 500, say(_SENTENCES[500])
