"""Exact distributions of rank statistics, ties included, by the shift algorithm.

References
----------
Streitberg, B., Röhmel, J. (1986). Exact distributions for permutation and rank tests: an
introduction to some recently published algorithms. Statistical Software Newsletter 12, 10-17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boursa.analytics.series import FloatArray
from boursa.errors import TooLarge
from boursa.language import N_

# Additions that one exact distribution may cost: about half a second.
_MOST_STEPS = 400_000_000


@dataclass(frozen=True)
class Distribution:
    """Probabilities of a statistic at ``low, low + step, low + 2 step, ...``."""

    low: float
    step: float
    weights: FloatArray

    def at_most(self, value: float) -> float:
        """Return the probability of `value` or less."""
        return float(self.weights[: self._place(value) + 1].sum())

    def at_least(self, value: float) -> float:
        """Return the probability of `value` or more."""
        return float(self.weights[self._place(value) :].sum())

    def p_value(self, value: float, alternative: str) -> float:
        """Return the p-value; two-sided: all values at least as far from the mean as `value`.

        That is what exactRankTests and coin do; without ties it is twice the smaller tail.
        """
        if alternative == "greater":
            return self.at_least(value)
        if alternative == "less":
            return self.at_most(value)
        places = np.arange(self.weights.size)
        centre = float(places @ self.weights)
        far = np.abs(places - centre) >= abs(self._place(value) - centre) - 1e-7
        return min(1.0, float(self.weights[far].sum()))

    def lower_quantile(self, probability: float) -> int:
        """Return the first place whose cumulated probability reaches `probability`, as R's q-functions."""
        cumulated = np.cumsum(self.weights)
        return int(np.searchsorted(cumulated, probability * (1 - 64 * np.finfo(float).eps)))

    def _place(self, value: float) -> int:
        return round((value - self.low) / self.step)


def rank_sum(ranks: FloatArray, size: int) -> Distribution:
    """Return the distribution of the sum of `size` of the `ranks`, all choices equally likely.

    Raises
    ------
    TooLarge
        If the samples are too long for it.
    """
    scores, step = _whole(ranks)
    small = min(size, scores.size - size)
    lowest = int(scores.min())
    scores = np.sort(scores - lowest)
    width = int(scores[scores.size - small :].sum()) + 1
    _check_cost((small + 1) * width * scores.size)
    counts = np.zeros((small + 1, width))
    counts[0, 0] = 1.0
    for score in scores:
        # Both sides overlap: NumPy copies the right one first, so each score is used once.
        counts[1:, score:] += counts[:-1, : width - score]
    least = int(scores[:small].sum())
    weights = counts[small, least:] / counts[small].sum()
    low = step * (least + small * lowest)
    if small == size:
        return Distribution(low, step, weights)
    # The others' sum is the total less this one: the same weights, mirrored.
    high = low + step * (weights.size - 1)
    return Distribution(float(ranks.sum()) - high, step, weights[::-1])


def signed_rank(ranks: FloatArray) -> Distribution:
    """Return the distribution of the sum of the `ranks` whose coin shows heads.

    Raises
    ------
    TooLarge
        If the sample is too long for it.
    """
    scores, step = _whole(ranks)
    width = int(scores.sum()) + 1
    _check_cost(width * scores.size)
    weights = np.zeros(width)
    weights[0] = 1.0
    for score in scores:
        shifted = np.zeros(width)
        shifted[score:] = weights[: width - score]
        weights = (weights + shifted) / 2
    return Distribution(0.0, step, weights)


def _whole(ranks: FloatArray) -> tuple[NDArray[np.int64], float]:
    whole = bool((ranks == np.floor(ranks)).all())
    step = 1.0 if whole else 0.5  # midranks are halves at the most
    return np.rint(ranks / step).astype(np.int64), step


def _check_cost(steps: int) -> None:
    if steps > _MOST_STEPS:
        raise TooLarge(
            N_("The samples are too long for the exact distribution; use method=asymptotic or method=auto.")
        )


def matching(x: FloatArray, y: FloatArray) -> Distribution:
    """Return the distribution of ``sum((x - permuted y)**2)`` over all permutations, for few ranks.

    Works through the sets of ranks already given away, so that 9 ranks need 512 steps and not 362,880.
    """
    left, right = np.rint(2 * x).astype(int), np.rint(2 * y).astype(int)
    squares = np.subtract.outer(left, right) ** 2
    width = int(squares.max(axis=1).sum()) + 1
    counts = {0: np.bincount([0], minlength=width).astype(float)}
    for row in squares:
        longer: dict[int, FloatArray] = {}
        for used, weights in counts.items():
            for place, square in enumerate(row.tolist()):
                if not used >> place & 1:
                    total = longer.setdefault(used | 1 << place, np.zeros(width))
                    total[square:] += weights[: width - square]
        counts = longer
    (weights,) = counts.values()
    return Distribution(0.0, 0.25, weights / weights.sum())
