"""``/preferences``: language and appearance, for anybody, signed in or not."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from boursa.services import accounts, names
from boursa.web import gate
from boursa.web.addresses import local
from boursa.web.speaking import COOKIE as LANGUAGE_COOKIE

pages = Blueprint("preferences", __name__)

THEME_COOKIE = "theme"
_YEAR_S = 31_536_000


@pages.post("/preferences")
@gate.open_to_all
def choose() -> ResponseReturnValue:
    """Keep a choice: in the person's row, and in this browser for when nobody is signed in."""
    said = {name: request.form[name] for name in ("language", "theme") if name in request.form}
    person = gate.person()
    if person is not None:
        with gate.held().unit_of_work() as work:
            accounts.prefer(work, person.actor, **said)
    if request.accept_mimetypes.best == "text/plain":  # the switch on the page, which has done it already
        return keep(make_response("", 204), **said)
    return keep(make_response(redirect(local(request.form.get("next")), 303)), **said)


def keep(answer: Response, *, language: str | None = None, theme: str | None = None) -> Response:
    """Let the browser remember the choices; None leaves one as it is, no choice takes it back."""
    if language is not None:
        _remember(answer, LANGUAGE_COOKIE, names.language(language))
    if theme is not None:
        _remember(answer, THEME_COOKIE, names.theme(theme))
    return answer


def _remember(answer: Response, name: str, value: str | None) -> None:
    secure = gate.held().settings.production
    age = _YEAR_S if value else 0
    answer.set_cookie(name, value or "", max_age=age, secure=secure, httponly=True, samesite="Lax", path="/")
