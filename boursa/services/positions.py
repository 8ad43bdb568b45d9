"""Where people are, for those who want to be seen: one position a person, and no trail of former ones."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.language import N_
from boursa.services.policy import Actor
from boursa.storage.models import Position, User
from boursa.storage.models.base import now


def put(session: Session, actor: Actor, latitude: float, longitude: float, *, published: bool) -> Position:
    """Put `actor` at a place, in degrees; the position before is overwritten, and its revision counted on.

    Nobody else sees it unless it is `published`. Every accepted call is one revision, however many
    arrive at the same moment.
    """
    position = session.scalars(_NEWEST_HELD, {"person": actor.user_id}).first()
    if position is None:
        position = _first(session, actor)
    position.latitude, position.longitude, position.published = latitude, longitude, published
    position.timestamp = now()
    position.revision += 1
    session.flush()
    return position


def get(session: Session, actor: Actor) -> Position:
    """Return where `actor` said to be."""
    position = session.scalars(_NEWEST, {"person": actor.user_id}).first()
    if position is None:
        raise NotFound(N_("You have no position here."))
    return position


def withdraw(session: Session, actor: Actor) -> None:
    """Forget every position of `actor`; nothing happens where there is none."""
    session.execute(delete(Position).where(Position.user_id == actor.user_id))


def _first(session: Session, actor: Actor) -> Position:
    # One at a time: the row of the person is there before the first position is. Whoever comes second finds
    # it made, and perhaps in the hands of somebody who came later.
    person = select(User.username).where(User.id == actor.user_id)
    username = session.scalars(person.with_for_update(key_share=True)).one()
    position = session.scalars(_NEWEST_HELD, {"person": actor.user_id}).first()
    if position is None:
        position = Position(user_id=actor.user_id, username=username, revision=0)
        session.add(position)
    return position


# The newest: an installation that was taken over may hold several of one person.
_NEWEST = (
    select(Position).where(Position.user_id == bindparam("person")).order_by(Position.id.desc()).limit(1)
)
_NEWEST_HELD = _NEWEST.with_for_update()
