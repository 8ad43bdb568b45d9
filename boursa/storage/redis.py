"""Reaching Redis: hastily, and not at all for a moment after it has failed.

Whatever is asked of Redis can be done without it, less well. So nobody waits for it: a frozen Redis costs
a process one short wait every few seconds, a dead one nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from boursa import telemetry

Answer = TypeVar("Answer")

WAIT_S = 0.2
_PAUSE_S = 3.0
_log = telemetry.logger(__name__)


def connect(url: str) -> Redis:
    """Return a client that gives up quickly; it connects when it is first used."""
    return Redis.from_url(
        url, socket_timeout=WAIT_S, socket_connect_timeout=WAIT_S, retry=Retry(NoBackoff(), 0)
    )


def answers(client: Redis) -> bool:
    """Whether Redis answers at this moment."""
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False


class Breaker:
    """Lets attempts through while they succeed; after a failure one every few seconds."""

    def __init__(self, use: str, faults: tuple[type[Exception], ...] = (RedisError, OSError)) -> None:
        self._use, self._faults = use, faults
        self._away_until = 0.0
        self._lock = threading.Lock()

    def attempt(self, do: Callable[[], Answer], otherwise: Callable[[], Answer]) -> Answer:
        """Return what `do` returns; what `otherwise` returns if it fails, or has failed just now."""
        if not self._may():
            return otherwise()
        try:
            answer = do()
        except self._faults as error:
            self._failed(error)
            return otherwise()
        self._away_until = 0.0
        return answer

    def _may(self) -> bool:
        if not self._away_until:
            return True
        with self._lock:  # of many that would try again, the first tries for all
            if time.monotonic() < self._away_until:
                return False
            self._away_until = time.monotonic() + _PAUSE_S
            return True

    def _failed(self, error: Exception) -> None:
        first, self._away_until = not self._away_until, time.monotonic() + _PAUSE_S
        telemetry.redis_failures.labels(self._use).inc()
        if first:
            # The kind alone: the sentence may hold the address.
            _log.warning("redis away", use=self._use, reason=type(error).__name__)
