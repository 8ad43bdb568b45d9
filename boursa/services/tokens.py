"""API tokens: what a program shows instead of a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Session

from boursa.errors import InputError, NotAllowed, NotFound
from boursa.language import N_
from boursa.services import audit
from boursa.services.policy import Actor
from boursa.services.secret_words import fingerprint, fresh
from boursa.storage.models import ApiToken, Membership, User
from boursa.storage.models.base import now
from boursa.storage.session import Work

PREFIX = "bsa_"
USED_EVERY = timedelta(minutes=1)
_LONGEST_NAME, _MOST_TOKENS, _MOST_DAYS = 120, 50, 3650
_HINT_CHARACTERS = 8


def create(
    session: Session, actor: Actor, name: str, *, read_only: bool = False, days: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token for `actor`, for ever or for some `days`; its text is returned this once, never again."""
    if actor.user_id is None:
        raise NotAllowed(N_("A token belongs to a person; say whose it is."))
    name = _named(name)
    if days is not None and not 1 <= days <= _MOST_DAYS:
        raise InputError(N_("A token lasts from 1 to {most} days, not {days}."), most=_MOST_DAYS, days=days)
    if len(of(session, actor)) >= _MOST_TOKENS:
        raise InputError(N_("You have {most} tokens already; revoke one first."), most=_MOST_TOKENS)
    plain, moment = fresh(PREFIX), now()
    token = ApiToken(
        token_sha256=fingerprint(plain),
        hint=plain[:_HINT_CHARACTERS],
        name=name,
        user_id=actor.user_id,
        read_only=read_only,
        created_at=moment,
        expires_at=None if days is None else moment + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _note(session, actor, "token.create", token)
    return token, plain


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not (1 <= len(name) <= _LONGEST_NAME and name.isprintable()):
        raise InputError(
            N_("A token needs a name of 1 to {most} characters, so that you know it again."),
            most=_LONGEST_NAME,
        )
    return name


@dataclass(frozen=True)
class Shown:
    """A token that a program showed, as plain values: no row, no session."""

    id: int
    name: str
    read_only: bool
    expires_at: datetime | None


# Made once, and columns instead of objects: this runs before every request of a program.
_WHO = (
    select(
        ApiToken.id,
        ApiToken.name,
        ApiToken.read_only,
        ApiToken.expires_at,
        ApiToken.last_used_at,
        ApiToken.user_id,
        User.role,
        Membership.group_id,
        Membership.writer,
    )
    .join(User, User.id == ApiToken.user_id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(ApiToken.token_sha256 == bindparam("shown"), User.is_active, ApiToken.revoked_at.is_(None))
    .where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > bindparam("moment")))
)


def find(work: Work, plain: str) -> tuple[Actor, Shown] | None:
    """Return for whom a program with this token acts, or None if the token opens nothing.

    Who holds a read-only token acts as a viewer, whatever the person's own role.
    """
    if not plain.startswith(PREFIX):
        return None
    moment = now()
    rows = work.execute(_WHO, {"shown": fingerprint(plain), "moment": moment}).all()
    if not rows:
        return None
    one = rows[0]
    if one.last_used_at is None or one.last_used_at < moment - USED_EVERY:
        work.execute(update(ApiToken).where(ApiToken.id == one.id).values(last_used_at=moment))
    groups = {row.group_id: row.writer for row in rows if row.group_id is not None}
    actor = Actor(one.user_id, "viewer" if one.read_only else one.role, groups)
    return actor, Shown(one.id, one.name, one.read_only, one.expires_at)


def of(session: Session, actor: Actor) -> Sequence[ApiToken]:
    """Return the tokens of `actor` that work, newest first."""
    wanted = select(ApiToken).where(ApiToken.user_id == actor.user_id, *_working())
    return session.scalars(wanted.order_by(ApiToken.id.desc())).all()


def of_everybody(session: Session) -> Sequence[tuple[ApiToken, str]]:
    """Return all tokens that work, newest first, each with the name of its person."""
    wanted = select(ApiToken, User.username).join(User, User.id == ApiToken.user_id)
    found = session.execute(wanted.where(User.is_active, *_working()).order_by(ApiToken.id.desc()))
    return [(token, username) for token, username in found]


def _working() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    unexpired = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now())
    return ApiToken.revoked_at.is_(None), unexpired


def revoke(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """Make a token open nothing any more."""
    token = session.get(ApiToken, token_id)
    if token is None or token.revoked_at or not (actor.administrator or token.user_id == actor.user_id):
        raise NotFound(N_("There is no such token, or it is not yours."))
    token.revoked_at = now()
    _note(session, actor, "token.revoke", token)
    return token


def _note(session: Session, actor: Actor, action: str, token: ApiToken) -> None:
    detail = {"name": token.name, "read_only": token.read_only}
    audit.note(session, actor, action, object_kind="token", object_id=token.id, detail=detail)
