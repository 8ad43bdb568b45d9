"""What ``/health`` says: the truth about each part, and nothing secret, within half a second.

The parts are asked at the same time and have one deadline. Whoever has not answered by then does not
answer; of a part that hangs, no more than one question is open at a time. An answer is given again for
a moment: the address is open to everybody and counted by no limit, so asking it often must cost little.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from boursa.errors import Unavailable
from boursa.ops import schema
from boursa.services import instances
from boursa.storage.blobs import Blobs
from boursa.storage.cache import Cache
from boursa.storage.session import unit_of_work

Parts = Mapping[str, str]
Question = Callable[[], Parts]

_WAIT_S = 0.35
# Together with the wait, less than the second within which a part that is gone is to be named.
_GIVEN_AGAIN_S = 0.4
# Under load an answer may well be late; nobody at all being answered for this long is another thing.
_SILENT_S = 1.0
_WELL = ("ok", "current", "local")


@dataclass(frozen=True)
class Health:
    """The state of each part; the instance is unfit only if the database is away or outdated."""

    parts: Parts

    @property
    def http_status(self) -> int:
        """503 if this instance cannot serve, else 200."""
        unfit = self.parts["database"] != "ok" or self.parts["migrations"] in ("absent", "older")
        return 503 if unfit else 200

    def to_dict(self) -> dict[str, str]:
        """Return the JSON body."""
        if self.http_status != 200:
            status = "unavailable"
        else:
            status = "ok" if all(state in _WELL for state in self.parts.values()) else "degraded"
        return {"status": status, **self.parts}


class _Asked(threading.Thread):
    """One question under way; a thread that hangs must not keep the process from ending."""

    def __init__(self, question: Question) -> None:
        super().__init__(daemon=True, name="health")
        self._question = question
        self.begun = time.monotonic()
        self.answer: Parts | None = None
        self.start()

    def run(self) -> None:
        self.answer = self._question()


class Examiner:
    """Asks the parts of one process how they are, any number of times, also at the same time."""

    def __init__(self, questions: Mapping[str, tuple[Question, Parts]]) -> None:
        self._questions = questions
        self._open: dict[str, _Asked] = {}
        self._lock = threading.Lock()
        self._last: tuple[float, Health] | None = None
        self._heard = 0.0

    def report(self) -> Health:
        """Return how the parts are, or were a moment ago."""
        if self._last is None or time.monotonic() > self._last[0] + _GIVEN_AGAIN_S:
            self._last = time.monotonic(), self._asked()
        return self._last[1]

    def heard(self) -> None:
        """Take note that the database has answered somebody."""
        self._heard = time.monotonic()

    def hangs(self, name: str) -> bool:
        """Whether a part owes an answer, and has answered nobody meanwhile; it is asked if nobody does.

        Unlike a report this waits for nothing: it is for those who have to decide at once.
        """
        with self._lock:
            one, now = self._open.get(name), time.monotonic()
            if one is None or (not one.is_alive() and now > one.begun + _GIVEN_AGAIN_S):
                one = self._open[name] = _Asked(self._questions[name][0])
        return one.is_alive() and now > max(one.begun, self._heard) + _SILENT_S

    def _asked(self) -> Health:
        """Ask every part; one that does not answer in time is in the state that goes with it."""
        until = time.monotonic() + _WAIT_S
        asked = {name: self._ask(name) for name in self._questions}
        parts: dict[str, str] = {}
        for name, one in asked.items():
            one.join(max(0.0, until - time.monotonic()))
            parts |= one.answer if one.answer is not None else self._questions[name][1]
        return Health(parts)

    def _ask(self, name: str) -> _Asked:
        with self._lock:
            under_way = self._open.get(name)
            if under_way is None or not under_way.is_alive():
                self._open[name] = under_way = _Asked(self._questions[name][0])
            return under_way


def examiner(
    engine: Engine, sessions: sessionmaker[Session], blobs: Blobs, cache: Cache, broker: Cache
) -> Examiner:
    """Return who asks the parts of an installation; of the broker, only whether it is there."""
    schema.scripts()  # read once and before anybody waits: it takes longer than all questions together

    def rows() -> Parts:
        return _rows(engine, sessions)

    away = "unreachable"
    return Examiner(
        {
            "rows": (rows, {"database": away, "migrations": "unknown", "worker": "unknown"}),
            "cache": (lambda: {"cache": cache.state()}, {"cache": away}),
            "broker": (lambda: {"broker": broker.state()}, {"broker": away}),
            "storage": (lambda: {"storage": "ok" if blobs.ready() else away}, {"storage": away}),
        }
    )


def _rows(engine: Engine, sessions: sessionmaker[Session]) -> Parts:
    parts = {"database": "ok", "migrations": "unknown", "worker": "unknown"}
    try:
        parts["migrations"] = schema.state(engine).state
        if parts["migrations"] == "current":
            with unit_of_work(sessions) as session:
                parts["worker"] = "ok" if instances.alive(session, "worker") else "absent"
    except Unavailable:
        parts["database"] = "unreachable"
    return parts
