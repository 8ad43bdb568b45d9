"""``/login``, ``/register``, ``/logout``: coming in and leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.errors import BoursaError, NotAllowed, SignInRefused, TooOften
from boursa.language import N_
from boursa.ops import clients, limits
from boursa.ops.limits import limiter
from boursa.services import accounts, credentials, links, names, passwords, sessions
from boursa.storage.models import User
from boursa.web import attempts, gate
from boursa.web.addresses import local
from boursa.web.faults import Where
from boursa.web.pages import page
from boursa.web.speaking import language

pages = Blueprint("accounts", __name__)

_SEE_OTHER = 303


@pages.get("/login")
@gate.open_to_all
def login() -> ResponseReturnValue:
    """Ask for name and password."""
    target = local(request.args.get("next"))
    return _to(target) if gate.person() else page("accounts/login.html", next=target)


@pages.post("/login")
@gate.open_to_all
def sign_in() -> ResponseReturnValue:
    """Sign in, and go on to where the person wanted to be."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    target = local(request.form.get("next"))
    try:
        with attempts.counted(name):
            enter = _enter(name, password)
    except SignInRefused as error:
        with gate.held().unit_of_work() as work:
            accounts.note_refusal(work, name, clients.address())
        return _again("accounts/login.html", error, name=name, next=target)
    except TooOften as error:
        return _again("accounts/login.html", error, name=name, next=target)
    return enter(_to(target))


def _enter(name: str, password: str) -> Callable[[Response], Response]:
    with gate.held().unit_of_work() as work:
        claim = credentials.claimed(work, name)
    proof = credentials.proved(claim, password)  # takes a while: no transaction is open
    with gate.held().unit_of_work() as work:
        return _entering(work, credentials.admitted(work, proof))


@pages.post("/logout")
@gate.open_to_all
def logout() -> ResponseReturnValue:
    """End this browser's session in the database, then take its cookie away."""
    signed_in = gate.person()
    if signed_in is not None:
        with gate.held().unit_of_work() as work:
            sessions.end(work, signed_in)
    return gate.sign_out(_to("/"))


@pages.get("/register")
@gate.open_to_all
def register() -> ResponseReturnValue:
    """Ask for what an account needs."""
    if gate.person():
        return _to("/")
    if gate.held().settings.disable_public_registration:
        return page("accounts/closed.html"), NotAllowed.http_status
    return page("accounts/register.html", least=passwords.SHORTEST)


def _made(answer: Response) -> bool:
    return answer.status_code == _SEE_OTHER


@pages.post("/register")
@gate.open_to_all
@limiter.limit(
    limits.sign_ups, key_func=clients.network, deduct_when=_made, override_defaults=False, scope="sign-ups"
)
@limiter.limit(
    attempts.refusals,
    key_func=clients.network,
    deduct_when=attempts.refused,
    override_defaults=False,
    scope="refused-sign-ups",
)
def sign_up() -> ResponseReturnValue:
    """Make an account and sign its person in."""
    if gate.held().settings.disable_public_registration:
        raise NotAllowed(N_("Accounts are made by the administrator here; ask for one."))
    said = {name: request.form.get(name, "") for name in ("username", "email")}
    where = Where()
    try:
        enter = _register(where, **said, password=request.form.get("password", ""))
    except BoursaError as error:
        fixed = {"least": passwords.SHORTEST, "field_wrong": where.field}
        return _again("accounts/register.html", error, **fixed, **said)
    return enter(_to("/"))


def _register(where: Where, username: str, email: str, password: str) -> Callable[[Response], Response]:
    with where.on("email"):
        names.email(email)
    with where.on("username"), gate.held().unit_of_work() as work:
        application = accounts.applied(work, username, email)
    with where.on("password"):
        kept = passwords.accepted(password, application.username, application.email)
    with gate.held().unit_of_work() as work:
        return _entering(work, accounts.register(work, application, kept, address=clients.address()))


@pages.get("/login/link/<token>")
@gate.open_to_all
def link(token: str) -> ResponseReturnValue:
    """Show a button: programs that preview links open addresses, but press nothing."""
    with gate.held().unit_of_work() as work:
        found, user = links.peek(work, token)
    return page("accounts/link.html", token=token, username=user.username, expires_at=found.expires_at)


@pages.post("/login/link/<token>")
@gate.open_to_all
def follow_link(token: str) -> ResponseReturnValue:
    """Sign in by a one-time link; whoever has no password is sent to choose one."""
    with gate.held().unit_of_work() as work:
        user = links.redeem(work, token, address=clients.address())
        target = url_for("home.index") if user.password_hash else url_for("profile.show", _anchor="password")
        enter = _entering(work, user)
    return enter(_to(target))


def _to(target: str) -> Response:
    return make_response(redirect(target, _SEE_OTHER))


def _entering(work: Session, user: User) -> Callable[[Response], Response]:
    # A browser that was signed in, as this person or another one, leaves that session first.
    before = gate.person()
    if before is not None:
        sessions.end(work, before)
    return gate.sign_in(work, user)


def _again(template: str, error: BoursaError, **values: Any) -> Response:
    answer = page(template, error=error.sentence(language()), **values)
    answer.status_code = error.http_status
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(attempts.pause_s(error))
    return answer
