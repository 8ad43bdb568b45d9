"""Places for requests: first come, first served, and nobody waits for a database that hangs."""

from __future__ import annotations

import threading
import time

import servers

from boursa.ops import health
from boursa.ops.places import Places


def never() -> bool:
    return False


def test_places_are_given_in_the_order_of_asking() -> None:
    # Whoever has waited longest is next, also before those who come at that moment.
    places, order = Places(1), list[int]()
    assert places.take(never)

    def come(number: int) -> None:
        places.take(never)
        order.append(number)
        places.give()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        servers.until(5, lambda: _waits(places, number + 1), AssertionError)  # noqa: B023 - called in this turn
    places.give()
    for thread in threads:
        thread.join()
    assert order == list(range(5))
    assert places.take(never)


def _waits(places: Places, count: int) -> None:
    assert len(places._waiting) == count


def test_whoever_gives_up_leaves_no_gap() -> None:
    # A place that was given back goes to somebody who is still there.
    places = Places(1)
    assert places.take(never)
    assert not places.take(lambda: True)
    places.give()
    assert places.take(never)


def test_whoever_finds_a_place_asks_nobody() -> None:
    # A look at the database before every request would be a question more for each.
    asked = []
    assert Places(1).take(lambda: bool(asked.append(1)))
    assert asked == []


def test_a_part_hangs_once_its_answer_is_overdue() -> None:
    # Nobody waits to learn it, and one question is enough however many want to know.
    go_on, asked = threading.Event(), []

    def question() -> dict[str, str]:
        asked.append(1)
        go_on.wait(10)
        return {}

    examiner = health.Examiner({"rows": (question, {})})
    begun = time.monotonic()
    assert not examiner.hangs("rows")
    assert time.monotonic() - begun < 0.1
    servers.until(3, lambda: _hangs(examiner, True), AssertionError)
    assert len(asked) == 1
    examiner.heard()  # somebody else was answered: it is late, and does not hang
    assert not examiner.hangs("rows")
    servers.until(3, lambda: _hangs(examiner, True), AssertionError)
    go_on.set()
    servers.until(2, lambda: _hangs(examiner, False), AssertionError)


def _hangs(examiner: health.Examiner, wanted: bool) -> None:
    assert examiner.hangs("rows") is wanted
