"""Accounts: who may sign in, under which name, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from boursa.errors import Conflict, InputError, NotFound
from boursa.language import N_
from boursa.services import audit, links, names, sessions
from boursa.services.passwords import Hash
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import User
from boursa.storage.models.users import folded

# Names that a stranger could be taken for the house under.
_FIRST_NAMES = ("admin", "administrator", "boursa-admin")
_RESERVED = frozenset((*_FIRST_NAMES, "administrateur", "boursa", "operator", "root", "support", "system"))


@dataclass(frozen=True)
class Application:
    """What a visitor wants to be called, checked; not an account yet."""

    username: str
    email: str | None


def applied(session: Session, username: str, email: str | None = None) -> Application:
    """Check what a visitor wants to be called, before a password is hashed for it."""
    application = Application(names.username(username), names.email(email))
    if folded(application.username) in _RESERVED or _by_key(session, username) is not None:
        raise _taken(username)
    return application


def register(
    session: Session,
    application: Application,
    password: Hash,
    *,
    language: str | None = None,
    address: str | None = None,
) -> User:
    """Make an account for a visitor: an analyst, never an administrator.

    Names are public, so a taken one is said to be taken. An e-mail address that another account has is
    left out without a word, so the answer to a visitor does not tell whether it is known. The new
    person's own page does, since the address is missing there: no address is confirmed here, so whose
    it is stays hidden only from people without an account; for those with one, the asking is limited.
    """
    user = User(**vars(application), role="analyst", password_hash=password, language=language)
    if not _added(session, user):
        user.email = None
        if _holder(session, user.username) is not None or not _added(session, user):
            raise _taken(user.username)
    _note(session, Actor(user.id, user.role), "user.create", user, address=address)
    return user


def create(
    session: Session, actor: Actor, username: str, *, email: str | None = None, role: str = "analyst"
) -> User:
    """Make an account without password for somebody else, who gets a set-up link."""
    user = _new(username, email, role)
    if not _added(session, user):
        if _holder(session, username) is not None:
            raise _taken(username)
        raise Conflict(N_("Another account has the e-mail address {email}."), email=user.email)
    _note(session, actor, "user.create", user)
    return user


def first_administrator(session: Session) -> User:
    """Return the first administrator who may sign in; made now, without a password, if there is none.

    Any number of instances may ask at once: all of them try the same name, its unique key lets one
    through, and the others wait for it and then find that administrator.
    """
    there = session.scalars(
        select(User).where(User.role == "administrator", User.is_active).order_by(User.id).limit(1)
    ).first()
    if there is not None:
        return there
    for name in _FIRST_NAMES:
        user = User(username=name, role="administrator")
        if _added(session, user):
            _note(session, OPERATOR, "user.create", user)
            return user
        holder = _holder(session, name)
        if holder is not None and holder.role == "administrator" and holder.is_active:
            return holder
    taken = ", ".join(_FIRST_NAMES)
    raise Conflict(N_("The names for a first administrator are taken by others: {names}."), names=taken)


def note_refusal(session: Session, name_or_email: str, address: str | None) -> None:
    """Write a failed sign-in down; in a unit of work of its own, since the refusal undoes the first."""
    detail = {"name": "".join(filter(str.isprintable, name_or_email[:80]))}
    audit.note(session, Actor(None, "viewer"), "session.refuse", detail=detail, address=address)


def set_password(
    session: Session, actor: Actor, user: User, password: Hash, *, keep: int | None = None
) -> None:
    """Give `user` a new password without asking for the old one; other ways in, browsers and links, close."""
    user.password_hash = password
    sessions.revoke_all(session, user.id, keep=keep)
    links.cancel_all(session, user.id)
    _note(session, actor, "user.password", user)


def change_profile(
    session: Session, actor: Actor, *, language: str | None, theme: str | None, email: str | None
) -> None:
    """Keep language, theme and e-mail address of the person; empty means no choice."""
    user = get(session, actor)
    prefer(session, actor, language=language or "", theme=theme or "")
    wanted = names.email(email)
    if wanted == user.email:
        return
    try:
        with session.begin_nested():
            user.email = wanted
            session.flush()
    except IntegrityError as error:
        # That another account has it is not said.
        raise InputError(N_("The e-mail address {email} cannot be kept here."), email=wanted) from error
    _note(session, actor, "user.profile", user)


def prefer(session: Session, actor: Actor, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep what the person chose; None leaves a choice as it is, empty takes it back."""
    user = get(session, actor)
    if language is not None:
        user.language = names.language(language)
    if theme is not None:
        user.theme = names.theme(theme)


