"""Where people are, for those who want to be seen: one position a person, and no trail of former ones."""

from __future__ import annotations

from sqlalchemy import delete, select
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
    # One at a time: the row of the person is there before the first position is.
    person = select(User.username).where(User.id == actor.user_id)
    username = session.scalars(person.with_for_update(key_share=True)).one()
    position = _of(session, actor)
    if position is None:
        position = Position(user_id=actor.user_id, username=username, revision=0)
        session.add(position)
    position.latitude, position.longitude, position.published = latitude, longitude, published
    position.timestamp = now()
    position.revision += 1
    session.flush()
    return position


def get(session: Session, actor: Actor) -> Position:
    """Return where `actor` said to be."""
    position = _of(session, actor)
    if position is None:
        raise NotFound(N_("You have no position here."))
    return position


def withdraw(session: Session, actor: Actor) -> None:
    """Forget every position of `actor`; nothing happens where there is none."""
    session.execute(delete(Position).where(Position.user_id == actor.user_id))


def _of(session: Session, actor: Actor) -> Position | None:
    # The newest: an installation that was taken over may hold several of one person.
    mine = select(Position).where(Position.user_id == actor.user_id).order_by(Position.id.desc())
    return session.scalars(mine.limit(1)).first()
