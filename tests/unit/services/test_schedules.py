"""A schedule asks for its job once per turn, however many workers look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from boursa.errors import UsageError
from boursa.runtime import Runtime
from boursa.services import schedules
from boursa.storage.models import AuditEntry, Job, Schedule, User, now


def test_a_due_schedule_requests_one_job_and_moves_on(session: Session) -> None:
    # The second look in the same moment finds nothing due.
    schedules.add(session, "nightly", "test", {"n": 1}, every_s=3600)
    assert schedules.request_due(session) == 1
    assert schedules.request_due(session) == 0
    assert session.query(Job).one().payload == {"n": 1}


def test_missed_turns_are_not_made_up_for(session: Session) -> None:
    # After a night without power one job is due, not twelve.
    schedule = schedules.add(session, "hourly", "test", {}, every_s=3600)
    schedule.next_run_at = now() - timedelta(hours=12)
    session.flush()
    assert schedules.request_due(session) == 1
    session.refresh(schedule)
    assert timedelta(0) < schedule.next_run_at - now() <= timedelta(hours=1)


def test_a_schedule_switched_off_asks_for_nothing(session: Session) -> None:
    # Off means off, without deleting it.
    schedules.add(session, "off", "test", {}, every_s=60).enabled = False
    session.flush()
    assert schedules.request_due(session) == 0


def test_two_workers_looking_at_once_request_one_job(installation: Runtime) -> None:
    # The one that read first but wrote second changes nothing.
    with installation.unit_of_work() as session:
        schedules.add(session, "nightly", "test", {}, every_s=3600)
    with installation.unit_of_work() as session:
        stale = session.query(Schedule).one()
        session.expunge(stale)
    with installation.unit_of_work() as session:
        assert schedules.request_due(session) == 1
    with installation.unit_of_work() as session:
        assert not schedules._request(session, stale, now())
        assert session.query(Job).count() == 1


@pytest.mark.parametrize(("role", "active"), [("viewer", True), ("analyst", False)])
def test_a_schedule_whose_owner_may_not_ask_for_work_is_switched_off(
    session: Session, role: str, active: bool
) -> None:
    # It must neither run nor stop the worker that looks at it, now or at its next start.
    owner = User(username="awa", role=role, is_active=active)
    session.add(owner)
    session.flush()
    schedule = schedules.add(session, "nightly", "test", {}, every_s=60, owner_id=owner.id)
    schedules.add(session, "other", "test", {}, every_s=60)
    assert schedules.request_due(session) == 1
    session.refresh(schedule)
    assert not schedule.enabled
    assert session.query(AuditEntry).one().action == "schedule.switch-off"


def test_a_schedule_without_pause_is_refused(session: Session) -> None:
    # Every zero seconds would divide by zero in every worker.
    with pytest.raises(UsageError, match="at least one second"):
        schedules.add(session, "mad", "test", {}, every_s=0)