def set_role(session: Session, actor: Actor, username: str, role: str) -> User:
    """Make somebody an administrator, an analyst or a viewer."""
    user = named(session, username)
    if names.role(role) != "administrator":
        _leave_one(session, user)
    user.role = role
    _note(session, actor, "user.role", user)
    return user


def disable(session: Session, actor: Actor, username: str) -> User:
    """Close an account: its sessions, links and tokens open nothing any more; what it made stays."""
    user = named(session, username)
    _leave_one(session, user)
    user.is_active = False
    sessions.revoke_all(session, user.id)
    links.cancel_all(session, user.id)
    _note(session, actor, "user.disable", user)
    return user


def enable(session: Session, actor: Actor, username: str) -> User:
    """Open a closed account again; its person signs in anew."""
    user = named(session, username)
    user.is_active = True
    _note(session, actor, "user.enable", user)
    return user


def named(session: Session, username: str) -> User:
    """Return the person of that name, however it is capitalised."""
    user = called(session, username)
    if user is None:
        raise NotFound(N_("There is no account named {username}."), username=username)
    return user


def called(session: Session, name_or_email: str) -> User | None:
    """Return the person of that name or e-mail address, if there is one."""
    said = names.asked_for(name_or_email)
    if "@" in said:
        by_email = select(User).where(User.email.in_((said, folded(said)))).order_by(User.id)
        found = session.scalars(by_email.limit(1)).first()
        # Some databases take é for e; sign-ins are counted by what was typed.
        if found is not None and folded(found.email or "") == folded(said):
            return found
    # Databases of the earlier BoursA may hold two people who differ in capitals: exact first.
    exact = session.scalars(select(User).where(User.username == said)).first()
    return exact if exact is not None and exact.username == said else _by_key(session, said)


def get(session: Session, actor: Actor) -> User:
    """Return the account of `actor`."""
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None:
        raise NotFound(N_("There is no account behind this request."))
    return user


def recent(session: Session, limit: int = 1000) -> Sequence[User]:
    """Return the newest accounts."""
    return session.scalars(select(User).order_by(User.id.desc()).limit(limit)).all()


def _leave_one(session: Session, user: User) -> None:
    # All administrators are locked, so that two cannot take each other's role away at the same moment.
    wanted = select(User.id).where(User.role == "administrator", User.is_active).order_by(User.id)
    if session.scalars(wanted.with_for_update()).all() == [user.id]:
        raise Conflict(
            N_("{username} is the only administrator; make somebody else one first."), username=user.username
        )


def _by_key(session: Session, username: str) -> User | None:
    key = folded(username.strip())
    found = session.scalars(select(User).where(User.username_key == key)).first()
    return found if found is not None and found.username_key == key else None


def _holder(session: Session, username: str) -> User | None:
    # After a refused insert: MySQL would go on showing what stood when the transaction began, unless
    # the read locks; a shared lock, since several who ask for the sole one would wait for each other.
    wanted = select(User).where(User.username_key == folded(username.strip()))
    return session.scalars(wanted.with_for_update(read=True)).first()


def _new(username: str, email: str | None, role: str) -> User:
    return User(username=names.username(username), email=names.email(email), role=names.role(role))


def _added(session: Session, user: User) -> bool:
    """Insert `user`, or say that its name or address is taken; a savepoint keeps the rest of the work."""
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        return False
    return True


def _taken(username: str) -> Conflict:
    return Conflict(N_("The name {username} is taken; choose another one."), username=username.strip()[:80])


def _note(session: Session, actor: Actor, action: str, user: User, *, address: str | None = None) -> None:
    detail = {"username": user.username, "role": user.role}
    audit.note(session, actor, action, object_kind="user", object_id=user.id, detail=detail, address=address)
