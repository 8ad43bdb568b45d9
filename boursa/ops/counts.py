"""Counts of requests and attempts in this process, where there is no Redis or it is away.

Those that come with `limits` start a thread with each request, to forget old ones.
"""

from __future__ import annotations

import threading
import time

from limits.storage import Storage

_SCHEME = "process"
ADDRESS = f"{_SCHEME}://"
_TIDIED_EVERY_S = 60


class OwnCounts(Storage):
    """What was counted under each key, and when that ends; forgotten while others are counted."""

    STORAGE_SCHEME = [_SCHEME]  # noqa: RUF012 - as the base class has it

    def __init__(self, uri: str | None = None) -> None:
        super().__init__(uri)
        self._lock, self._tidied = threading.Lock(), 0.0
        self._counts: dict[str, tuple[int, float]] = {}

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failure is: there is none."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count one more, and return how many there are."""
        now = time.time()
        with self._lock:
            self._tidy(now)
            found, ends = self._counts.get(key, (0, 0.0))
            if ends <= now:
                found, ends = 0, now + expiry
            self._counts[key] = found + amount, ends
        return found + amount

    def _tidy(self, now: float) -> None:
        if now - self._tidied > _TIDIED_EVERY_S:
            self._tidied = now
            self._counts = {key: count for key, count in self._counts.items() if count[1] > now}

    def get(self, key: str) -> int:
        """Return how many there are."""
        found, ends = self._counts.get(key, (0, 0.0))
        return found if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the count begins anew."""
        return max(self._counts.get(key, (0, 0.0))[1], time.time())

    def check(self) -> bool:
        """Whether counting works: it always does."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._lock:
            forgotten, self._counts = len(self._counts), {}
        return forgotten

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._lock:
            self._counts.pop(key, None)
