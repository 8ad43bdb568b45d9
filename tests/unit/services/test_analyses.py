"""Asking for computations on stored data: who may, with what, and once more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session

from boursa.errors import BoursaError, NameUnknown, NotAllowed, NotFound
from boursa.runtime import Runtime
from boursa.services import analyses, computations, datasets, history, jobs
from boursa.services.history import Record
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import DatasetVersion, Group, HistoryEntry, Job, User

BringIn = Callable[..., DatasetVersion]


class Nobody:
    """A report that nobody reads."""

    def progress(self, fraction: float, note: Any = None) -> None: ...

    def partial(self, name: str, content: Any) -> None: ...


def _actor(
    session: Session, name: str, role: str = "analyst", groups: dict[int, bool] | None = None
) -> Actor:
    person = User(username=name, role=role)
    session.add(person)
    session.flush()
    return Actor(person.id, role, groups or {})


def test_a_request_is_a_job_with_all_that_the_worker_needs(session: Session, bring_in: BringIn) -> None:
    # The child reads no database: table and parameters are in the payload.
    version = bring_in()
    job = analyses.request(session, OPERATOR, "test", version, {"test": "adf"})
    assert (job.kind, job.state, job.data_version_id) == ("test", "queued", version.id)
    assert job.payload == {"table": version.table_sha256, "parameters": {"test": "adf"}}


def test_the_job_belongs_where_its_data_belong(session: Session, bring_in: BringIn) -> None:
    # A colleague of the group sees the result of the group's data; the owner is who asked.
    desk = Group(name="desk")
    session.add(desk)
    session.flush()
    awa = _actor(session, "awa", groups={desk.id: True})
    binta = _actor(session, "binta", groups={desk.id: False})
    version = bring_in(awa, group_id=desk.id)
    job = analyses.request(session, binta, "test", version, {"test": "adf"})
    assert (job.owner_id, job.group_id) == (binta.user_id, desk.id)


def test_only_known_computations_are_asked_for(session: Session, bring_in: BringIn) -> None:
    # A job of an unknown kind would fail in the worker, minutes later.
    with pytest.raises(NameUnknown, match="horoscope"):
        analyses.request(session, OPERATOR, "horoscope", bring_in(), {})
    assert session.query(Job).count() == 0


def test_every_kind_that_can_be_asked_for_can_be_computed() -> None:
    # Two lists, since the web process must not import the numerical libraries.
    assert set(analyses.KINDS) == set(computations._KINDS)
    assert set(analyses.KINDS) <= set(history.KINDS)


def test_someone_elses_data_look_absent(session: Session, bring_in: BringIn) -> None:
    # Also to who knows the number of the version.
    version = bring_in(_actor(session, "awa"))
    with pytest.raises(NotFound):
        analyses.request(session, _actor(session, "binta"), "test", version, {"test": "adf"})


def test_a_viewer_may_not_ask_for_work(session: Session, bring_in: BringIn) -> None:
    # Looking at the group's data is not computing with them.
    desk = Group(name="desk")
    session.add(desk)
    session.flush()
    version = bring_in(_actor(session, "awa", groups={desk.id: True}), group_id=desk.id)
    viewer = _actor(session, "chaka", role="viewer", groups={desk.id: True})
    with pytest.raises(NotAllowed):
        analyses.request(session, viewer, "test", version, {"test": "adf"})


def test_deleted_data_are_not_computed_with(session: Session, bring_in: BringIn) -> None:
    # What is off every list is off this one.
    version = bring_in()
    datasets.delete(session, OPERATOR, version.data_file_id)
    with pytest.raises(NotFound):
        analyses.request(session, OPERATOR, "test", version, {"test": "adf"})


def _kept(session: Session, version: DatasetVersion | None, result: dict[str, Any]) -> HistoryEntry:
    made = Record(kind="test", name="adf", parameters={"test": "adf"}, result=result)
    return history.record(
        session, made, owner_id=None, data_version_id=version.id if version is not None else None
    )


def test_a_replay_asks_for_the_same_again(session: Session, bring_in: BringIn) -> None:
    # The version of then, not the newest: new data under the same name change nothing.
    version = bring_in()
    entry = _kept(session, version, {})
    newer = bring_in(content=b"date,close\n2020-01-01,5\n2020-01-02,6\n2020-01-03,7.5\n")
    assert (newer.data_file_id, newer.number) == (version.data_file_id, 2)
    job = analyses.replay(session, OPERATOR, entry)
    assert (job.kind, job.data_version_id) == ("test", version.id)
    assert job.payload == analyses.payload_of(session, entry)
    assert job.payload == {"table": version.table_sha256, "parameters": {"test": "adf"}}


def test_an_entry_without_data_cannot_be_replayed(session: Session) -> None:
    # It says so, with its number, instead of computing on something else.
    entry = _kept(session, None, {})
    for again in (analyses.payload_of, lambda s, e: analyses.replay(s, OPERATOR, e)):
        with pytest.raises(NotFound, match=rf"entry {entry.id} "):
            again(session, entry)


def test_the_same_is_the_same_to_the_last_digit(session: Session) -> None:
    # Tuples and whole keys become what JSON makes of them; a last digit is a difference.
    entry = _kept(session, None, {"levels": [80, 95], "low": {"80": 0.1}})
    session.flush()
    session.expire(entry)

    def again(result: dict[str, Any]) -> Record:
        return Record(kind="test", name="adf", parameters={}, result=result)

    assert analyses.same(entry, again({"levels": (80, 95), "low": {80: 0.1}}))
    assert not analyses.same(entry, again({"levels": (80, 95), "low": {80: 0.1 + 2**-56}}))
    assert not analyses.same(entry, again({"levels": (80, 95)}))


@pytest.mark.parametrize("kind", ["analysis", "test", "forecast", "backtest"])
def test_a_result_kept_in_the_database_is_computed_again_to_the_digit(
    session: Session, installation: Runtime, bring_in: BringIn, kind: str
) -> None:
    # Through the blob store, the child's computation and the database's JSON and back.
    parameters = {
        "analysis": {"model": "naive", "horizon": 3},
        "test": {"test": "jarque-bera", "columns": ["close"]},
        "forecast": {"model": "theta", "horizon": 3, "levels": [80]},
        "backtest": {"model": "drift", "horizon": 3},
    }[kind]
    job = analyses.request(session, OPERATOR, kind, bring_in(), parameters)
    record, _ = computations.compute(kind, job.payload, installation.blobs, Nobody())
    entry = history.record(session, record, owner_id=None, data_version_id=job.data_version_id)
    session.flush()
    session.expire(entry)
    payload = analyses.payload_of(session, entry)
    again, _ = computations.compute(entry.kind, payload, installation.blobs, Nobody())
    assert analyses.same(entry, again)


@pytest.mark.parametrize("kind", ["analysis", "forecast", "backtest"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "bogus"},
        {"freq": "\0"},
        {"date": "nope"},
        {"date": "close"},
        {"levels": [80, 80]},
        {"levels": [0]},
        {"horizon": 0},
    ],
)
def test_what_no_worker_could_do_is_not_asked_of_one(
    session: Session, bring_in: BringIn, kind: str, wrong: dict[str, Any]
) -> None:
    # The sentence comes at once, not as a failed job a minute later.
    with pytest.raises(BoursaError):
        analyses.request(session, OPERATOR, kind, bring_in(), wrong)
    assert session.query(Job).count() == 0


def test_what_can_be_asked_about_a_series_is_let_through(session: Session, bring_in: BringIn) -> None:
    # All of it at once.
    given = {"date": "date", "column": "close", "freq": "B", "levels": [80, 95], "model": "theta"}
    assert analyses.request(session, OPERATOR, "analysis", bring_in(), given).state == "queued"


def test_a_double_click_computes_once(session: Session, bring_in: BringIn) -> None:
    # As long as the first is queued; another question, or another person, is another job.
    awa, version = _actor(session, "awa"), bring_in(OPERATOR)
    first = analyses.request(session, OPERATOR, "analysis", version, {"horizon": 5})
    assert analyses.request(session, OPERATOR, "analysis", version, {"horizon": 5}).id == first.id
    assert analyses.request(session, OPERATOR, "analysis", version, {"horizon": 6}).id != first.id
    assert analyses.request(session, OPERATOR, "forecast", version, {"horizon": 5}).id != first.id
    mine = bring_in(awa)
    assert analyses.request(session, awa, "analysis", mine, {"horizon": 5}).id != first.id
    jobs.claim(session, first.id, "w")
    assert analyses.request(session, OPERATOR, "analysis", version, {"horizon": 5}).id != first.id


@pytest.fixture
def shared(installation: Runtime) -> tuple[DatasetVersion, list[Actor]]:
    """Data that two people of one group may use, committed."""
    with installation.unit_of_work() as session:
        desk = Group(name="desk")
        session.add(desk)
        session.flush()
        people = [_actor(session, name, groups={desk.id: True}) for name in ("awa", "binta")]
        facts = {"n_rows": 2, "parse_options": {}, "profile": {"columns": []}}
        parsed = datasets.keep(installation.blobs, "cours.csv", b"a\n1\n2", b"a table", **facts)
        return datasets.bring_in(session, people[0], parsed, group_id=desk.id), people


def test_clicks_at_the_same_moment_compute_once(
    installation: Runtime, shared: tuple[DatasetVersion, list[Actor]]
) -> None:
    # Also where each reaches another instance.
    version, (awa, _) = shared
    together = threading.Barrier(8)

    def click(_: int) -> list[int]:
        asked = []
        for horizon in range(1, 6):
            together.wait()
            with installation.unit_of_work() as session:
                asked.append(analyses.request(session, awa, "analysis", version, {"horizon": horizon}).id)
        return asked

    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(click, range(8)))
    assert len({job_id for one in asked for job_id in one}) == 5


@pytest.mark.parametrize(
    "database_url",  # SQLite lets one write at a time, whoever it is
    [
        pytest.param("postgresql", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ],
    indirect=True,
)
def test_nobody_waits_for_what_others_ask_of_the_same_data(
    installation: Runtime, shared: tuple[DatasetVersion, list[Actor]]
) -> None:
    # Sixty people who test one file would stand in one queue, each with a thread of an instance in hand.
    version, (awa, binta) = shared
    with ThreadPoolExecutor(1) as pool, installation.unit_of_work() as session:
        mine = analyses.request(session, awa, "analysis", version, {})

        def ask() -> int:
            with installation.unit_of_work() as another:
                return analyses.request(another, binta, "analysis", version, {}).id

        assert pool.submit(ask).result(timeout=5) != mine.id
