"""One function decides who may do what; this table is the whole of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import NotAllowed, NotFound
from boursa.services import lists, policy
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Dataset, Group, Membership, User


@dataclass
class Thing:
    owner_id: int | None
    group_id: int | None = None


ADMINISTRATOR = Actor(9, "administrator")
ANALYST = Actor(1, "analyst", {7: True, 8: False})
VIEWER = Actor(1, "viewer", {7: True})


@pytest.mark.parametrize(
    ("actor", "thing", "read", "write", "delete"),
    [
        (OPERATOR, Thing(None), True, True, True),
        (ADMINISTRATOR, Thing(1), True, True, True),
        (ANALYST, Thing(1), True, True, True),
        (ANALYST, Thing(2), False, False, False),
        (ANALYST, Thing(None), False, False, False),
        (ANALYST, Thing(2, 7), True, True, False),
        (ANALYST, Thing(2, 8), True, False, False),
        (VIEWER, Thing(1), True, False, False),
        (VIEWER, Thing(2, 7), True, False, False),
        (VIEWER, Thing(2), False, False, False),
        (Actor(None, "analyst"), Thing(None), False, False, False),
    ],
)
def test_who_may_do_what(actor: Actor, thing: Thing, read: bool, write: bool, delete: bool) -> None:
    # Owner, group and role together decide; nothing else does.
    assert [policy.allowed(actor, action, thing) for action in ("read", "write", "delete")] == [
        read,
        write,
        delete,
    ]


def test_what_may_not_be_seen_looks_absent() -> None:
    # The same answer as for an object that does not exist.
    with pytest.raises(NotFound) as hidden:
        policy.require(ANALYST, "read", Thing(2))
    with pytest.raises(NotFound) as absent:
        policy.require(ANALYST, "read", None)
    assert str(hidden.value) == str(absent.value)


def test_what_may_be_seen_but_not_changed_is_refused() -> None:
    # Here saying no gives nothing away.
    with pytest.raises(NotAllowed):
        policy.require(VIEWER, "write", Thing(1))


def test_lists_follow_the_same_rule(session: Session) -> None:
    # What `visible` selects is exactly what `allowed` lets read.
    awa, ben = User(username="awa"), User(username="ben")
    group = Group(name="desk")
    session.add_all([awa, ben, group])
    session.flush()
    session.add(Membership(group_id=group.id, user_id=awa.id))
    things = [
        Dataset(filename="own", owner_id=awa.id),
        Dataset(filename="other", owner_id=ben.id),
        Dataset(filename="shared", owner_id=ben.id, group_id=group.id),
        Dataset(filename="nobody's"),
    ]
    session.add_all(things)
    session.flush()
    for actor in (
        OPERATOR,
        policy.actor_of(session, awa),
        policy.actor_of(session, ben),
        Actor(None, "analyst"),
    ):
        seen = {row.id for row in lists.page(session, actor, select(Dataset.id), Dataset)}
        assert seen == {thing.id for thing in things if policy.allowed(actor, "read", thing)}
