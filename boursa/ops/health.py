"""What ``/health`` says: the truth about each part, and nothing secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from boursa.errors import Unavailable
from boursa.ops import schema
from boursa.services import instances
from boursa.storage.blobs import Blobs
from boursa.storage.session import unit_of_work


@dataclass(frozen=True)
class Health:
    """The state of each part; the instance is unfit only if the database is away or outdated."""

    parts: Mapping[str, str]

    @property
    def http_status(self) -> int:
        """503 if this instance cannot serve, else 200."""
        unfit = self.parts["database"] != "ok" or self.parts["migrations"] in ("absent", "older")
        return 503 if unfit else 200

    def to_dict(self) -> dict[str, str]:
        """Return the JSON body."""
        if self.http_status != 200:
            status = "unavailable"
        else:
            status = "ok" if all(state in ("ok", "current") for state in self.parts.values()) else "degraded"
        return {"status": status, **self.parts}


def report(engine: Engine, sessions: sessionmaker[Session], blobs: Blobs) -> Health:
    """Ask each part how it is."""
    parts = {"database": "ok", "migrations": "unknown", "storage": "unknown", "worker": "unknown"}
    try:
        parts["migrations"] = schema.state(engine).state
        if parts["migrations"] == "current":
            with unit_of_work(sessions) as session:
                parts["worker"] = "ok" if instances.alive(session, "worker") else "absent"
    except Unavailable:
        parts["database"] = "unreachable"
    parts["storage"] = "ok" if blobs.ready() else "unreachable"
    return Health(parts)
