"""What doors do with accounts, in one session: tests of services need no second transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from boursa.services import accounts, credentials, passwords
from boursa.services.policy import Actor
from boursa.storage.models import User


def register(
    session: Session,
    username: str,
    password: str,
    *,
    email: str | None = None,
    language: str | None = None,
    address: str | None = None,
) -> User:
    """Make an account as a visitor does."""
    wanted = accounts.applied(session, username, email)
    kept = passwords.accepted(password, wanted.username, wanted.email)
    return accounts.register(session, wanted, kept, language=language, address=address)


def authenticate(session: Session, name_or_email: str, password: str) -> User:
    """Sign in with a name or an e-mail address."""
    return credentials.admitted(
        session, credentials.proved(credentials.claimed(session, name_or_email), password)
    )


def change_password(
    session: Session, actor: Actor, new: str, *, current: str = "", keep: int | None = None
) -> None:
    """Choose a new password, as on the account page."""
    proof = credentials.proved_again(credentials.own(session, actor), current)
    credentials.change_password(session, proof, passwords.accepted(new), keep=keep)
