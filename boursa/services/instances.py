"""Instances: which processes of this installation are alive."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from boursa import __version__
from boursa.storage.models import Instance
from boursa.storage.session import clock

SILENT_AFTER_S = 60


def sign_in(session: Session, name: str, kind: str) -> None:
    """Note that the process `name` is alive; take those off that have been silent for a day."""
    moment = clock(session)
    row = session.get(Instance, name) or Instance(name=name, kind=kind, started_at=moment)
    row.host, row.pid, row.version, row.heartbeat_at = socket.gethostname(), os.getpid(), __version__, moment
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
