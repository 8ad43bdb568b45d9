"""The audit log: an act and its line stand or fall together."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from boursa.runtime import Runtime
from boursa.services import audit
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import AuditEntry, User


def test_a_line_says_who_did_what_to_what(session: Session) -> None:
    # In a form that can be searched.
    person = User(username="awa")
    session.add(person)
    session.flush()
    audit.note(
        session,
        Actor(person.id, "analyst"),
        "dataset.delete",
        object_kind="dataset",
        object_id=3,
        detail={"filename": "cours.csv"},
        address="192.0.2.7",
    )
    session.flush()
    session.expire_all()
    (line,) = session.query(AuditEntry).all()
    assert (line.actor_id, line.action, line.object_kind, line.object_id) == (
        person.id,
        "dataset.delete",
        "dataset",
        3,
    )
    assert (line.detail, line.address) == ({"filename": "cours.csv"}, "192.0.2.7")
    assert line.at.tzinfo is not None


def test_the_operator_has_no_account(session: Session) -> None:
    # The command line acts without a user; the line still stands.
    audit.note(session, OPERATOR, "db.upgrade")
    session.flush()
    (line,) = session.query(AuditEntry).all()
    assert (line.actor_id, line.object_kind, line.detail) == (None, None, None)


def test_an_act_that_is_undone_leaves_no_line(installation: Runtime) -> None:
    # Neither stands without the other.
    with pytest.raises(ZeroDivisionError), installation.unit_of_work() as session:
        audit.note(session, OPERATOR, "dataset.create")
        session.flush()
        raise ZeroDivisionError
    with installation.unit_of_work() as session:
        assert session.query(AuditEntry).count() == 0
