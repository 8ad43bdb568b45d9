"""Rank tests of location: one sample, paired measurements, two independent samples.

Intervals are two-sided at `confidence`, whatever the alternative of the test.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boursa.analytics.readings import location as readings
from boursa.analytics.results import Caution, Effect, SampleSize, TestResult
from boursa.analytics.series import FloatArray, paired, sample
from boursa.analytics.statistics import hodges_lehmann, remarks, tails
from boursa.analytics.statistics.entry import ALTERNATIVES, METHOD
from boursa.analytics.statistics.options import one_of
from boursa.analytics.statistics.permutation import rank_sum, signed_rank
from boursa.analytics.statistics.ranks import midranks, tie_sum
from boursa.errors import ConstantSeries
from boursa.language import N_

# R computes the exact distribution below this size, and so does method=auto.
_EXACT_BELOW = 50


def wilcoxon(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    mu: float = 0.0,
    alternative: str = "two-sided",
    method: str = "auto",
    correction: bool = True,
    zeros: str = "wilcoxon",
    confidence: float = 0.95,
    names: Sequence[str] = ("x", "y"),
    unit: str = "",
) -> TestResult:
    """Test whether one sample, or the differences of two paired ones, are centred on `mu`.

    Parameters
    ----------
    x : array-like of shape (n,)
        Values in any unit; missing ones are dropped, with their row where `y` is given.
    y : array-like of shape (n,), optional
        The second measurement of each row; the test is then of ``x - y``.
    mu : float
        The supposed centre.
    alternative : {"two-sided", "less", "greater"}
    method : {"auto", "exact", "asymptotic"}
        ``auto`` is exact below 50 differences without ties or zeros. ``exact`` with ties or
        zeros uses the permutation distribution given them.
    correction : bool
        Continuity correction of the asymptotic p-value and interval.
    zeros : {"wilcoxon", "pratt"}
        Zero differences are dropped before ranking, or ranked and then dropped.
    confidence : float
        Level of the intervals, between 0 and 1.
    names : sequence of str
    unit : {"", "fraction"}
        Fractions (returns) are said in percent in the reading.

    Returns
    -------
    TestResult
        V, the sum of the ranks of the positive differences. The effect is the matched-pairs
        rank-biserial correlation in [-1, 1]; the estimate holds the Hodges-Lehmann centre (over
        all differences, zeros included) with its interval.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite, NotNumeric, TooLarge, OptionUnknown

    Notes
    -----
    Null hypothesis: the differences are symmetric around `mu`. Where they are skewed, rejection
    says something about the mean rank, not about the median. Dependence between rows (overlapping
    returns, trends) makes the p-value too small.

    References
    ----------
    Wilcoxon (1945), doi:10.2307/3001968. Pratt (1959), doi:10.1080/01621459.1959.10501526.
    Hodges, Lehmann (1963), doi:10.1214/aoms/1177704172. Kerby (2014), doi:10.2466/11.IT.3.1.

    Checked against R 4.2 ``wilcox.test``, coin 1.4, exactRankTests 0.8 and effectsize 0.8
    (tests/reference/statistics).
    """
    _check_choices(alternative, method)
    one_of("zeros", zeros, ("wilcoxon", "pratt"))
    values, sizes = _differences(x, y, names)
    deviations = values - mu
    ranks, positive, groups = _signed_ranks(deviations, zeros)
    tied = tie_sum(groups) > 0 or ranks.size < values.size
    exact = _is_exact(method, ranks.size < _EXACT_BELOW, tied)
    statistic, half = float(ranks[positive].sum()), float(ranks.sum()) / 2
    distribution = signed_rank(ranks) if exact else None
    if distribution is not None:
        p = distribution.p_value(statistic, alternative)
    else:
        p = _normal_p(statistic - half, math.sqrt(float(ranks @ ranks) / 4), correction, alternative)
    p, tiny = tails.representable(p)
    centre = hodges_lehmann.pseudo_median(values, distribution if not tied else None, correction, confidence)
    effect = _rank_biserial(statistic / half - 1, _paired_error(ranks.size), confidence)
    used = tuple(size.name for size in sizes)
    return TestResult(
        test="wilcoxon",
        statistic=statistic,
        statistic_name="V",
        p_value=p,
        method=_method_name(exact, correction),
        alternative=alternative,
        n=values.size,
        n_dropped=sizes[0].n_dropped,
        samples=sizes,
        estimate={
            **_interval_fields("hodges_lehmann", centre),
            "median": float(np.median(values)),
            "n_positive": int(positive.sum()),
            "n_negative": int(ranks.size - positive.sum()),
            "n_zero": int((deviations == 0).sum()),
        },
        effect=effect,
        assumptions=(remarks.independence(), remarks.symmetry(values)),
        warnings=(
            *tiny,
            *remarks.ties(tied and method == "auto" and ranks.size < _EXACT_BELOW),
            *_out_of_reach(0.5**ranks.size, alternative),
            *_at_bound(effect),
        ),
        null=readings.wilcoxon_null(mu, alternative, used, unit),
        reading=readings.wilcoxon(
            p=p, alternative=alternative, mu=mu, centre=centre, effect=effect, names=used, unit=unit
        ),
        unit=unit,
        reference="Wilcoxon (1945), doi:10.2307/3001968; Kerby (2014), doi:10.2466/11.IT.3.1",
    )


def mann_whitney(
    x: ArrayLike,
    y: ArrayLike,
    *,
    mu: float = 0.0,
    alternative: str = "two-sided",
    method: str = "auto",
    correction: bool = True,
    confidence: float = 0.95,
    names: Sequence[str] = ("x", "y"),
    unit: str = "",
) -> TestResult:
    """Test whether the values of one independent sample tend to exceed those of another.

    Parameters
    ----------
    x, y : array-like of shape (n,) and (m,)
        Values in one unit; missing ones are dropped from their own sample only.
    mu : float
        Supposed shift: ``x - mu`` is compared with `y`.
    alternative : {"two-sided", "less", "greater"}
        ``greater``: `x` tends to exceed `y`.
    method : {"auto", "exact", "asymptotic"}
        ``auto`` is exact when both samples have fewer than 50 values and there are no ties.
        ``exact`` with ties uses the permutation distribution given the ties.
    correction : bool
        Continuity correction of the asymptotic p-value and interval.
    confidence : float
        Level of the intervals, between 0 and 1.
    names : sequence of str
    unit : {"", "fraction"}
        Fractions (returns) are said in percent in the reading.

    Returns
    -------
    TestResult
        U of `x`: how many pairs have ``x - mu > y``, ties counting half (R calls it W). The
        effect is Cliff's delta in [-1, 1]; the estimate holds the Hodges-Lehmann shift with its
        interval and the probability of superiority.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite, NotNumeric, TooLarge, OptionUnknown

    Notes
    -----
    Null hypothesis: both samples come from one distribution. It is not a test of medians:
    samples with equal medians and different spreads may be told apart.

    References
    ----------
    Mann, Whitney (1947), doi:10.1214/aoms/1177730491. Cliff (1993), doi:10.1037/0033-2909.114.3.494.
    Hodges, Lehmann (1963), doi:10.1214/aoms/1177704172.

    Checked against R 4.2 ``wilcox.test``, coin 1.4, exactRankTests 0.8 and effectsize 0.8
    (tests/reference/statistics).
    """
    _check_choices(alternative, method)
    first = sample(x, name=names[0], minimum=2, varied=False)
    second = sample(y, name=names[1], minimum=2, varied=False)
    n, m = first.n, second.n
    ranks, groups = midranks(np.concatenate([first.values - mu, second.values]))
    if groups.size == 1:
        raise ConstantSeries(
            N_("{first} and {second}: all values are equal, so the question has no answer."),
            first=first.name,
            second=second.name,
        )
    tied = tie_sum(groups) > 0
    exact = _is_exact(method, max(n, m) < _EXACT_BELOW, tied)
    total = float(ranks[:n].sum())
    statistic = total - n * (n + 1) / 2
    distribution = rank_sum(ranks, n) if exact else None
    if distribution is not None:
        p = distribution.p_value(total, alternative)
    else:
        spread = hodges_lehmann.rank_sum_spread(n, m, groups)
        p = _normal_p(statistic - n * m / 2, spread, correction, alternative)
    p, tiny = tails.representable(p)
    shift = hodges_lehmann.shift(
        first.values, second.values, distribution if not tied else None, correction, confidence
    )
    superiority = statistic / (n * m)
    effect = _rank_biserial(
        2 * superiority - 1, math.sqrt((n + m + 1) / (3 * n * m)), confidence, "Cliff's delta"
    )
    used = (first.name, second.name)
    return TestResult(
        test="mann-whitney",
        statistic=statistic,
        statistic_name="U",
        p_value=p,
        method=_method_name(exact, correction),
        alternative=alternative,
        n=n + m,
        n_dropped=first.n_dropped + second.n_dropped,
        samples=(first.size(), second.size()),
        estimate={
            **_interval_fields("hodges_lehmann", shift),
            "probability_of_superiority": superiority,
            "median_x": float(np.median(first.values)),
            "median_y": float(np.median(second.values)),
        },
        effect=effect,
        assumptions=(remarks.independence(), remarks.equal_spread(first.values, second.values)),
        warnings=(
            *tiny,
            *remarks.ties(tied and method == "auto" and max(n, m) < _EXACT_BELOW),
            *_out_of_reach(1 / math.comb(n + m, n) if n + m < _EXACT_BELOW else 0.0, alternative),
            *_at_bound(effect),
        ),
        null=readings.mann_whitney_null(mu, alternative, used, unit),
        reading=readings.mann_whitney(
            p=p,
            alternative=alternative,
            mu=mu,
            superiority=superiority,
            shift=shift,
            effect=effect,
            names=used,
            unit=unit,
        ),
        unit=unit,
        reference="Mann, Whitney (1947), doi:10.1214/aoms/1177730491; "
        "Cliff (1993), doi:10.1037/0033-2909.114.3.494",
    )


def _check_choices(alternative: str, method: str) -> None:
    one_of("alternative", alternative, ALTERNATIVES)
    one_of("method", method, METHOD.choices)


def _differences(
    x: ArrayLike, y: ArrayLike | None, names: Sequence[str]
) -> tuple[FloatArray, tuple[SampleSize, ...]]:
    if y is None:
        one = sample(x, name=names[0], minimum=3)
        return one.values, (one.size(),)
    first, second = paired([x, y], names=names[:2], minimum=3, varied=False)
    between = sample(first.values - second.values, name=f"{names[0]} − {names[1]}")
    return between.values, (first.size(), second.size())


def _signed_ranks(deviations: FloatArray, zeros: str) -> tuple[FloatArray, NDArray[np.bool_], FloatArray]:
    """Return ranks and signs of the deviations that are not zero, and the groups of ties among them."""
    nonzero = deviations[deviations != 0]
    ranks, groups = midranks(np.abs(nonzero))
    if zeros == "pratt":
        ranks = ranks + (deviations.size - nonzero.size)  # zeros hold the lowest ranks
    return ranks, nonzero > 0, groups


def _is_exact(method: str, small: bool, tied: bool) -> bool:
    return method == "exact" or (method == "auto" and small and not tied)


def _method_name(exact: bool, correction: bool) -> str:
    if exact:
        return "exact"
    return "asymptotic, continuity correction" if correction else "asymptotic"


def _normal_p(distance: float, spread: float, correction: bool, alternative: str) -> float:
    """Return the normal p-value of a distance from the mean, moved half a step towards it if corrected."""
    step = {"two-sided": math.copysign(0.5, distance), "greater": 0.5, "less": -0.5}[alternative]
    corrected = distance - step if correction and (distance or alternative != "two-sided") else distance
    return tails.normal(corrected / spread, alternative)


def _paired_error(n: int) -> float:
    return math.sqrt(n * (n + 1) * (2 * n + 1) / 6) / (n * (n + 1) / 2)


def _rank_biserial(
    value: float, error: float, confidence: float, name: str = "rank-biserial correlation"
) -> Effect:
    """Return the effect with its interval on Fisher's z scale; none where all pairs agree."""
    if abs(value) >= 1:
        return Effect(name=name, value=math.copysign(1.0, value))
    centre, half = math.atanh(value), tails.quantile(confidence) * error
    return Effect(
        name=name,
        value=value,
        ci_low=math.tanh(centre - half),
        ci_high=math.tanh(centre + half),
        level=confidence,
    )


def _interval_fields(name: str, effect: Effect) -> dict[str, float | None]:
    return {
        name: effect.value,
        f"{name}_ci_low": effect.ci_low,
        f"{name}_ci_high": effect.ci_high,
        f"{name}_level": effect.level,
    }


def _out_of_reach(smallest: float, alternative: str) -> tuple[Caution, ...]:
    return remarks.out_of_reach(2 * smallest if alternative == "two-sided" else smallest)


def _at_bound(effect: Effect) -> tuple[Caution, ...]:
    return remarks.no_interval() if effect.ci_low is None else ()
