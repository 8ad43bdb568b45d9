"""Hodges-Lehmann estimates and the intervals that invert the rank tests.

References
----------
Hodges, Lehmann (1963), doi:10.1214/aoms/1177704172. Bauer (1972), doi:10.1080/01621459.1972.10481279.
"""

from __future__ import annotations

import math

import numpy as np

from boursa.analytics.results import Effect
from boursa.analytics.series import FloatArray
from boursa.analytics.statistics import tails
from boursa.analytics.statistics.pairs import PairSums, differences, walsh_sums
from boursa.analytics.statistics.permutation import Distribution
from boursa.analytics.statistics.ranks import midranks, tie_sum


def pseudo_median(
    values: FloatArray, distribution: Distribution | None, correction: bool, confidence: float
) -> Effect:
    """Return the Hodges-Lehmann centre; its interval inverts the test, ties of equal values allowed for."""
    n = values.size
    spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24 - tie_sum(midranks(values)[1]) / 48)
    found = _inverted(walsh_sums(values), spread, distribution, correction, confidence)
    low, high = (None if bound is None else bound / 2 for bound in (found.ci_low, found.ci_high))
    return Effect(name="Hodges-Lehmann", value=found.value / 2, ci_low=low, ci_high=high, level=found.level)


def shift(
    x: FloatArray, y: FloatArray, distribution: Distribution | None, correction: bool, confidence: float
) -> Effect:
    """Return the Hodges-Lehmann shift of `x` over `y`, ties within a sample allowed for."""
    groups = np.concatenate([midranks(x)[1], midranks(y)[1]])
    spread = rank_sum_spread(x.size, y.size, groups)
    return _inverted(differences(x, y), spread, distribution, correction, confidence)


def _inverted(
    sums: PairSums, spread: float, distribution: Distribution | None, correction: bool, confidence: float
) -> Effect:
    """Return the median of the pairs and the interval of shifts that the test does not reject."""
    alpha, level = 1 - confidence, confidence
    if distribution is not None:
        cut = max(1, distribution.lower_quantile(alpha / 2))
        achieved = 2 * float(distribution.weights[:cut].sum())
        # As R does: where so few values cannot give the level, say which one they give.
        level = 1 - achieved if achieved > 1.5 * alpha else confidence
    else:
        cut = math.floor(sums.count / 2 - 0.5 * correction - tails.quantile(confidence) * spread) + 1
    low = high = None
    if cut >= 1 and level > 0:
        low, high = sums.kth(cut), sums.kth(sums.count + 1 - cut)
    return Effect(name="Hodges-Lehmann", value=sums.median(), ci_low=low, ci_high=high, level=level)


def rank_sum_spread(n: int, m: int, groups: FloatArray) -> float:
    """Return the standard deviation of the rank sum given the groups of ties."""
    total = n + m
    return math.sqrt(n * m / 12 * (total + 1 - tie_sum(groups) / (total * (total - 1))))
