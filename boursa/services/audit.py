"""The audit log: writing down who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from boursa.services.policy import Actor
from boursa.storage.models import AuditEntry


def note(
    session: Session,
    actor: Actor,
    action: str,
    *,
    object_kind: str | None = None,
    object_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Add one line, in the transaction of the act itself: neither stands without the other."""
    session.add(
        AuditEntry(
            actor_id=actor.user_id,
            action=action,
            object_kind=object_kind,
            object_id=object_id,
            detail=dict(detail) if detail else None,
            address=address,
        )
    )
