"""Which processes are alive: who signs in is listed, who falls silent is not."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy.orm import Session

from boursa import __version__
from boursa.services import instances
from boursa.storage.models import Instance, now


def _silent_for(session: Session, name: str, **time: float) -> None:
    session.get_one(Instance, name).heartbeat_at = now() - timedelta(**time)
    session.flush()


def _names(session: Session, kind: str | None = None) -> list[str]:
    return sorted(one.name for one in instances.alive(session, kind))


def test_who_signs_in_is_alive(session: Session) -> None:
    # With all that is needed to find the process on its machine.
    instances.sign_in(session, "w1", "worker")
    (one,) = instances.alive(session)
    assert (one.name, one.kind, one.pid, one.version) == ("w1", "worker", os.getpid(), __version__)


def test_signing_in_again_is_one_instance(session: Session) -> None:
    # A heartbeat moves its time and keeps the start.
    instances.sign_in(session, "w1", "worker")
    session.flush()
    started = session.get_one(Instance, "w1").started_at
    _silent_for(session, "w1", minutes=5)
    instances.sign_in(session, "w1", "worker")
    session.flush()
    assert _names(session) == ["w1"]
    assert session.get_one(Instance, "w1").started_at == started


def test_silence_is_noticed(session: Session) -> None:
    # Within the limit it counts as alive, beyond as gone.
    for name in ("near", "far"):
        instances.sign_in(session, name, "worker")
    session.flush()
    _silent_for(session, "near", seconds=instances.SILENT_AFTER_S - 5)
    _silent_for(session, "far", seconds=instances.SILENT_AFTER_S + 5)
    assert _names(session) == ["near"]


def test_kinds_are_counted_apart(session: Session) -> None:
    # A web instance is no worker: /health asks for workers.
    instances.sign_in(session, "web", "web")
    instances.sign_in(session, "w1", "worker")
    assert _names(session, "worker") == ["w1"]
    assert _names(session) == ["w1", "web"]


def test_who_signs_off_is_gone_and_nobody_else(session: Session) -> None:
    # Twice is fine: the second finds nothing.
    instances.sign_in(session, "w1", "worker")
    instances.sign_in(session, "w2", "worker")
    for _ in range(2):
        instances.sign_off(session, "w1")
    assert _names(session) == ["w2"]


def test_those_silent_for_a_day_are_taken_off(session: Session) -> None:
    # A killed process never signs off; the table must not grow by it for ever.
    instances.sign_in(session, "dead", "worker")
    session.flush()
    _silent_for(session, "dead", hours=25)
    instances.sign_in(session, "w1", "worker")
    assert session.query(Instance.name).all() == [("w1",)]


def test_who_falls_silent_without_a_successor_is_missed(session: Session) -> None:
    # Restarted on the same port or machine it is replaced; else somebody should look.
    for name in ("box:8001/1-a", "box:8002/2-b"):
        instances.sign_in(session, name, "web")
        session.flush()
        _silent_for(session, name, minutes=5)
    instances.sign_in(session, "box:8001/3-c", "web")
    session.flush()
    assert [one.name for one in instances.silent(session)] == ["box:8002/2-b"]


def test_what_an_instance_sees_is_signed_with_its_heartbeat(session: Session) -> None:
    # A release that says nothing is not taken for one that sees nothing.
    instances.sign_in(session, "w1", "worker", {"cache": "unreachable"})
    instances.sign_in(session, "w2", "worker")
    session.flush()
    session.expire_all()
    assert {one.name: one.parts for one in instances.alive(session)} == {
        "w1": {"cache": "unreachable"},
        "w2": None,
    }
