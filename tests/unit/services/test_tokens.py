"""API tokens: a program acts for its person, within the token's rights and time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import InputError, NotAllowed, NotFound
from boursa.services import accounts, jobs, policy, tokens
from boursa.services.policy import OPERATOR, Actor
from boursa.services.tokens import Shown
from boursa.storage.models import ApiToken, AuditEntry, Group, Membership, User
from boursa.storage.models.base import now


@pytest.fixture
def awa(session: Session) -> Actor:
    user = accounts.create(session, OPERATOR, "awa")
    group = Group(name="desk")
    session.add(group)
    session.flush()
    session.add(Membership(group_id=group.id, user_id=user.id))
    session.flush()
    return policy.actor_of(session, user)


def test_a_program_acts_for_its_person(session: Session, awa: Actor) -> None:
    # With the person's role and groups.
    made, plain = tokens.create(session, awa, " nightly  import ")
    assert plain.startswith("bsa_")
    assert len(plain) >= 47
    assert (made.name, made.hint) == ("nightly import", plain[:8])
    found = tokens.find(session, plain)
    assert found is not None
    assert found == (awa, Shown(made.id, made.name, read_only=False, expires_at=None))


def test_a_read_only_token_changes_nothing(session: Session) -> None:
    # Not even in the hands of an administrator's program.
    user = accounts.create(session, OPERATOR, "awa", role="administrator")
    _, plain = tokens.create(session, Actor(user.id, user.role), "dashboard", read_only=True)
    found = tokens.find(session, plain)
    assert found is not None
    actor, _ = found
    assert (actor.user_id, actor.role, policy.may_create(actor)) == (user.id, "viewer", False)
    with pytest.raises(NotAllowed):
        jobs.request(session, actor, "analysis", {})


@pytest.mark.parametrize(
    "what", ["revoked", "expired", "disabled", "cut", "without prefix", "hash", "nonsense"]
)
def test_everything_else_opens_nothing(session: Session, awa: Actor, what: str) -> None:
    # All of these look like a token that never was.
    made, plain = tokens.create(session, awa, "import", days=1)
    match what:
        case "revoked":
            tokens.revoke(session, awa, made.id)
        case "expired":
            made.expires_at = now() - timedelta(seconds=1)
        case "disabled":
            session.get_one(User, awa.user_id).is_active = False
        case "cut":
            plain = plain[:-1]
        case "without prefix":
            plain = plain.removeprefix("bsa_")
        case "hash":
            plain = made.token_sha256
        case _:
            plain = "bsa_\udcff\x00"
    session.flush()
    assert tokens.find(session, plain) is None


def test_the_last_use_is_written_once_a_minute(session: Session, awa: Actor) -> None:
    # A program may ask a hundred times a second.
    made, plain = tokens.create(session, awa, "import")
    tokens.find(session, plain)
    session.refresh(made)
    first = made.last_used_at
    assert first is not None
    tokens.find(session, plain)
    session.refresh(made)
    assert made.last_used_at == first
    made.last_used_at = first - timedelta(minutes=2)
    session.flush()
    tokens.find(session, plain)
    session.refresh(made)
    assert made.last_used_at is not None
    assert made.last_used_at >= first


@pytest.mark.parametrize(
    ("name", "days"),
    [("", None), ("  ", None), ("x" * 121, None), ("a\x00b", None), ("ok", 0), ("ok", -1), ("ok", 10**9)],
)
def test_a_bad_wish_is_refused(session: Session, awa: Actor, name: str, days: int | None) -> None:
    # And makes no token.
    with pytest.raises(InputError):
        tokens.create(session, awa, name, days=days)
    assert tokens.of(session, awa) == []


def test_tokens_do_not_pile_up(session: Session, awa: Actor) -> None:
    # A program that makes one at each start is stopped with a sentence.
    for number in range(50):
        tokens.create(session, awa, f"import {number}")
    with pytest.raises(InputError, match="50 tokens already"):
        tokens.create(session, awa, "one more")
    tokens.revoke(session, awa, tokens.of(session, awa)[0].id)
    tokens.create(session, awa, "one more")


def test_only_ones_own_tokens_are_listed_and_revoked(session: Session, awa: Actor) -> None:
    # Somebody else's looks absent; the operator sees all of them.
    made, plain = tokens.create(session, awa, "import")
    other = Actor(accounts.create(session, OPERATOR, "binta").id, "analyst")
    assert tokens.of(session, other) == []
    with pytest.raises(NotFound):
        tokens.revoke(session, other, made.id)
    assert tokens.find(session, plain) is not None
    assert [(one.id, name) for one, name in tokens.of_everybody(session)] == [(made.id, "awa")]
    tokens.revoke(session, OPERATOR, made.id)
    assert tokens.find(session, plain) is None


def test_the_operator_has_no_token(session: Session) -> None:
    # A token belongs to a person.
    with pytest.raises(NotAllowed):
        tokens.create(session, OPERATOR, "import")


def test_the_secret_is_kept_nowhere(session: Session, awa: Actor) -> None:
    # Neither in the table nor in the log, which both say that there was one.
    made, plain = tokens.create(session, awa, "import", read_only=True)
    tokens.revoke(session, awa, made.id)
    session.flush()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "token")).all()
    assert [(line.action, line.detail) for line in lines] == [
        ("token.create", {"name": "import", "read_only": True}),
        ("token.revoke", {"name": "import", "read_only": True}),
    ]
    assert plain not in str([vars(session.scalars(select(ApiToken)).one()), *(vars(one) for one in lines)])


def test_only_tokens_that_work_are_listed(session: Session, awa: Actor) -> None:
    # Neither expired ones nor those of closed accounts; expired ones do not count as had, either.
    made, _ = tokens.create(session, awa, "import", days=1)
    other = accounts.create(session, OPERATOR, "binta")
    tokens.create(session, Actor(other.id, "analyst"), "import")
    made.expires_at = now() - timedelta(seconds=1)
    accounts.disable(session, OPERATOR, "binta")
    session.flush()
    assert tokens.of(session, awa) == []
    assert tokens.of_everybody(session) == []
