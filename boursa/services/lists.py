"""Lists: one page of what a person may see, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam
from sqlalchemy.orm import Session

from boursa.services import policy
from boursa.services.policy import Actor
from boursa.storage.models import LARGEST

Lines = Select[*tuple[Any, ...]]


def page(
    session: Session,
    actor: Actor,
    lines: Lines,
    model: Any,
    *,
    before: int | None = None,
    limit: int = 50,
    **among: Collection[str],
) -> Sequence[Any]:
    """Return the newest `limit` of `lines` that `actor` may see.

    `lines` selects columns of `model` and of what belongs to it; `before` is the last id of the page
    before; `among` names columns of `model` and the values that they may have, none for any.
    """
    among = {name: values for name, values in among.items() if values}
    wanted = _statement(lines, model, actor.administrator, tuple(among))
    values = {"before": LARGEST if before is None else before, "most": limit, **among}
    session.flush()
    # Columns need nothing else of what a session does for objects, which is half of what a list costs.
    return session.connection().execute(wanted, values | policy.reader(actor)).all()


@cache  # a list costs less to read than its statement to make
def _statement(lines: Lines, model: Any, everything: bool, among: tuple[str, ...]) -> Lines:
    wanted = lines.where(model.id < bindparam("before"))
    if not everything:
        wanted = wanted.where(policy.visible(model))
    for name in among:
        wanted = wanted.where(getattr(model, name).in_(bindparam(name, expanding=True)))
    return wanted.order_by(model.id.desc()).limit(bindparam("most", type_=Integer))
