"""Order statistics of all pairwise sums: Hodges-Lehmann estimates without making every pair.

Two samples of 100,000 values have ten thousand million differences. The k-th of them is enclosed
by counting (one sorted search per count) until few enough pairs are left to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boursa.analytics.series import FloatArray

_FEW = 2_000_000


@dataclass(frozen=True)
class PairSums:
    """The sums ``rows[i] + columns[j]`` for ``j >= starts[i]``; `rows` and `columns` ascend or descend."""

    rows: FloatArray
    columns: FloatArray
    starts: NDArray[np.int64]

    @property
    def count(self) -> int:
        """The number of sums."""
        return int(self.columns.size * self.rows.size - self.starts.sum())

    def kth(self, k: int) -> float:
        """Return the k-th smallest sum, counted from 1."""
        low, high = self._bracket(k)
        below, upto = self._count(low), self._count(high)
        finest = 4 * np.finfo(float).eps * self._scale()
        while upto - below > _FEW:
            if high - low <= finest:
                return self._any_between(low, high)  # millions of equal pairs
            middle = low + (high - low) / 2
            here = self._count(middle)
            if here >= k:
                high, upto = middle, here
            else:
                low, below = middle, here
        inside = self._between(low, high)
        return float(np.partition(inside, k - below - 1)[k - below - 1])

    def median(self) -> float:
        """Return the median of the sums."""
        n = self.count
        upper = self.kth(n // 2 + 1)
        return upper if n % 2 else (self.kth(n // 2) + upper) / 2

    def _bracket(self, k: int) -> tuple[float, float]:
        """Return bounds with ``count(low) < k <= count(high)``, close where a thinned sample gives them."""
        rows, columns = sorted(self.rows[[0, -1]].tolist()), self.columns[[0, -1]].tolist()
        # Counting subtracts what summing added: keep clear of the rounding of both.
        margin = 1e-9 * self._scale() + 1e-300
        low, high = rows[0] + columns[0] - margin, rows[1] + columns[1] + margin
        if self.count <= _FEW:
            return low, high
        thin = np.add.outer(_thinned(self.rows), _thinned(self.columns)).ravel()
        place = k / self.count * thin.size
        for slack in (0.01, 0.1):
            near_low, near_high = (
                _order(thin, place - slack * thin.size),
                _order(thin, place + slack * thin.size),
            )
            if near_low > low and self._count(near_low) < k:
                low = near_low
            if near_high < high and self._count(near_high) >= k:
                high = near_high
        return low, high

    def _scale(self) -> float:
        ends = np.concatenate([self.rows[[0, -1]], self.columns[[0, -1]]])
        return float(np.abs(ends).max())

    def _any_between(self, low: float, high: float) -> float:
        first, last = self._ends(low), self._ends(high)
        row = int(np.argmax(last > first))
        return float(self.rows[row] + self.columns[first[row]])

    def _ends(self, bound: float) -> NDArray[np.int64]:
        ends = np.searchsorted(self.columns, bound - self.rows, side="right")
        return np.maximum(ends, self.starts)

    def _count(self, bound: float) -> int:
        return int((self._ends(bound) - self.starts).sum())

    def _between(self, low: float, high: float) -> FloatArray:
        first, last = self._ends(low), self._ends(high)
        lengths = last - first
        row = np.repeat(np.arange(self.rows.size), lengths)
        offset = np.arange(row.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        sums: FloatArray = self.rows[row] + self.columns[first[row] + offset]
        return sums


def differences(x: FloatArray, y: FloatArray) -> PairSums:
    """Return all differences ``x[i] - y[j]``."""
    return PairSums(-np.sort(y), np.sort(x), np.zeros(y.size, dtype=np.int64))


def walsh_sums(x: FloatArray) -> PairSums:
    """Return all sums ``x[i] + x[j]`` with ``i <= j``: twice the Walsh averages."""
    ordered = np.sort(x)
    return PairSums(ordered, ordered, np.arange(x.size))


def _thinned(values: FloatArray) -> FloatArray:
    return values[:: max(1, values.size // 1000)]


def _order(values: FloatArray, place: float) -> float:
    index = min(max(int(place), 0), values.size - 1)
    return float(np.partition(values, index)[index])
