"""Sessions: a cookie is worth a person until it expires, is revoked, or its person is disabled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.runtime import Runtime
from boursa.services import accounts, sessions
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import AuditEntry, Group, Membership, User, WebSession
from boursa.storage.models.base import now


@pytest.fixture
def awa(session: Session) -> User:
    return accounts.create(session, OPERATOR, "awa")


@contextmanager
def _statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_token_finds_its_person(session: Session, awa: User) -> None:
    # With role, groups and choices, as plain values.
    first, second = Group(name="a"), Group(name="b")
    session.add_all([first, second])
    session.flush()
    session.add_all(
        [
            Membership(group_id=first.id, user_id=awa.id, writer=True),
            Membership(group_id=second.id, user_id=awa.id, writer=False),
        ]
    )
    awa.language, awa.theme = "en", "dark"
    found = sessions.find(session, sessions.start(session, awa, days=1))
    assert found is not None
    assert found.actor == Actor(awa.id, "analyst", {first.id: True, second.id: False})
    assert (found.user_id, found.username, found.role, found.language, found.theme, found.may_create) == (
        awa.id,
        "awa",
        "analyst",
        "en",
        "dark",
        True,
    )


def test_finding_is_one_query(installation: Runtime) -> None:
    # It runs before every page, so it writes nothing either.
    with installation.unit_of_work() as session:
        token = sessions.start(session, accounts.create(session, OPERATOR, "awa"), days=1)
    with installation.unit_of_work() as session, _statements(installation.engine) as seen:
        assert sessions.find(session, token) is not None
    assert [statement.split()[0] for statement in seen if not statement.startswith("BEGIN")] == ["SELECT"]


def test_the_last_sight_is_written_now_and_then(session: Session, awa: User) -> None:
    # Not on every request, yet often enough for the list on the account page.
    token = sessions.start(session, awa, days=1)
    row = session.scalars(select(WebSession)).one()
    row.last_seen_at = before = now() - sessions.SEEN_EVERY - timedelta(seconds=1)
    session.flush()
    sessions.find(session, token)
    session.refresh(row)
    seen = row.last_seen_at
    assert seen > before
    sessions.find(session, token)
    session.refresh(row)
    assert row.last_seen_at == seen


def test_the_secret_is_not_in_the_database(session: Session, awa: User) -> None:
    # Who reads the table, or a backup of it, cannot sign in with it.
    token = sessions.start(session, awa, address="192.0.2.7", user_agent="\x00" + "x" * 400, days=14)
    row = session.scalars(select(WebSession)).one()
    assert len(token) >= 43
    assert token not in {str(value) for value in vars(row).values()}
    assert sessions.find(session, row.token_sha256) is None
    assert (row.address, len(row.user_agent or "")) == ("192.0.2.7", 255)
    assert row.expires_at - row.created_at == timedelta(days=14)


@pytest.mark.parametrize("token", ["", "x", "\x00", "\udcff", "é" * 5000])
def test_any_other_token_finds_nobody(session: Session, awa: User, token: str) -> None:
    # A cookie can hold anything.
    sessions.start(session, awa, days=1)
    assert sessions.find(session, token) is None


def test_an_expired_session_finds_nobody_and_is_cleared_away(session: Session, awa: User) -> None:
    # The row goes at the person's next sign-in, so that the table does not grow for ever.
    token = sessions.start(session, awa, days=1)
    row = session.scalars(select(WebSession)).one()
    row.expires_at = now() - timedelta(seconds=1)
    session.flush()
    assert sessions.find(session, token) is None
    assert sessions.of(session, Actor(awa.id, "analyst")) == []
    sessions.start(session, awa, days=1)
    assert len(session.scalars(select(WebSession)).all()) == 1


def test_signing_out_ends_the_session_for_good(session: Session, awa: User) -> None:
    # A copy of the cookie opens nothing; the other browser stays.
    first, second = sessions.start(session, awa, days=1), sessions.start(session, awa, days=1)
    found = sessions.find(session, first)
    assert found is not None
    sessions.end(session, found)
    assert sessions.find(session, first) is None
    assert sessions.find(session, second) is not None


def test_a_disabled_person_is_out_at_once(session: Session, awa: User) -> None:
    # Not at the end of the cookie's life.
    token = sessions.start(session, awa, days=1)
    awa.is_active = False
    session.flush()
    assert sessions.find(session, token) is None


def test_only_ones_own_sessions_are_listed_and_revoked(session: Session, awa: User) -> None:
    # Somebody else's looks absent; an administrator may end any.
    token = sessions.start(session, awa, days=1)
    (row,) = sessions.of(session, Actor(awa.id, "analyst"))
    other = Actor(accounts.create(session, OPERATOR, "binta").id, "analyst")
    assert sessions.of(session, other) == []
    with pytest.raises(NotFound):
        sessions.revoke(session, other, row.id)
    assert sessions.find(session, token) is not None
    sessions.revoke(session, Actor(other.user_id, "administrator"), row.id)
    session.refresh(row)
    assert sessions.find(session, token) is None
    with pytest.raises(NotFound):
        sessions.revoke(session, Actor(awa.id, "analyst"), row.id)


def test_each_act_leaves_its_line(session: Session, awa: User) -> None:
    # Who came, from where, and left.
    found = sessions.find(session, sessions.start(session, awa, address="192.0.2.7", days=1))
    assert found is not None
    sessions.end(session, found)
    session.flush()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.object_kind == "session")).all()
    assert [(line.action, line.actor_id, line.address) for line in lines] == [
        ("session.start", awa.id, "192.0.2.7"),
        ("session.end", awa.id, None),
    ]
