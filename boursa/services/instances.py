"""Instances: which processes of this installation are alive."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from boursa import __version__
from boursa.storage.models import Instance
from boursa.storage.session import clock

SILENT_AFTER_S = 60


def sign_in(session: Session, name: str, kind: str, parts: Mapping[str, str] | None = None) -> None:
    """Note that `name` is alive and what it sees; take those off that have been silent for a day."""
    moment = clock(session)
    row = session.get(Instance, name) or Instance(name=name, kind=kind, started_at=moment)
    row.host, row.pid, row.version, row.heartbeat_at = socket.gethostname(), os.getpid(), __version__, moment
    row.parts = None if parts is None else dict(parts)
    session.add(row)
    session.execute(delete(Instance).where(Instance.heartbeat_at < moment - timedelta(days=1)))


def sign_off(session: Session, name: str) -> None:
    """Note that the process `name` has ended."""
    session.execute(delete(Instance).where(Instance.name == name))


def alive(session: Session, kind: str | None = None) -> Sequence[Instance]:
    """Return the processes that signed in lately."""
    wanted = select(Instance).where(
        Instance.heartbeat_at > clock(session) - timedelta(seconds=SILENT_AFTER_S)
    )
    return session.scalars(wanted if kind is None else wanted.where(Instance.kind == kind)).all()


def silent(session: Session) -> Sequence[Instance]:
    """Return the processes that neither sign in any more nor signed off, and that no other one replaced."""
    at_work = {(one.kind, _place(one)) for one in alive(session)}
    since = clock(session) - timedelta(seconds=SILENT_AFTER_S)
    found = session.scalars(select(Instance).where(Instance.heartbeat_at <= since)).all()
    return [one for one in found if (one.kind, _place(one)) not in at_work]


def _place(instance: Instance) -> str:
    """Return the machine, and the port of a web instance: whoever starts there takes the place."""
    return instance.name.partition("/")[0]
