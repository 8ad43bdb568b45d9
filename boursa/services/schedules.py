"""Schedules: requesting what is due, once, however many workers look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from boursa.errors import UsageError
from boursa.language import N_
from boursa.services import audit, jobs, policy
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Schedule, User
from boursa.storage.session import clock


def add(
    session: Session,
    name: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    every_s: int,
    owner_id: int | None = None,
) -> Schedule:
    """Make a schedule whose first job is due now."""
    if every_s < 1:
        raise UsageError(
            N_("A schedule needs at least one second between two runs, not {value}."), value=every_s
        )
    schedule = Schedule(
        name=name,
        kind=kind,
        payload=dict(payload),
        every_s=every_s,
        owner_id=owner_id,
        next_run_at=clock(session),
    )
    session.add(schedule)
    session.flush()
    return schedule


def request_due(session: Session) -> int:
    """Request a job for every schedule that is due; return how many.

    Moving `next_run_at` on is a compare-and-set: of several workers one requests the job. Runs
    that were missed while nothing was running are not made up for: one job stands for all. A
    schedule whose owner may not ask for work any more is switched off, and the audit log says so.
    """
    moment = clock(session)
    due = session.scalars(select(Schedule).where(Schedule.enabled, Schedule.next_run_at <= moment)).all()
    return sum(_request(session, schedule, moment) for schedule in due)


def _request(session: Session, schedule: Schedule, moment: datetime) -> bool:
    actor = _actor(session, schedule)
    if actor is None or not policy.may_create(actor):
        _switch_off(session, schedule)
        return False
    missed = (moment - schedule.next_run_at) // timedelta(seconds=schedule.every_s)
    following = schedule.next_run_at + (missed + 1) * timedelta(seconds=schedule.every_s)
    moved = session.execute(
        update(Schedule)
        .where(Schedule.id == schedule.id, Schedule.next_run_at == schedule.next_run_at)
        .values(next_run_at=following, last_run_at=moment),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(moved, CursorResult)  # noqa: S101 - what an UPDATE returns; tells the type checker
    if moved.rowcount != 1:
        return False
    jobs.request(session, actor, schedule.kind, schedule.payload)
    return True


def _actor(session: Session, schedule: Schedule) -> Actor | None:
    if schedule.owner_id is None:
        return OPERATOR
    owner = session.get(User, schedule.owner_id)
    return policy.actor_of(session, owner) if owner is not None and owner.is_active else None


def _switch_off(session: Session, schedule: Schedule) -> None:
    off = update(Schedule).where(Schedule.id == schedule.id).values(enabled=False)
    session.execute(off, execution_options={"synchronize_session": False})
    audit.note(session, OPERATOR, "schedule.switch-off", object_kind="schedule", object_id=schedule.id)
