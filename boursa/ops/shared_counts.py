"""Counts of requests and attempts in Redis, for all instances; while it is away, in each process for itself.

Flask-Limiter has such a fallback too, but not for those who count through it directly, and it asks a
frozen Redis again and again.
"""

from __future__ import annotations

import time

from flask import g, has_app_context
from limits.storage import Storage
from limits.storage.redis import RedisStorage
from redis import ConnectionPool
from redis.exceptions import RedisError

from boursa.ops.counts import OwnCounts
from boursa.storage import redis

_SCHEME = "sparing+"
# As `limits` counts, and the seconds that are left with it.
_COUNT = b"""
local found = redis.call("INCRBY", KEYS[1], ARGV[2])
if found == tonumber(ARGV[2]) then redis.call("EXPIRE", KEYS[1], ARGV[1]) end
return {found, redis.call("TTL", KEYS[1])}
"""


def address(url: str) -> str:
    """Return where Flask-Limiter is told to count, given the address of Redis."""
    return _SCHEME + url


class SharedCounts(Storage):
    """Counts in Redis; while it is away, counts of this process, which begin at nothing."""

    STORAGE_SCHEME = [_SCHEME + scheme for scheme in ("redis", "rediss")]  # noqa: RUF012 - as the base class has it

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        url = uri.removeprefix(_SCHEME)
        pool: ConnectionPool = redis.connect(url).connection_pool
        self._shared, self._own = RedisStorage(url, connection_pool=pool), OwnCounts()
        self._count = self._shared.get_connection().register_script(_COUNT)
        self._breaker = redis.Breaker("limits")

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failure of Redis is."""
        return RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more, and return how many there are."""
        return self._breaker.attempt(
            lambda: self._counted(key, expiry, amount), lambda: self._own.incr(key, expiry, amount)
        )

    def _counted(self, key: str, expiry: int, amount: int) -> int:
        """Count, and learn on the same way what the answer's headers will say of it."""
        found, left = self._count(keys=[self._shared.prefixed_key(key)], args=[expiry, amount])
        if has_app_context():
            g.setdefault("counted", {})[key] = found, time.time() + left
        return int(found)

    def get(self, key: str) -> int:
        """Return how many there are; within the request that counted, how many there were then."""
        if has_app_context() and key in g.get("counted", ()):
            return int(g.counted[key][0])
        return self._breaker.attempt(lambda: self._shared.get(key), lambda: self._own.get(key))

    def get_expiry(self, key: str) -> float:
        """Return when the count begins anew."""
        if has_app_context() and key in g.get("counted", ()):
            return float(g.counted[key][1])
        return self._breaker.attempt(lambda: self._shared.get_expiry(key), lambda: self._own.get_expiry(key))

    def check(self) -> bool:
        """Whether counting works: it always does."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        return self._breaker.attempt(self._shared.reset, self._own.reset)

    def clear(self, key: str) -> None:
        """Forget one count."""
        if has_app_context():
            g.get("counted", {}).pop(key, None)
        self._own.clear(key)
        self._breaker.attempt(lambda: self._shared.clear(key), lambda: None)
