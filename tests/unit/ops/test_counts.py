"""Counting in one process: exact under threads, and forgotten in time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from boursa.ops import counts


class Clock:
    """What time it is, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_library_finds_it_by_its_address() -> None:
    # As Flask-Limiter asks for it.
    limiter = FixedWindowRateLimiter(storage_from_string(counts.ADDRESS))
    limit = RateLimitItemPerMinute(2)
    assert [limiter.hit(limit, "awa") for _ in range(3)] == [True, True, False]
    assert limiter.hit(limit, "binta")
    limiter.clear(limit, "awa")
    assert limiter.hit(limit, "awa")


def test_a_count_ends_and_begins_anew(clock: Clock) -> None:
    # After its time, not after its last count.
    kept = counts.OwnCounts()
    assert kept.incr("awa", 60) == 1
    clock.now += 59
    assert (kept.incr("awa", 60), kept.get_expiry("awa")) == (2, 1_000_060)
    clock.now += 1
    assert (kept.get("awa"), kept.get_expiry("awa")) == (0, clock.now)
    assert kept.incr("awa", 60) == 1


def test_what_has_ended_takes_no_room(clock: Clock) -> None:
    # A scanner with a thousand addresses is forgotten while others are counted.
    kept = counts.OwnCounts()
    for number in range(1000):
        kept.incr(f"address {number}", 30)
    clock.now += 61
    kept.incr("awa", 60)
    assert kept.reset() == 1


def test_eight_threads_count_every_one() -> None:
    # A lost count is an attempt more for whoever guesses.
    kept = counts.OwnCounts()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kept.incr("awa", 60), range(4000)))
    assert kept.get("awa") == 4000


def test_counting_starts_no_thread() -> None:
    # A page would cost a twentieth more.
    before = set(threading.enumerate())
    counts.OwnCounts().incr("awa", 60)
    assert set(threading.enumerate()) == before
