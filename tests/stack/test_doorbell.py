"""The doorbell through Celery and a real Redis: heard at once, small, and never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import servers
from databases import Ready
from prometheus_client import REGISTRY
from redis import Redis

from boursa import runtime, settings
from boursa.jobs import celery, doorbell
from boursa.jobs import worker as workers
from boursa.runtime import Runtime
from boursa.services import jobs
from boursa.services.policy import OPERATOR
from boursa.storage.models import Job


@pytest.fixture
def database_url(ready: Ready, tmp_path: Path) -> str:
    """One kind of database: nothing here depends on it."""
    return ready.sqlite(tmp_path / "boursa.db")


@pytest.fixture
def held(installation: Runtime, environment: dict[str, str], redis: servers.Redis) -> Iterator[Runtime]:
    """The installation with a broker."""
    config = settings.load({**environment, "JOBS_BROKER_URL": redis.url()})
    opened = runtime.build(config, doorbell.of(config))
    yield opened
    opened.close()


@pytest.fixture
def heard(redis: servers.Redis) -> Iterator[list[float]]:
    """The moments at which a listener heard something."""
    moments: list[float] = []

    def hear() -> None:
        moments.append(time.monotonic())
        listener.room.set()

    listener = celery.Listener(redis.url(), hear)
    listener.start()
    servers.until(10, lambda: _expect(len(moments), 1), AssertionError)  # it looks once when it begins
    yield moments
    listener.stop()


def _expect(found: object, wanted: object) -> None:
    assert found == wanted


def _ask(held: Runtime) -> int:
    with held.unit_of_work() as session:
        return jobs.request(session, OPERATOR, "test", {}, max_attempts=1).id  # it fails, at once


def _unheard() -> float:
    return REGISTRY.get_sample_value("boursa_doorbell_failures_total") or 0


def test_a_committed_job_is_heard_at_once(held: Runtime, heard: list[float]) -> None:
    # A person who waits for an answer must not wait for a worker's next look at the table.
    for number in range(5):
        rung = time.monotonic()
        _ask(held)
        servers.until(2, lambda n=number: _expect(len(heard), n + 2), AssertionError)
        print(f"heard after {1000 * (heard[-1] - rung):.0f} ms")
        assert heard[-1] - rung < 1


def test_the_bell_rings_after_redis_was_emptied(
    held: Runtime, heard: list[float], redis: servers.Redis
) -> None:
    # What Celery keeps there for itself is gone too; nothing may depend on it.
    _ask(held)
    with Redis.from_url(redis.url()) as client:
        client.flushall()
    servers.until(2, lambda: _expect(len(heard), 2), AssertionError)
    _ask(held)
    servers.until(2, lambda: _expect(len(heard), 3), AssertionError)


def test_the_bell_is_heard_again_after_redis_was_away(
    held: Runtime, heard: list[float], redis: servers.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ringer and listener connect again by themselves.
    monkeypatch.setattr("boursa.storage.redis._PAUSE_S", 0.1)
    redis.kill()
    unheard = _unheard()
    _ask(held)
    assert _unheard() == unheard + 1
    redis.start()
    servers.until(15, lambda: _expect(len(heard), 2), AssertionError)  # it looks again when it is back
    _ask(held)
    servers.until(2, lambda: _expect(len(heard), 3), AssertionError)


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_asking_for_work_does_not_need_redis(held: Runtime, redis: servers.Redis, how: str) -> None:
    # The row is committed; a worker finds it by itself. Nobody waits long, and nobody waits twice.
    _ask(held)
    redis.kill() if how == "kill" else redis.freeze()
    unheard, started = _unheard(), time.monotonic()
    wanted = [_ask(held) for _ in range(10)]
    took = time.monotonic() - started
    redis.thaw()
    print(f"{how}: ten jobs asked for in {took:.2f} s")
    assert took < 1.5
    assert _unheard() == unheard + 10
    with held.unit_of_work() as session:
        assert [session.get_one(Job, job_id).state for job_id in wanted] == ["queued"] * 10


def test_a_worker_is_woken_by_the_bell(held: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    # Here it would look at the table only after a minute.
    monkeypatch.setattr(workers, "_SLOW_LOOK_S", 60)
    stop, worker = threading.Event(), workers.Worker(held)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        servers.until(60, lambda: _expect(worker._looked > 0, True), AssertionError)
        time.sleep(1)  # what the listener said when it began has been looked at
        job_id, started = _ask(held), time.monotonic()
        servers.until(10, lambda: _expect(_state(held, job_id) != "queued", True), AssertionError)
        assert time.monotonic() - started < 5
    finally:
        stop.set()
        thread.join()


def _state(held: Runtime, job_id: int) -> str:
    with held.unit_of_work() as session:
        return session.get_one(Job, job_id).state


def test_a_worker_without_room_leaves_the_bell_to_others(
    redis: servers.Redis, make_ring: Callable[[int], None]
) -> None:
    # Else a message goes to a worker that can do nothing, while another one sleeps.
    moments: list[float] = []
    listener = celery.Listener(redis.url(), lambda: moments.append(time.monotonic()))
    listener.room.clear()
    listener.start()
    make_ring(1)
    time.sleep(1.5)
    before = len(moments)
    listener.room.set()
    servers.until(3, lambda: _expect(len(moments), 2), AssertionError)
    listener.stop()
    assert before == 1  # what it says when it begins


@pytest.fixture
def make_ring(redis: servers.Redis) -> Callable[[int], None]:
    """A bell on that Redis."""
    return celery.doorbell(redis.url())


def test_a_message_is_small_and_carries_the_id_alone(
    redis: servers.Redis, make_ring: Callable[[int], None]
) -> None:
    # Data in a message would be a second truth; a hundred thousand messages must fit into Redis.
    make_ring(2**62)
    with Redis.from_url(redis.url()) as client:
        (message,) = client.lrange("boursa-jobs", 0, -1)
    print(f"a message of {len(message)} bytes: {message!r}")
    assert len(message) <= 1000
