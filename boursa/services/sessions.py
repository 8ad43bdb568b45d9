"""Signed-in browsers: starting, recognising, listing and ending them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.language import N_
from boursa.services import audit, policy
from boursa.services.policy import Actor
from boursa.services.secret_words import fingerprint, fresh
from boursa.storage.models import Membership, User, WebSession
from boursa.storage.models.base import now
from boursa.storage.session import Work

# `last_seen_at` is for people who look at the list: a write on every request would buy nothing.
SEEN_EVERY = timedelta(minutes=5)
_ADDRESS_CHARACTERS, _AGENT_CHARACTERS = 45, 255
# Made once, and columns instead of objects: this runs before every page.
_WHO = (
    select(
        WebSession.id,
        WebSession.last_seen_at,
        WebSession.user_id,
        User.username,
        User.role,
        User.language,
        User.theme,
        Membership.group_id,
        Membership.writer,
    )
    .join(User, User.id == WebSession.user_id)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(WebSession.revoked_at.is_(None), User.is_active)
    .where(WebSession.token_sha256 == bindparam("shown"), WebSession.expires_at > bindparam("moment"))
)


@dataclass(frozen=True)
class SignedIn:
    """Who is behind a browser, as plain values: no row, no session."""

    session_id: int
    username: str
    language: str | None
    theme: str | None
    actor: Actor

    @property
    def user_id(self) -> int:
        """The person's number."""
        assert self.actor.user_id is not None  # noqa: S101 - a session always has its person; tells the type checker
        return self.actor.user_id

    @property
    def role(self) -> str:
        """What the person is in this installation."""
        return self.actor.role

    @property
    def may_create(self) -> bool:
        """Whether the person may bring data and ask for work."""
        return policy.may_create(self.actor)


def start(
    session: Session, user: User, *, address: str | None = None, user_agent: str | None = None, days: int
) -> str:
    """Sign `user` in on a browser; return the secret for its cookie."""
    token, moment = fresh(), now()
    session.execute(delete(WebSession).where(WebSession.user_id == user.id, WebSession.expires_at < moment))
    row = WebSession(
        token_sha256=fingerprint(token),
        user_id=user.id,
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + timedelta(days=days),
        address=_printable(address, _ADDRESS_CHARACTERS),
        user_agent=_printable(user_agent, _AGENT_CHARACTERS),
    )
    user.last_login = moment
    session.add(row)
    session.flush()
    actor = Actor(user.id, user.role)
    audit.note(session, actor, "session.start", object_kind="session", object_id=row.id, address=row.address)
    return token


def _printable(text: str | None, most: int) -> str | None:
    return "".join(filter(str.isprintable, text or ""))[:most] or None


def find(work: Work, token: str) -> SignedIn | None:
    """Return who holds `token`, or None if it is unknown, expired, revoked, or its person disabled.

    One query, since it runs before every page.
    """
    moment = now()
    rows = work.execute(_WHO, {"shown": fingerprint(token), "moment": moment}).all()
    if not rows:
        return None
    one = rows[0]
    if one.last_seen_at < moment - SEEN_EVERY:
        work.execute(update(WebSession).where(WebSession.id == one.id).values(last_seen_at=moment))
    groups = {row.group_id: row.writer for row in rows if row.group_id is not None}
    return SignedIn(one.id, one.username, one.language, one.theme, Actor(one.user_id, one.role, groups))


def end(session: Session, signed_in: SignedIn) -> None:
    """Sign out: the cookie opens nothing any more, wherever a copy of it may be."""
    _revoke(session, signed_in.actor, signed_in.session_id, "session.end")


def revoke(session: Session, actor: Actor, session_id: int) -> None:
    """End one of the person's browsers from another one."""
    row = session.get(WebSession, session_id)
    if row is None or row.revoked_at or not (actor.administrator or row.user_id == actor.user_id):
        raise NotFound(N_("There is no such session, or it is not yours."))
    _revoke(session, actor, session_id, "session.revoke")


def _revoke(session: Session, actor: Actor, session_id: int, action: str) -> None:
    _close(session, WebSession.id == session_id)
    audit.note(session, actor, action, object_kind="session", object_id=session_id)


def revoke_all(session: Session, user_id: int, *, keep: int | None = None) -> None:
    """End every session of a person, but the one numbered `keep`."""
    _close(session, (WebSession.user_id == user_id) & (WebSession.id != (keep or 0)))


def _close(session: Session, which: object) -> None:
    ended = update(WebSession).where(which, WebSession.revoked_at.is_(None)).values(revoked_at=now())  # type: ignore[arg-type] # a clause; its exact type is SQLAlchemy's affair
    session.execute(ended)


def of(session: Session, actor: Actor) -> Sequence[WebSession]:
    """Return the browsers on which `actor` is signed in, the one used last first."""
    wanted = select(WebSession).where(
        WebSession.user_id == actor.user_id, WebSession.revoked_at.is_(None), WebSession.expires_at > now()
    )
    return session.scalars(wanted.order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())).all()
