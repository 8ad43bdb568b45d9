"""Taking turns: what one person starts several times at the same moment is done one after the other.

Others are not held up, so this is a lock on the person's row and not on what is worked on.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from boursa.storage.models import User


def take(session: Session, user_id: int | None) -> None:
    """Wait until nobody else does anything in the name of this person, up to the end of the transaction.

    Taken before the first row of that person is written: a new row holds a weak lock on the person's
    in MySQL, and of two who then want this strong one, one would be thrown out. Nobody has no turn.
    """
    if user_id is not None:
        session.connection().execute(_TURN, {"person": user_id})


# The weakest lock that others with the same wish wait for; rows that name the person can be written.
_TURN = select(User.id).where(User.id == bindparam("person")).with_for_update(key_share=True)
