"""How figures stay small: which values are shown, and with how many digits."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from boursa.analytics.series import FloatArray

Places = NDArray[np.int64]

_TAIL = 4  # a quarter of a Q-Q plot's points for each tail


def peaks(y: FloatArray, points: int) -> Places:
    """Return the places of at most `points` values: first, last, lowest and highest of each stretch."""
    if y.size <= points:
        return np.arange(y.size)
    hole = np.isnan(y)
    low, high = np.where(hole, np.inf, y), np.where(hole, -np.inf, y)
    present = np.flatnonzero(~hole)
    kept = [0, y.size - 1, present[0], present[-1]]
    cuts = np.linspace(0, y.size, (points - 4) // 2 + 1).astype(np.int64).tolist()
    for start, end in itertools.pairwise(cuts):
        # In a stretch without a value both are its first place, whose NaN is the gap.
        kept += [start + low[start:end].argmin(), start + high[start:end].argmax()]
    return np.unique(kept)


def ranks(n: int, points: int) -> Places:
    """Return at most `points` of the ranks 1 to n: the outermost one by one, fewer towards the middle."""
    if n <= points:
        return np.arange(1, n + 1)
    tail = points // _TAIL
    inner = special.ndtri((tail + 0.625) / (n + 0.25))
    middle = special.ndtr(np.linspace(inner, -inner, points - 2 * tail)) * (n + 0.25) + 0.375
    tails = np.arange(1, tail + 1)
    return np.unique(np.concatenate([tails, middle.round().astype(np.int64), n + 1 - tails]))


def short(values: ArrayLike, digits: int = 6) -> list[float]:
    """Return `values` with so many significant digits."""
    # What was computed, not observed, needs no more: half the size in History and on the wire.
    return [float(f"{value:.{digits}g}") for value in np.asarray(values).tolist()]
