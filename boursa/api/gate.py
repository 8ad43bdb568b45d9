"""Who is asking: programs show a token in every request. No cookies, so nothing to forge."""

from __future__ import annotations

from flask import current_app, g, request
from werkzeug.exceptions import BadRequest

from boursa.errors import NotAllowed, TokenRefused
from boursa.language import N_
from boursa.runtime import Runtime
from boursa.services import tokens
from boursa.services.policy import Actor
from boursa.services.tokens import Shown

_READING = ("GET", "HEAD", "OPTIONS")
# Files are large, questions are not.
_UPLOAD, _MOST_BYTES = "api_datasets.create", 1_000_000


def held() -> Runtime:
    """Return what this process holds."""
    runtime: Runtime = current_app.extensions["boursa"]
    return runtime


def recognise() -> None:
    """Find out whose token was shown, before requests are counted and any view is called."""
    g.bearer, g.asker_id = None, None
    scheme, _, plain = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return
    with held().connection() as connection:
        g.bearer = tokens.find(connection, plain.strip())
    if g.bearer is not None:
        g.asker_id = g.bearer[0].user_id


def check() -> None:
    """Refuse whoever showed no token, and a read-only token that wants to change something."""
    if g.get("bearer") is None:
        raise TokenRefused(
            N_("The token is not valid: it is unknown, revoked or expired.")
            if "Authorization" in request.headers
            else N_("Show a token: Authorization: Bearer bsa_…; you make one on your account page.")
        )
    if token().read_only and request.method not in _READING:
        raise NotAllowed(N_("This token may only read."))
    if request.endpoint != _UPLOAD:
        _check_body()


def _check_body() -> None:
    """Refuse a body that is too large, or nested too deeply to be read; any other fault is the view's."""
    request.max_content_length = _MOST_BYTES
    try:
        request.get_json(silent=True)
    except RecursionError as error:
        raise BadRequest from error


def actor() -> Actor:
    """Return the person who asks."""
    found: Actor = g.bearer[0]
    return found


def user_id() -> int:
    """Return the number of the person who asks."""
    found = actor().user_id
    assert found is not None  # noqa: S101 - a token always has its person; tells the type checker
    return found


def token() -> Shown:
    """Return the token that was shown."""
    found: Shown = g.bearer[1]
    return found
