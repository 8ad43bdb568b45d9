"""The examination itself: bounded, in order, and never a trace; and what is read from heartbeats."""

from __future__ import annotations

import json
import threading
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from boursa import settings
from boursa.ops import doctor
from boursa.ops.checks import database, processes
from boursa.ops.checks.finding import Finding, Site, failed, passed
from boursa.ops.doctor import Item, examine
from boursa.runtime import Runtime
from boursa.services import instances
from boursa.storage.models import Instance, now


def _raises(_site: Site) -> Finding:
    raise RuntimeError("postgresql://boursa:a-password@db/boursa")  # pragma: allowlist secret


def test_what_hangs_or_breaks_is_a_finding(environment: dict[str, str]) -> None:
    # The whole is bounded; the sentence of a stranger's error, which may hold a password, is not repeated.
    never = threading.Event()

    def hangs(_site: Site) -> Finding:
        never.wait()
        return passed("late")

    items = [
        Item("hangs", "It hangs", hangs),
        Item("breaks", "It breaks", _raises),
        Item("well", "It is well", lambda _: passed("well")),
        Item("after", "It comes after", lambda _: passed("after"), "well"),
        Item("not", "It is not asked", _raises, "bad"),
        Item("bad", "It is bad", lambda _: failed("bad", "mend {it}", it="this")),
    ]
    started = time.monotonic()
    found = examine(Site(settings.load(environment)), items, wait_s=0.3)
    assert time.monotonic() - started < 2
    never.set()
    assert {one.item.name: one.finding.state for one in found} == {
        "hangs": "fail",
        "breaks": "fail",
        "well": "pass",
        "after": "pass",
        "not": "not-applicable",
        "bad": "fail",
    }
    assert "a-password" not in json.dumps([one.to_dict("en") for one in found])
    assert found[-1].to_dict("fr")["fix"] == "mend this"


def test_every_item_has_a_name_of_its_own_and_stands_on_one_that_is_there() -> None:
    # Else one would hide another, or the examination would never end.
    names = [item.name for item in doctor.ITEMS]
    assert len(set(names)) == len(names)
    assert {item.needs for item in doctor.ITEMS} - {None} <= set(names)
    assert set(doctor.CONFIGURATION) <= set(names)


def _site(environment: dict[str, str], **more: str) -> Site:
    config, _ = settings.look({**environment, "APP_CONFIG": "production", **more})
    return Site(config)


def test_each_heartbeat_says_what_its_process_reaches(
    installation: Runtime, environment: dict[str, str]
) -> None:
    # One of three that does not reach Redis is named, and so is one that fell silent.
    site = _site(environment, CACHE_REDIS_URL="redis://:a-long-password@127.0.0.1:9/0")
    well = {"cache": "ok", "broker": "ok", "storage": "ok"}
    with installation.unit_of_work() as session:
        instances.sign_in(session, "box:8001/1-a", "web", well)
        instances.sign_in(session, "box:8002/2-b", "web", well)
        instances.sign_in(session, "box/3-c", "worker", well)
    try:
        for check in (processes.reaching_database, processes.reaching_redis, processes.reaching_storage):
            assert check(site).state == "pass"
        assert processes.workers(site).state == "pass"
        with installation.unit_of_work() as session:
            instances.sign_in(session, "box:8002/2-b", "web", {**well, "broker": "unreachable"})
        found = processes.reaching_redis(site)
        assert (found.state, found.facts["away"].split(" (")[0]) == ("fail", "web box:8002/2")
        assert processes.reaching_storage(site).state == "pass"
        with installation.unit_of_work() as session:
            session.get_one(Instance, "box:8002/2-b").heartbeat_at = now() - timedelta(minutes=5)
        found = processes.reaching_database(site)
        assert (found.state, "box:8002/2" in found.facts["lost"]) == ("fail", True)
        assert "box:8001/1" in found.facts["living"]
    finally:
        site.close()


def test_several_machines_need_one_place_for_files(
    installation: Runtime, environment: dict[str, str]
) -> None:
    # Each would have a folder of its own, and half of the uploads would be missing on either.
    plain = {name: value for name, value in environment.items() if name != "STORAGE_URL"}
    site = _site(plain)
    with installation.unit_of_work() as session:
        for number in (1, 2):
            instances.sign_in(session, f"box{number}:8001/1-a", "web", {"storage": "ok"})
        session.flush()
        session.get_one(Instance, "box2:8001/1-a").host = "another"
    try:
        assert "2" in processes.reaching_storage(site).said("en")
        assert processes.reaching_storage(site).state == "fail"
    finally:
        site.close()


def test_another_release_and_an_old_one_are_named(installation: Runtime, environment: dict[str, str]) -> None:
    # In the middle of an update that is right, but it should not stay so.
    site = _site(environment, CACHE_REDIS_URL="redis://:a-long-password@127.0.0.1:9/0")
    with installation.unit_of_work() as session:
        instances.sign_in(session, "box:8001/1-a", "web")
        session.flush()
        session.get_one(Instance, "box:8001/1-a").version = "0.0.1"
    try:
        assert [check(site).state for check in (processes.versions, processes.reaching_redis)] == ["warn"] * 2
    finally:
        site.close()


def test_tables_that_somebody_changed_are_found(installation: Runtime, environment: dict[str, str]) -> None:
    # The revision alone would say that all is well.
    site = Site(settings.load(environment))
    try:
        assert database.tables(site).state == "pass"
        with installation.engine.begin() as connection:
            connection.execute(text("ALTER TABLE instances ADD COLUMN mine INTEGER"))
        try:
            found = database.tables(site)
            assert (found.state, found.facts["what"]) == ("fail", "remove column instances mine")
        finally:
            with installation.engine.begin() as connection:
                connection.execute(text("ALTER TABLE instances DROP COLUMN mine"))
    finally:
        site.close()


def test_connections_are_counted_before_they_run_out(
    installation: Runtime, environment: dict[str, str], tmp_path: Path
) -> None:
    # Three instances of two hundred connections each are more than any server here allows.
    site = _site(environment, DATABASE_POOL_SIZE="200", BOURSA_INSTANCE=str(tmp_path))
    try:
        found = database.connections(site)
    finally:
        site.close()
    if installation.engine.dialect.name == "sqlite":
        assert found.state == "not-applicable"
    else:
        assert (found.state, found.facts["needed"]) == ("fail", 3 * 400 + 5)
        assert 0 < found.facts["fitting"] < 200
