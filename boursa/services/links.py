"""One-time links: a way in for somebody who has no password yet, or has lost it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.language import N_
from boursa.services import audit, sessions
from boursa.services.policy import OPERATOR, Actor
from boursa.services.secret_words import fingerprint, fresh
from boursa.storage.models import SignInLink, User
from boursa.storage.models.base import now

# `set-up` is for an account without password; `reset` takes a lost one away; both lead to choosing one.
SIGN_IN: Final = "sign-in"
SET_UP: Final = "set-up"
RESET: Final = "reset"
Purpose = Literal["sign-in", "set-up", "reset"]


def create(session: Session, user: User, purpose: Purpose, *, hours: float, actor: Actor = OPERATOR) -> str:
    """Make a link for `user` that works once, within `hours`; return its secret.

    An earlier one for the same purpose is worth nothing from then on.
    """
    token, moment = fresh(), now()
    session.execute(delete(SignInLink).where(SignInLink.user_id == user.id, SignInLink.expires_at <= moment))
    cancel_all(session, user.id, purpose)
    link = SignInLink(
        token_sha256=fingerprint(token),
        user_id=user.id,
        purpose=purpose,
        created_at=moment,
        expires_at=moment + timedelta(hours=hours),
    )
    session.add(link)
    session.flush()
    audit.note(
        session, actor, "link.create", object_kind="user", object_id=user.id, detail={"purpose": purpose}
    )
    return token


def cancel_all(session: Session, user_id: int, purpose: Purpose | None = None) -> None:
    """Let the person's open links expire now, all of them or those for one purpose."""
    moment = now()
    ended = update(SignInLink).where(SignInLink.user_id == user_id, SignInLink.expires_at > moment)
    if purpose is not None:
        ended = ended.where(SignInLink.purpose == purpose)
    session.execute(ended.values(expires_at=moment))


def path(token: str) -> str:
    """Return the path of the page that takes `token`."""
    return f"/login/link/{token}"


def peek(session: Session, token: str) -> tuple[SignInLink, User]:
    """Return a link that would work, and for whom, without using it up.

    Raises
    ------
    NotFound
        With what is the matter: unknown, used, expired, or its person disabled.
    """
    found = session.execute(
        select(SignInLink, User)
        .join(User, User.id == SignInLink.user_id)
        .where(SignInLink.token_sha256 == fingerprint(token))
    ).one_or_none()
    if found is None or not found.User.is_active:
        raise NotFound(N_("This sign-in link is not known here; check that it was copied whole."))
    _refuse(found.SignInLink, now())
    return found.SignInLink, found.User


def redeem(session: Session, token: str, *, address: str | None = None) -> User:
    """Use a link up and return whom it signs in: of several who try at once, one succeeds.

    A link that leads to choosing a password closes every other way in: whoever is there already
    could choose it first.
    """
    link, user = peek(session, token)
    moment = now()
    used = session.execute(
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > moment)
        .values(used_at=moment),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(used, CursorResult)  # noqa: S101 - what an UPDATE returns; tells the type checker
    if used.rowcount != 1:
        raise NotFound(_USED)
    if link.purpose == RESET:
        user.password_hash = None
    if link.purpose != SIGN_IN:
        sessions.revoke_all(session, user.id)
        cancel_all(session, user.id)
    actor = Actor(user.id, user.role)
    detail = {"purpose": link.purpose}
    audit.note(
        session, actor, "link.use", object_kind="user", object_id=user.id, detail=detail, address=address
    )
    return user


_USED = N_("This sign-in link has been used already; each works once. Ask for a new one.")


def _refuse(link: SignInLink, moment: datetime) -> None:
    if link.used_at is not None:
        raise NotFound(_USED)
    if link.expires_at <= moment:
        raise NotFound(N_("This sign-in link has expired. Ask for a new one."))
