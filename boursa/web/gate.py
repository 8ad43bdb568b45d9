"""Who is asking: the gate before every page. What is not said to be open asks for a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.language import N_
from boursa.ops import clients
from boursa.ops.limits import drain
from boursa.runtime import Runtime
from boursa.services import sessions
from boursa.services.policy import Actor
from boursa.services.sessions import SignedIn
from boursa.storage.models import User
from boursa.web.addresses import local
from boursa.web.security import csrf
from boursa.web.speaking import say

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_AGENT_CHARACTERS = 255


def held() -> Runtime:
    """Return what this process holds."""
    runtime: Runtime = current_app.extensions["boursa"]
    return runtime


def open_to_all(view: View) -> View:
    """Mark a view that nobody has to sign in for."""
    view.open_to_all = True  # type: ignore[attr-defined] # a mark on the function, read in `check`
    return view


def person() -> SignedIn | None:
    """Return who is signed in."""
    signed_in: SignedIn | None = g.get("person")
    return signed_in


def actor() -> Actor:
    """Return the person who asks, as services know them; views behind the gate always have one."""
    signed_in = person()
    if signed_in is None:
        raise NotFound(N_("There is no such page."))
    return signed_in.actor


def recognise() -> None:
    """Find out who asks, before any page is made."""
    token = request.cookies.get(cookie_name())
    g.person = None
    if token:
        with held().connection() as connection:
            g.person = sessions.find(connection, token)
    g.asker_id = g.person.user_id if g.person else None


def check() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the sign-in page, unless the view is open; check the form's token.

    In this order: what a stranger sends is not even parsed.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if person() is not None or getattr(view, "open_to_all", False):
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            csrf.protect()
        return None
    if request.method not in ("GET", "HEAD"):
        drain()
        flash(say(N_("You were signed out, so nothing was saved. Sign in, then send it again.")), "warning")
    return to_sign_in()


def to_sign_in() -> ResponseReturnValue:
    """Send the browser to the sign-in page, and back here afterwards."""
    here = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    target = url_for("accounts.login", next=None if here in (None, "/") else here)
    if "HX-Request" in request.headers:
        return "", 200, {"HX-Redirect": target}
    if request.accept_mimetypes.best == "application/json":
        # A script that sends a file: following a redirect by itself, it would use up the sentence.
        return {"location": target}
    return redirect(target, 303)


def came_from() -> str | None:
    """Return the page of ours that a form was sent from, if the browser says so."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.host:
        return None
    here = parts.path + (f"?{parts.query}" if parts.query else "")
    return here if here == local(here) else None


def sign_in(work: Session, user: User) -> Callable[[Response], Response]:
    """Start a session for `user`; return what puts its cookie on the answer."""
    session.clear()  # a form token from before the sign-in is worth nothing after it
    config = held().settings
    agent = (request.user_agent.string or "")[:_AGENT_CHARACTERS]
    token = sessions.start(work, user, address=clients.address(), user_agent=agent, days=config.session_days)

    def put(answer: Response) -> Response:
        answer.set_cookie(
            cookie_name(),
            token,
            max_age=config.session_days * 86_400,
            secure=config.production,
            httponly=True,
            samesite="Lax",
            path="/",
        )
        return answer

    return put


def sign_out(answer: Response) -> Response:
    """Take the cookie away; the session's row is ended by the service."""
    session.clear()
    answer.delete_cookie(
        cookie_name(), path="/", secure=held().settings.production, httponly=True, samesite="Lax"
    )
    return answer


def cookie_name() -> str:
    """Return the name of the sign-in cookie: `__Host-` wherever there is TLS."""
    return "__Host-boursa" if held().settings.production else "boursa"
