"""Accounts: who may sign in, under which name, and as what."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from boursa.errors import Conflict, InputError, NotFound, SignInRefused
from boursa.language import N_
from boursa.services import audit, names, passwords, sessions
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import User
from boursa.storage.models.users import folded

# Names that a stranger could be taken for the house under.
_RESERVED = frozenset(
    ("admin", "administrator", "administrateur", "boursa", "operator", "root", "support", "system")
)
_FIRST_NAMES = ("admin", "administrator", "boursa-admin")


def register(
    session: Session,
    username: str,
    password: str,
    *,
    email: str | None = None,
    language: str | None = None,
    address: str | None = None,
) -> User:
    """Make an account for a visitor: an analyst, never an administrator.

    Names are public, so a taken one is said to be taken. Whose address an e-mail is, is not: the account
    of the second person who gives it is made without it.
    """
    user = _new(username, email, "analyst")
    if folded(user.username) in _RESERVED:
        raise _taken(username)
    passwords.check(password, user.username, user.email)
    user.password_hash, user.language = passwords.hashed(password), language
    if not _added(session, user):
        user.email = None
        if _holder(session, username) is not None or not _added(session, user):
            raise _taken(username)
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
    """Return the installation's first administrator, made now if there is none; it has no password yet.

    Any number of instances may ask at once: all of them try the same name, its unique key lets one
    through, and the others wait for it and then find that administrator.
    """
    there = session.scalars(
        select(User).where(User.role == "administrator").order_by(User.id).limit(1)
    ).first()
    if there is not None:
        return there
    for name in _FIRST_NAMES:
        user = User(username=name, role="administrator")
        if _added(session, user):
            _note(session, OPERATOR, "user.create", user)
            return user
        holder = _holder(session, name)
        if holder is not None and holder.role == "administrator":
            return holder
    taken = ", ".join(_FIRST_NAMES)
    raise Conflict(N_("The names for a first administrator are taken by others: {names}."), names=taken)


def authenticate(session: Session, name_or_email: str, password: str) -> User:
    """Return the person whose name (or e-mail address) and password these are.

    Raises
    ------
    SignInRefused
        In the same words and after the same time whether the account is unknown, disabled, without
        password, or the password wrong.
    """
    user = _called(session, name_or_email)
    right = passwords.verify(user.password_hash if user else None, password)
    if user is None or not right or not user.is_active:
        raise SignInRefused(N_("This name and this password do not go together."))
    if user.password_hash and passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hashed(password)
    return user


def note_refusal(session: Session, name_or_email: str, address: str | None) -> None:
    """Write a failed sign-in down; in a unit of work of its own, since the refusal undoes the first."""
    detail = {"name": "".join(filter(str.isprintable, name_or_email[:80]))}
    audit.note(session, Actor(None, "viewer"), "session.refuse", detail=detail, address=address)


def change_password(
    session: Session, actor: Actor, password: str, *, current: str | None = None, keep: int | None = None
) -> None:
    """Give the person a new password and sign every other browser than session `keep` out."""
    user = get(session, actor)
    if user.password_hash and not passwords.verify(user.password_hash, current or ""):
        raise SignInRefused(N_("The current password is not right."))
    set_password(session, actor, user, password, keep=keep)


def set_password(
    session: Session, actor: Actor, user: User, password: str, *, keep: int | None = None
) -> None:
    """Give `user` a new password without asking for the old one, and sign the browsers out."""
    passwords.check(password, user.username, user.email)
    user.password_hash = passwords.hashed(password)
    sessions.revoke_all(session, user.id, keep=keep)
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
    """Close an account: its sessions and tokens open nothing any more; what it made stays."""
    user = named(session, username)
    _leave_one(session, user)
    user.is_active = False
    sessions.revoke_all(session, user.id)
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
    user = _called(session, username)
    if user is None:
        raise NotFound(N_("There is no account named {username}."), username=username)
    return user


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


def _called(session: Session, name_or_email: str) -> User | None:
    said = name_or_email.strip()[:255]
    if not said.isprintable():
        return None  # PostgreSQL refuses even to look for some of these
    if "@" in said:
        by_email = select(User).where(User.email.in_((said, folded(said)))).order_by(User.id)
        found = session.scalars(by_email.limit(1)).first()
        if found is not None:
            return found
    # Databases of the earlier BoursA may hold two people who differ in capitals: exact first.
    exact = session.scalars(select(User).where(User.username == said)).first()
    return exact if exact is not None and exact.username == said else _by_key(session, said)


def _by_key(session: Session, username: str) -> User | None:
    return session.scalars(select(User).where(User.username_key == folded(username.strip()))).first()


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
