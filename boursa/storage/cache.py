"""What may be forgotten at any time: a cache that all instances share, or one of this process.

Every failure is a miss. Values are JSON; whoever reads one must be able to make it again.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from redis import Redis

    from boursa.storage.redis import Breaker

# Other programs, and the counts of requests, may live in the same database.
_PREFIX = "boursa:cache:"
_MOST = 2000


class Cache(Protocol):
    """A place for what was expensive to make."""

    def get(self, key: str) -> Any | None:
        """Return the value of `key`, or None."""

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Keep `value` for so long at most."""

    def delete(self, key: str) -> None:
        """Forget `key`."""

    def state(self) -> str:
        """Say ``ok``, ``unreachable``, or ``local`` where nothing is shared."""


class LocalCache:
    """The cache of one process, for development: another process does not see what is in it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self._clock = clock

    def get(self, key: str) -> Any | None:
        """Return the value of `key`, or None."""
        until, value = self._kept.get(key, (0.0, "null"))
        return json.loads(value) if self._clock() < until else None

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Keep `value`; the oldest one makes room."""
        with self._lock:
            self._kept.pop(key, None)
            if len(self._kept) >= _MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._clock() + seconds, json.dumps(value)

    def delete(self, key: str) -> None:
        """Forget `key`."""
        self._kept.pop(key, None)

    def state(self) -> str:
        """Say that nothing is shared."""
        return "local"


class SharedCache:
    """A cache in Redis, that every instance reads and writes."""

    def __init__(self, client: Redis, breaker: Breaker) -> None:
        self._client, self._breaker = client, breaker

    def get(self, key: str) -> Any | None:
        """Return the value of `key`, or None."""
        found: Any = self._breaker.attempt(lambda: self._client.get(_PREFIX + key), lambda: None)
        return None if found is None else json.loads(found)

    def set(self, key: str, value: Any, seconds: float) -> None:
        """Keep `value`; with an end, so that Redis may take it when memory is short."""
        content, milliseconds = json.dumps(value), max(1, int(1000 * seconds))
        self._breaker.attempt(lambda: self._client.set(_PREFIX + key, content, px=milliseconds), lambda: None)

    def delete(self, key: str) -> None:
        """Forget `key`; if Redis is away now, its end still comes."""
        self._breaker.attempt(lambda: self._client.delete(_PREFIX + key), lambda: 0)

    def state(self) -> str:
        """Ask Redis itself, whatever happened lately."""
        from boursa.storage.redis import answers  # loaded already where there is a Redis

        return "ok" if answers(self._client) else "unreachable"


def open_cache(url: str | None) -> Cache:
    """Return the cache at `url`; without one, that of this process."""
    if url is None:
        return LocalCache()
    from boursa.storage.redis import Breaker, connect  # its library is loaded only where there is a Redis

    return SharedCache(connect(url), Breaker("cache"))
