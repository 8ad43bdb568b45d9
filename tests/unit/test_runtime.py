"""The runtime: what the settings describe, and bells that ring for nothing but committed work."""

from __future__ import annotations

import dataclasses
import threading
import time
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from boursa import runtime, settings
from boursa.errors import ConfigurationError
from boursa.runtime import Runtime
from boursa.services import jobs
from boursa.services.policy import OPERATOR
from boursa.storage.models import Job


@pytest.fixture
def heard() -> list[int]:
    """The jobs that were rung for."""
    return []


@pytest.fixture
def held(installation: Runtime, heard: list[int]) -> Runtime:
    """An installation whose doorbell is heard."""
    return dataclasses.replace(installation, doorbell=heard.append)


def test_nothing_is_connected_to_before_it_is_needed(tmp_path: Path) -> None:
    # A web process starts, and says what is wrong, while its database is away.
    config = settings.load(
        {"BOURSA_INSTANCE": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    )
    held = runtime.build(config)
    held.close()


def test_the_settings_decide_where_things_are(tmp_path: Path) -> None:
    # Database and files lie where the person said, and nowhere else.
    config = settings.load(
        {
            "BOURSA_INSTANCE": str(tmp_path / "instance"),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'my.db'}",
            "STORAGE_URL": (tmp_path / "files").as_uri(),
        }
    )
    held = runtime.build(config)
    with held.unit_of_work() as session:
        session.execute(text("SELECT 1"))
    held.blobs.put(b"bytes")
    held.close()
    assert (tmp_path / "my.db").exists()
    assert (tmp_path / "files").is_dir()
    assert not (tmp_path / "instance").exists()


def test_a_storage_that_cannot_be_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    # Said at the start, not at the first upload.
    config = settings.load({"BOURSA_INSTANCE": str(tmp_path)}).model_copy(
        update={"storage_url": "nonsense://x"}
    )
    with pytest.raises(ConfigurationError, match="STORAGE_URL"):
        runtime.build(config)


def test_the_bell_rings_once_for_each_committed_job(held: Runtime, heard: list[int]) -> None:
    # In the order of the requests, and not again with the next unit of work.
    with held.unit_of_work() as session:
        wanted = [jobs.request(session, OPERATOR, "test", {}).id for _ in range(2)]
        assert heard == []
    with held.unit_of_work():
        pass
    assert heard == wanted


def test_nobody_is_rung_for_work_that_was_taken_back(held: Runtime, heard: list[int]) -> None:
    # An error undoes the request: a worker would find no row.
    with pytest.raises(ZeroDivisionError), held.unit_of_work() as session:
        jobs.request(session, OPERATOR, "test", {})
        raise ZeroDivisionError
    assert heard == []
    with held.unit_of_work() as session:
        assert session.query(Job).count() == 0


def test_the_silent_bell_rings_nobody(installation: Runtime) -> None:
    # The local worker looks at the table by itself.
    assert installation.doorbell is runtime.silent
    with installation.unit_of_work() as session:
        job_id = jobs.request(session, OPERATOR, "test", {}).id
    with installation.unit_of_work() as session:
        assert session.get_one(Job, job_id).state == "queued"


def test_a_door_waits_until_the_job_has_ended(installation: Runtime) -> None:
    # Not longer than the work takes, and without a connection held meanwhile.
    with installation.unit_of_work() as session:
        job_id = jobs.request(session, OPERATOR, "test", {}).id

    def work() -> None:
        with installation.unit_of_work() as session:
            claim = jobs.claim(session, job_id, "w")
            assert claim is not None
            jobs.end(session, claim, {"n": 1})

    later = threading.Timer(0.2, work)
    later.start()
    started = time.monotonic()
    job = installation.wait(job_id, 30)
    later.join()
    assert (job.state, job.result) == ("done", {"n": 1})
    assert time.monotonic() - started < 10


def test_a_door_does_not_wait_for_ever(installation: Runtime) -> None:
    # After its time it answers with the job as it is.
    with installation.unit_of_work() as session:
        job_id = jobs.request(session, OPERATOR, "test", {}).id
    started = time.monotonic()
    assert installation.wait(job_id, 0.2).state == "queued"
    assert time.monotonic() - started >= 0.2


def test_a_bell_that_breaks_does_not_undo_the_work(installation: Runtime) -> None:
    # The row is committed, and a worker finds it; an error would make the person ask again.
    def broken(_: int) -> None:
        raise ZeroDivisionError

    held = dataclasses.replace(installation, doorbell=broken)
    before = REGISTRY.get_sample_value("boursa_doorbell_failures_total") or 0
    with held.unit_of_work() as session:
        job_id = jobs.request(session, OPERATOR, "test", {}).id
    with held.unit_of_work() as session:
        assert session.get_one(Job, job_id).state == "queued"
    assert REGISTRY.get_sample_value("boursa_doorbell_failures_total") == before + 1
