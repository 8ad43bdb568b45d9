"""History: every result with what is needed to make it again, for those who may see it."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from boursa.errors import NotFound
from boursa.services import history, jobs
from boursa.services.history import Record
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Group, HistoryEntry, StoredForecast, User


def _record(kind: str = "test", name: str = "adf") -> Record:
    return Record(kind=kind, name=name, parameters={"options": {"lags": 3}}, result={"p_value": 0.25})


def _person(session: Session, name: str) -> User:
    person = User(username=name, role="analyst")
    session.add(person)
    session.flush()
    return person


def test_an_entry_says_all_that_made_it(session: Session) -> None:
    # Kind, name, parameters, result, seed, versions, duration: who reads it can compute it again.
    made = Record(kind="forecast", name="theta", parameters={"horizon": 3}, result={"series": []}, seed=7)
    row = history.record(session, made, owner_id=None, versions={"numpy": "2"}, duration_s=1.5)
    session.expire_all()
    entry = history.get(session, OPERATOR, row.id)
    assert (entry.kind, entry.test_name, entry.seed, entry.duration_s) == ("forecast", "theta", 7, 1.5)
    assert (entry.parameters, entry.result, entry.versions) == (
        {"horizon": 3},
        {"series": []},
        {"numpy": "2"},
    )
    assert entry.created_at.tzinfo is not None


def test_the_forecasts_of_a_result_stand_beside_it(session: Session) -> None:
    # One line a series and model, which lists can be made of without opening the result.
    line = {"unique_id": "close", "model": "theta", "horizon": 3, "target": "price", "verdict": "not-better"}
    made = Record(
        kind="forecast",
        name="auto",
        parameters={},
        result={},
        forecasts=[{**line, "mase": 0.9, "skill": 0.1}, {**line, "model": "naive", "mase": None, "skill": 0}],
    )
    entry = history.record(session, made, owner_id=None)
    kept = session.query(StoredForecast).filter_by(history_id=entry.id).order_by(StoredForecast.id).all()
    assert [(one.model, one.mase) for one in kept] == [("theta", 0.9), ("naive", None)]


def test_a_job_has_one_result(session: Session) -> None:
    # The database itself refuses a second one, whatever the code does.
    job = jobs.request(session, OPERATOR, "test", {})
    history.record(session, _record(), owner_id=None, job_id=job.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        history.record(session, _record(), owner_id=None, job_id=job.id)


def test_lists_show_the_newest_first_and_go_on_where_they_ended(session: Session) -> None:
    # A page begins below the last entry of the page before, so new entries shift nothing.
    ids = [history.record(session, _record(), owner_id=None).id for _ in range(5)]
    first = history.listed(session, OPERATOR, limit=2)
    assert [one.id for one in first] == ids[:2:-1]
    history.record(session, _record(), owner_id=None)
    second = history.listed(session, OPERATOR, before=first[-1].id, limit=2)
    assert [one.id for one in second] == [ids[2], ids[1]]


def test_lists_can_be_of_one_kind(session: Session) -> None:
    # Forecasts apart from tests.
    for kind in ("test", "forecast", "test"):
        history.record(session, _record(kind), owner_id=None)
    assert [one.kind for one in history.listed(session, OPERATOR, kind="forecast")] == ["forecast"]
    assert history.listed(session, OPERATOR, kind="screen") == []


def test_people_see_their_own_and_their_groups_entries(session: Session) -> None:
    # What belongs to somebody else looks absent, in the list and by its number.
    awa, binta = _person(session, "awa"), _person(session, "binta")
    desk = Group(name="desk")
    session.add(desk)
    session.flush()
    mine = history.record(session, _record(), owner_id=awa.id).id
    shared = history.record(session, _record(), owner_id=binta.id, group_id=desk.id).id
    hers = history.record(session, _record(), owner_id=binta.id).id
    nobodys = history.record(session, _record(), owner_id=None).id
    actor = Actor(awa.id, "analyst", {desk.id: False})
    assert [one.id for one in history.listed(session, actor)] == [shared, mine]
    for visible in (mine, shared):
        assert history.get(session, actor, visible).id == visible
    for hidden in (hers, nobodys, 10**9):
        with pytest.raises(NotFound):
            history.get(session, actor, hidden)
    assert len(history.listed(session, OPERATOR)) == session.query(HistoryEntry).count() == 4


def test_the_versions_are_those_that_are_installed() -> None:
    # Everything that has a say in a number, as the package manager knows it.
    said = history.versions()
    assert said.pop("python").startswith("3.")
    assert {"boursa", "numpy", "scipy", "statsmodels"} <= set(said)
    assert said == {name: version(name) for name in said}
