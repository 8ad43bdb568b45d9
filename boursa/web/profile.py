"""``/account``: what a person sees and changes of the own account."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.errors import BoursaError, InputError, SignInRefused, TooOften
from boursa.language import N_, translate
from boursa.ops.limits import limiter
from boursa.services import accounts, credentials, idempotency, names, passwords, sessions, tokens
from boursa.services.sessions import SignedIn
from boursa.web import attempts, gate, preferences
from boursa.web.agents import described
from boursa.web.pages import page
from boursa.web.speaking import language

pages = Blueprint("profile", __name__, url_prefix="/account")


def _person() -> SignedIn:
    gate.actor()  # refuses where nobody is signed in
    person = gate.person()
    assert person is not None  # noqa: S101 - said by the line before; tells the type checker
    return person


@pages.get("")
def show() -> ResponseReturnValue:
    """Show profile, password, browsers and tokens."""
    return _page()


@pages.post("/profile")
@limiter.limit(attempts.refusals, deduct_when=attempts.refused, override_defaults=False)
def profile() -> ResponseReturnValue:
    """Keep language, appearance and e-mail address."""
    said = {name: request.form.get(name, "") for name in ("language", "theme", "email")}
    try:
        with gate.held().unit_of_work() as work:
            accounts.change_profile(work, gate.actor(), **said)
    except InputError as error:  # the other two are chosen from a list, and are no input
        return _page(error, "profile", "email", email=said["email"])
    except BoursaError as error:
        return _page(error, "profile", email=said["email"])
    answer = _done(N_("Your profile was saved."), "profile", said["language"])
    return preferences.keep(answer, language=said["language"], theme=said["theme"])


@pages.post("/password")
def password() -> ResponseReturnValue:
    """Change the password, and sign every other browser out."""
    person = _person()
    try:
        with attempts.counted(person.username):
            _change_password(person, request.form.get("current", ""), request.form.get("password", ""))
    except SignInRefused as error:
        return _page(error, "password", "current")
    except InputError as error:
        return _page(error, "password", "password")
    except BoursaError as error:
        return _page(error, "passwords")
    return _done(N_("Your password was changed; every other browser was signed out."), "password")


def _change_password(person: SignedIn, current: str, new: str) -> None:
    with gate.held().unit_of_work() as work:
        claim, email = credentials.own(work, person.actor), accounts.get(work, person.actor).email
    proof = credentials.proved_again(claim, current)  # takes a while: no transaction is open
    kept = passwords.accepted(new, person.username, email)
    with gate.held().unit_of_work() as work:
        credentials.change_password(work, proof, kept, keep=person.session_id)


@pages.post("/sessions/<int:session_id>/revoke")
def revoke_session(session_id: int) -> ResponseReturnValue:
    """Sign one browser out; this one, if it is meant."""
    with gate.held().unit_of_work() as work:
        sessions.revoke(work, gate.actor(), session_id)
    if session_id == _person().session_id:
        return gate.sign_out(make_response(redirect("/", 303)))
    return _done(N_("The browser was signed out."), "sessions")


@pages.post("/tokens")
def create_token() -> ResponseReturnValue:
    """Make a token and show it, this once.

    In the answer itself: on its way to a next page the secret would stand in a cookie, or in the database.
    """
    try:
        with gate.held().unit_of_work() as work:
            if not _first_time(work, request.form.get("once", "")):
                return _done(
                    N_("This token was made already; it is shown only once."), "tokens", kind="warning"
                )
            read_only = "read_only" in request.form
            _, plain = tokens.create(work, gate.actor(), request.form.get("name", ""), read_only=read_only)
    except BoursaError as error:
        return _page(error, "tokens")
    return _page(plain=plain)


def _first_time(work: Session, once: str) -> bool:
    """Whether this very form did nothing yet; a page that is loaded again sends its form again."""
    if not once:
        return True
    row = idempotency.claim(work, _person().user_id, f"form-{once}", {"action": request.path})
    if row.status is not None:
        return False
    row.status, row.response = 200, {}
    work.add(row)
    return True


@pages.post("/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Make a token open nothing any more."""
    with gate.held().unit_of_work() as work:
        tokens.revoke(work, gate.actor(), token_id)
    return _done(N_("The token was revoked; programs that use it are refused from now on."), "tokens")


def _done(sentence: str, section: str, spoken: str = "", kind: str = "ok") -> Response:
    flash(translate(sentence, spoken or language()), kind)  # in the language that was just chosen
    return make_response(redirect(url_for(".show", _anchor=section), 303))


def _page(error: BoursaError | None = None, section: str = "", field: str = "", **values: Any) -> Response:
    person = _person()
    with gate.held().unit_of_work() as work:
        user = accounts.get(work, person.actor)
        shown: dict[str, Any] = {
            "user": user,
            "email": user.email or "",
            "sessions": [(one, described(one.user_agent)) for one in sessions.of(work, person.actor)],
            "tokens": tokens.of(work, person.actor),
        }
    errors = {field or section: error.sentence(language())} if error else {}
    fixed = {"here": person.session_id, "least": passwords.SHORTEST, "themes": names.THEMES, "errors": errors}
    fixed["once"] = uuid4().hex
    answer = page("accounts/account.html", **{**shown, **fixed, **values})
    answer.status_code = error.http_status if error else 200
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(attempts.pause_s(error))
    return answer
