"""A cache may forget at any time, and never stands in the way."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import servers
from redis.exceptions import ConnectionError as Gone

from boursa import settings
from boursa.storage import cache as caches
from boursa.storage.cache import Cache, LocalCache, open_cache
from boursa.storage.redis import Breaker

WORD = "p@/w"  # what an address cannot hold as it is


@pytest.fixture(params=["local", "redis"])
def cache(request: pytest.FixtureRequest) -> Cache:
    """A cache of each kind."""
    server: servers.Redis | None = request.getfixturevalue("redis") if request.param == "redis" else None
    return open_cache(server.url() if server else None)


def test_what_is_kept_comes_back_until_its_time(cache: Cache) -> None:
    # Both kinds give the same, so that development shows what production does.
    cache.set("a", {"été": [1, 2.5, None]}, 0.3)
    cache.set("b", "x", 60)
    assert cache.get("a") == {"été": [1, 2.5, None]}
    time.sleep(0.35)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (None, "x", None)
    cache.delete("b")
    assert cache.get("b") is None


def test_what_comes_back_is_the_caller_s_own(cache: Cache) -> None:
    # A list changed by one request must not change under another.
    kept = [1]
    cache.set("a", kept, 60)
    kept.append(2)
    found = cache.get("a")
    assert found == [1]


def test_one_process_does_not_keep_without_end() -> None:
    # Keys are made from requests; a visitor must not be able to fill the memory.
    cache = LocalCache()
    for number in range(caches._MOST + 10):
        cache.set(str(number), number, 60)
    assert (cache.get("0"), cache.get(str(caches._MOST + 9))) == (None, caches._MOST + 9)
    assert len(cache._kept) == caches._MOST


def test_what_one_instance_writes_another_reads(redis: servers.Redis) -> None:
    # The earlier BoursA fell back to one cache a process: 41 of 45 reads were stale.
    one, other = open_cache(redis.url()), open_cache(redis.url())
    one.set("a", 1, 60)
    assert other.get("a") == 1
    assert open_cache(redis.url(1)).get("a") is None


def test_a_dead_redis_is_a_miss_and_then_is_used_again(
    redis: servers.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody has to start anything again.
    monkeypatch.setattr("boursa.storage.redis._PAUSE_S", 0.2)
    cache = open_cache(redis.url())
    cache.set("a", 1, 60)
    redis.kill()
    assert (cache.get("a"), cache.state()) == (None, "unreachable")
    cache.set("b", 1, 60)
    cache.delete("b")
    redis.start()
    servers.until(5, lambda: _well(cache), AssertionError)  # it listens before it has read its file
    time.sleep(0.25)
    assert cache.get("a") == 1  # from its append-only file


def _well(cache: Cache) -> None:
    assert cache.state() == "ok"


def test_a_frozen_redis_costs_one_short_wait(redis: servers.Redis) -> None:
    # Otherwise every request of every thread would wait, and the instance would be as dead as Redis.
    cache = open_cache(redis.url())
    cache.set("a", 1, 60)
    redis.freeze()
    started = time.monotonic()
    threads = [threading.Thread(target=lambda: [cache.get("a") for _ in range(100)]) for _ in range(8)]
    assert cache.get("a") is None
    first = time.monotonic() - started
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - started
    redis.thaw()
    print(f"first miss {first:.2f} s, 800 more {took - first:.3f} s")
    assert first < 0.5
    assert took - first < 0.2


def test_after_a_failure_one_of_many_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # And the others do without for as long as it takes.
    monkeypatch.setattr("boursa.storage.redis._PAUSE_S", 0.1)
    breaker, tried = Breaker("cache"), []

    def fail() -> str:
        tried.append(1)
        raise Gone

    assert {breaker.attempt(fail, lambda: "without") for _ in range(50)} == {"without"}
    assert len(tried) == 1
    time.sleep(0.11)
    assert [breaker.attempt(fail, lambda: "without") for _ in range(50)] == ["without"] * 50
    assert len(tried) == 2
    time.sleep(0.11)
    assert breaker.attempt(lambda: "with", lambda: "without") == "with"
    assert breaker.attempt(lambda: "with", lambda: "without") == "with"


@pytest.mark.parametrize(
    ("given", "redis", "broker"),
    [
        ({}, None, None),
        ({"REDIS_URL": "redis://h/1"}, "redis://h/1", "redis://h/1"),
        ({"CACHE_REDIS_URL": "redis://h", "REDIS_PASSWORD": WORD}, *["redis://:p%40%2Fw@h"] * 2),
        ({"CACHE_REDIS_URL": "redis://:own@h", "REDIS_PASSWORD": WORD}, *["redis://:own@h"] * 2),
        (
            {
                "CACHE_REDIS_HOST": "h",
                "CACHE_REDIS_PORT": "7",
                "CACHE_REDIS_DB": "2",
                "CACHE_REDIS_PASSWORD": WORD,
            },
            *["redis://:p%40%2Fw@h:7/2"] * 2,
        ),
        ({"CACHE_REDIS_URL": "redis://h", "JOBS_BROKER_URL": "redis://b"}, "redis://h", "redis://b"),
        ({"CACHE_TYPE": "SimpleCache", "JOBS_BROKER_URL": "redis://b"}, None, "redis://b"),
        ({"CACHE_TYPE": "RedisCache", "CACHE_REDIS_HOST": "h"}, *["redis://h:6379/0"] * 2),
    ],
)
def test_redis_is_where_any_of_its_spellings_say(
    tmp_path: Path, given: dict[str, str], redis: str | None, broker: str | None
) -> None:
    # An existing installation keeps the names it has.
    config = settings.load({"BOURSA_INSTANCE": str(tmp_path), **given})
    assert (config.redis, config.broker) == (redis, broker)
