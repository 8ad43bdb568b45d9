"""Places: how many requests are worked on at once, and what becomes of the others while the database hangs.

A database that takes questions and answers none holds every request that it was asked for. Were they all
let in, no thread would be left for ``/health``, and whoever watches would take the instance for dead. So a
request needs a place, a server has more threads than places, and whoever waits for one is told as soon as
the database is known to hang.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from flask import Flask, g, request

from boursa.errors import Unavailable
from boursa.language import N_

# Threads for each place: one that works, and two that wait or answer whoever watches.
THREADS_A_PLACE = 3
_LOOK_S = 0.1


class Places:
    """So many places, given in the order in which they were asked for."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[threading.Event] = deque()
        self._lock = threading.Lock()

    def take(self, hopeless: Callable[[], bool]) -> bool:
        """Take a place, once there is one; False if it becomes hopeless to wait."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        while not turn.is_set():
            if hopeless() and self._gave_up(turn):
                return False
            turn.wait(_LOOK_S)
        return True

    def _gave_up(self, turn: threading.Event) -> bool:
        with self._lock:
            if turn.is_set():
                return False  # given in this very moment
            self._waiting.remove(turn)
            return True

    def give(self) -> None:
        """Give a place back, or on to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


def register(app: Flask, count: int, hangs: Callable[[], bool]) -> None:
    """Let `count` requests be worked on at once; what machines ask of the instance needs no place."""
    places = Places(count)

    def enter() -> None:
        if (request.endpoint or "").startswith("operations."):
            return
        if not places.take(hangs):
            raise Unavailable(N_("The database does not answer at the moment; nothing was changed."))
        g.has_place = True

    def leave(_error: BaseException | None) -> None:
        if g.pop("has_place", False):
            places.give()

    app.before_request(enter)
    app.teardown_request(leave)
