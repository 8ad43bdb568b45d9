"""The one place that decides who may do what to which object.

An object is anything with an `owner_id` and a `group_id`. What a person may not see looks absent
(`NotFound`); what a person sees but may not change is refused (`NotAllowed`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from boursa.errors import NotAllowed, NotFound
from boursa.language import N_
from boursa.storage.models import Membership, User

T = TypeVar("T", bound="Owned")
Action = Literal["read", "write", "delete"]


class Owned(Protocol):
    """What the policy needs to know of an object."""

    owner_id: Any
    group_id: Any


@dataclass(frozen=True)
class Actor:
    """Who asks: a person, or the operator at the command line (no `user_id`, all rights)."""

    user_id: int | None
    role: str
    groups: Mapping[int, bool] = field(default_factory=dict)

    @property
    def administrator(self) -> bool:
        """Whether everything may be read and changed."""
        return self.role == "administrator"


OPERATOR = Actor(user_id=None, role="administrator")


def actor_of(session: Session, user: User) -> Actor:
    """Return the actor that `user` is, with the groups and whether they may be written to."""
    rows = session.execute(
        select(Membership.group_id, Membership.writer).where(Membership.user_id == user.id)
    )
    return Actor(user.id, user.role, {row.group_id: row.writer for row in rows})


def allowed(actor: Actor, action: Action, thing: Owned) -> bool:
    """Whether `actor` may do `action` to `thing`."""
    if actor.administrator:
        return True
    own = thing.owner_id is not None and thing.owner_id == actor.user_id
    if action == "read":
        return own or thing.group_id in actor.groups
    if actor.role != "analyst":
        return False
    return own or (action == "write" and actor.groups.get(thing.group_id, False))


def may_create(actor: Actor) -> bool:
    """Whether `actor` may bring data and ask for work at all."""
    return actor.role in ("administrator", "analyst")


def require(actor: Actor, action: Action, thing: T | None) -> T:
    """Return `thing`, or raise what this actor is to be told."""
    if thing is None or not allowed(actor, "read", thing):
        raise NotFound(N_("There is no such object, or it is not yours."))
    if not allowed(actor, action, thing):
        raise NotAllowed(N_("You may look at this object, but not change it."))
    return thing


def visible(model: Any, *, in_groups: bool) -> ColumnElement[bool]:
    """Return the WHERE clause that keeps what a person, `in_groups` or in none, may read of `model`.

    Who it is, `reader` says.
    """
    own: ColumnElement[bool] = model.owner_id == bindparam("reader_id")
    if not in_groups:
        return own
    return or_(own, model.group_id.in_(bindparam("reader_groups", expanding=True)))


def reader(actor: Actor) -> dict[str, Any]:
    """Return the parameters that `visible` needs for `actor`."""
    return {"reader_id": actor.user_id, "reader_groups": list(actor.groups)}
