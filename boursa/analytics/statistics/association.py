"""Tests of association between two columns whose rows belong together."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from boursa.analytics.readings import association as readings
from boursa.analytics.results import Effect, TestResult
from boursa.analytics.series import FloatArray, paired
from boursa.analytics.statistics import remarks, tails
from boursa.analytics.statistics.entry import ALTERNATIVES, METHOD
from boursa.analytics.statistics.options import one_of
from boursa.analytics.statistics.permutation import matching
from boursa.analytics.statistics.ranks import midranks, tie_sum
from boursa.errors import TooLarge
from boursa.language import N_

# R enumerates permutations up to here, then uses the series of AS 89, then Student's law.
_EXACT_UP_TO, _SERIES_UP_TO = 9, 1290


def spearman(
    x: ArrayLike,
    y: ArrayLike,
    *,
    alternative: str = "two-sided",
    method: str = "auto",
    confidence: float = 0.95,
    names: Sequence[str] = ("x", "y"),
) -> TestResult:
    """Test whether two columns rise and fall together, by the correlation of their ranks.

    Parameters
    ----------
    x, y : array-like of shape (n,)
        Values in any units; rows with a missing value are dropped.
    alternative : {"two-sided", "less", "greater"}
        ``greater``: they rise together.
    method : {"auto", "exact", "asymptotic"}
        ``auto``, as R: all permutations up to 9 rows, the Edgeworth series of AS 89 up to 1290,
        Student's law beyond and where there are ties. ``asymptotic``: Student's law.
    confidence : float
        Level of the interval of rho, between 0 and 1.
    names : sequence of str

    Returns
    -------
    TestResult
        S, the sum of squared differences of ranks (as R). The effect is rho in [-1, 1] with the
        interval of Bonett and Wright.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite, NotNumeric, TooLarge, OptionUnknown

    Notes
    -----
    Null hypothesis: no monotone relation. Two independent series with trends look related: the
    test assumes independent rows, so compare returns, not prices. The series of AS 89 turns
    negative far out in the tail; Student's law is used there, where R reports zero.

    References
    ----------
    Spearman (1904), doi:10.2307/1412159. Best, Roberts (1975), Algorithm AS 89,
    doi:10.2307/2347111. Bonett, Wright (2000), doi:10.1007/BF02294183.

    Checked against R 4.2 ``cor.test`` (tests/reference/statistics).
    """
    one_of("alternative", alternative, ALTERNATIVES)
    one_of("method", method, METHOD.choices)
    first, second = paired([x, y], names=names[:2], minimum=3)
    n = first.n
    (ranks_x, groups_x), (ranks_y, groups_y) = midranks(first.values), midranks(second.values)
    rho = _correlation(ranks_x, ranks_y)
    statistic = (n**3 - n) * (1 - rho) / 6
    tied = tie_sum(groups_x) + tie_sum(groups_y) > 0
    p, used = _p_value(ranks_x, ranks_y, rho, tied, method, alternative)
    p, tiny = tails.representable(p)
    effect = _effect(rho, n, confidence)
    pair = (first.name, second.name)
    smallest = math.exp(-float(special.gammaln(n + 1))) * (2 if alternative == "two-sided" else 1)
    return TestResult(
        test="spearman",
        statistic=statistic,
        statistic_name="S",
        df=float(n - 2) if used == "Student's t" else None,
        p_value=p,
        method=used,
        alternative=alternative,
        n=n,
        n_dropped=first.n_dropped,
        samples=(first.size(), second.size()),
        estimate={"rho": rho},
        effect=effect,
        assumptions=(remarks.independence(),),
        warnings=(
            *tiny,
            *remarks.ties(tied and n <= _EXACT_UP_TO and method == "auto"),
            *remarks.out_of_reach(smallest),
            *(remarks.no_interval() if abs(rho) >= 1 else ()),
        ),
        null=readings.spearman_null(alternative, pair),
        reading=readings.spearman(p=p, alternative=alternative, effect=effect, names=pair),
        reference="Spearman (1904), doi:10.2307/1412159; Bonett, Wright (2000), doi:10.1007/BF02294183",
    )


def _correlation(ranks_x: FloatArray, ranks_y: FloatArray) -> float:
    # Opposite ranks give exactly +-1, which rounding would miss.
    if np.array_equal(ranks_x, ranks_y):
        return 1.0
    if np.array_equal(ranks_x, ranks_x.size + 1 - ranks_y):
        return -1.0
    dx, dy = ranks_x - ranks_x.mean(), ranks_y - ranks_y.mean()
    return float((dx @ dy) / math.sqrt((dx @ dx) * (dy @ dy)))


def _p_value(
    ranks_x: FloatArray, ranks_y: FloatArray, rho: float, tied: bool, method: str, alternative: str
) -> tuple[float, str]:
    n = ranks_x.size
    if method == "exact" and n > _EXACT_UP_TO and abs(rho) < 1:
        raise TooLarge(
            N_("The exact distribution of rho is computed for at most {limit} rows; there are {n}."),
            limit=_EXACT_UP_TO,
            n=n,
        )
    if abs(rho) == 1:
        return _perfect(ranks_x, rho, alternative), "exact"
    if n <= _EXACT_UP_TO and (method == "exact" or (method == "auto" and not tied)):
        # A small S is a large rho.
        side = {"greater": "less", "less": "greater"}.get(alternative, alternative)
        squares = float(((ranks_x - ranks_y) ** 2).sum())
        return matching(ranks_x, ranks_y).p_value(squares, side), "exact"
    if method == "auto" and not tied and n <= _SERIES_UP_TO:
        p = _edgeworth(rho, n, alternative)
        if p > 0:
            return p, "Edgeworth series"
    return tails.correlation(rho, n, alternative), "Student's t"


def _perfect(ranks: FloatArray, rho: float, alternative: str) -> float:
    """Return the share of permutations that give a perfect correlation, ties exchanged freely."""
    if (alternative, rho) in (("greater", -1.0), ("less", 1.0)):
        return 1.0
    _, groups = midranks(ranks)
    log_share = float(special.gammaln(groups + 1).sum() - special.gammaln(ranks.size + 1))
    share = math.exp(log_share)
    return min(1.0, 2 * share) if alternative == "two-sided" else share


def _edgeworth(rho: float, n: int, alternative: str) -> float:
    """Return the p-value by the series of Algorithm AS 89, zero or less where it fails."""
    if alternative == "two-sided":
        tail = _upper_tail(abs(rho), n)
        return min(1.0, 2 * tail)
    return min(1.0, _upper_tail(rho if alternative == "greater" else -rho, n))


def _upper_tail(rho: float, n: int) -> float:
    # S takes even values; AS 89 evaluates halfway to the next one, as a continuity correction.
    x = (rho - 6 / (n * (n * n - 1.0))) * math.sqrt(n - 1)
    return _series(x, n)


def _series(x: float, n: int) -> float:
    b, y = 1 / n, x * x
    u = (
        x
        * b
        * (
            0.2274
            + b * (0.2531 + 0.1745 * b)
            + y
            * (
                -0.0758
                + b * (0.1033 + 0.3932 * b)
                - y * b * (0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y)))
            )
        )
    )
    return u / math.exp(y / 2) + float(special.ndtr(-x))


def _effect(rho: float, n: int, confidence: float) -> Effect:
    if abs(rho) >= 1 or n < 4:
        return Effect(name="Spearman's rho", value=rho)
    half = tails.quantile(confidence) * math.sqrt((1 + rho**2 / 2) / (n - 3))
    centre = math.atanh(rho)
    return Effect(
        name="Spearman's rho",
        value=rho,
        ci_low=math.tanh(centre - half),
        ci_high=math.tanh(centre + half),
        level=confidence,
    )
