"""Proving who one is, in three steps, so that no transaction is open while Argon2 computes.

It takes its time on purpose, and on SQLite everybody else waits for a transaction that is open. So a
door reads what is kept of the person (`claimed`, `own`), has it compared with what was typed (`proved`,
`proved_again`), and writes in a second transaction, which begins with `admitted`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from boursa.errors import SignInRefused
from boursa.language import N_
from boursa.services import accounts, passwords
from boursa.services.passwords import Hash
from boursa.services.policy import Actor
from boursa.storage.models import User

_REFUSED = N_("This name and this password do not go together.")


@dataclass(frozen=True)
class Claim:
    """Who somebody says to be: what is kept of that person's password, if there is such a person."""

    user_id: int | None = None
    password_hash: str | None = None


@dataclass(frozen=True)
class Proof:
    """Whose password was right, and what is to be kept of it from now on, where that is too weak."""

    user_id: int | None
    password_hash: str | None
    renewed: Hash | None = None


def claimed(session: Session, name_or_email: str) -> Claim:
    """Return what is known of somebody of that name or address; nothing of a closed account."""
    user = accounts.called(session, name_or_email)
    return Claim(user.id, user.password_hash) if user is not None and user.is_active else Claim()


def own(session: Session, actor: Actor) -> Claim:
    """Return what is known of the person who is signed in."""
    user = accounts.get(session, actor)
    return Claim(user.id, user.password_hash)


def proved(claim: Claim, password: str) -> Proof:
    """Return the proof that the password is that person's.

    Raises
    ------
    SignInRefused
        In the same words and after the same time whether the account is unknown, closed, without
        password, or the password wrong.
    """
    if not passwords.verify(claim.password_hash, password) or claim.password_hash is None:
        raise SignInRefused(_REFUSED)
    weak = passwords.needs_rehash(claim.password_hash)
    return Proof(claim.user_id, claim.password_hash, passwords.hashed(password) if weak else None)


def proved_again(claim: Claim, current: str) -> Proof:
    """Return the proof that the person who is signed in knows the current password, if there is one."""
    if claim.password_hash is not None and not passwords.verify(claim.password_hash, current):
        raise SignInRefused(N_("The current password is not right."))
    return Proof(claim.user_id, claim.password_hash)


def admitted(session: Session, proof: Proof) -> User:
    """Return the person of a proof, locked, unless the account changed while it was made.

    Raises
    ------
    SignInRefused
        If the account was closed, or the password changed, in the meantime.
    """
    # Locked: a session that begins here is seen by a change of password at the same moment, which ends it.
    user = session.get(User, proof.user_id, with_for_update=True, populate_existing=True)
    if user is None or not user.is_active or user.password_hash != proof.password_hash:
        raise SignInRefused(_REFUSED)
    if proof.renewed is not None:
        user.password_hash = proof.renewed
    return user


def change_password(session: Session, proof: Proof, new: Hash, *, keep: int | None = None) -> None:
    """Give the person of a proof a new password and sign every other browser than session `keep` out."""
    user = admitted(session, proof)
    accounts.set_password(session, Actor(user.id, user.role), user, new, keep=keep)
