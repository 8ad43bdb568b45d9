"""Tests of normality: whether values are compatible with a normal distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import ArrayLike
from scipy import special

from boursa.analytics.readings import normality as readings
from boursa.analytics.results import Caution, TestResult
from boursa.analytics.series import FloatArray, Sample, sample
from boursa.analytics.statistics import remarks, tails
from boursa.analytics.statistics.moments import Shape, shape
from boursa.errors import ConstantSeries, TooLarge
from boursa.language import N_

# Royston gave his p-values for 3 to 5000 observations, and R refuses more, too.
_SHAPIRO_LIMIT = 5000
# Below this many values the chi-square law of Jarque-Bera rejects too seldom to be relied on.
_LONG = 100


def shapiro_wilk(x: ArrayLike, *, names: Sequence[str] = ("x",)) -> TestResult:
    """Test normality by how straight the normal quantile plot is.

    Parameters
    ----------
    x : array-like of shape (n,), 3 <= n <= 5000
        Values in any unit; missing ones are dropped.
    names : sequence of str

    Returns
    -------
    TestResult
        W in (0, 1], one for a perfectly straight plot; estimates of skewness and excess kurtosis.

    Raises
    ------
    TooFewObservations, TooLarge, ConstantSeries, NotFinite, NotNumeric

    Notes
    -----
    Null hypothesis: a normal distribution with any mean and spread. Many equal values (rounding)
    and dependence in time both lead to false rejections; with thousands of values unimportant
    departures are significant.

    References
    ----------
    Shapiro, Wilk (1965), doi:10.1093/biomet/52.3-4.591. Royston (1995), Algorithm AS R94,
    doi:10.2307/2986146.

    Checked against R 4.2 ``shapiro.test`` (tests/reference/statistics) and SciPy.
    """
    one = sample(x, name=names[0], minimum=3)
    if one.n > _SHAPIRO_LIMIT:
        raise TooLarge(
            N_(
                "{name}: Shapiro-Wilk is defined for at most {limit} values; there are {n}. "
                "Use jarque-bera for long series."
            ),
            name=one.name,
            limit=_SHAPIRO_LIMIT,
            n=one.n,
        )
    seen = _shape(one)
    departure = _departure(np.sort(one.values), _weights(one.n))
    return _result(
        one,
        seen,
        test="shapiro-wilk",
        statistic=1 - departure,
        symbol="W",
        p=_royston(departure, one.n),
        method="Royston (1995)",
        reference="Shapiro, Wilk (1965), doi:10.1093/biomet/52.3-4.591; Royston (1995), doi:10.2307/2986146",
    )


def jarque_bera(x: ArrayLike, *, names: Sequence[str] = ("x",)) -> TestResult:
    """Test normality by skewness and kurtosis; linear in the number of values.

    Parameters
    ----------
    x : array-like of shape (n,)
        Values in any unit; missing ones are dropped.
    names : sequence of str

    Returns
    -------
    TestResult
        The statistic, at least 0, chi-square with 2 degrees of freedom for long samples;
        estimates of skewness and excess kurtosis.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite, NotNumeric

    Notes
    -----
    Null hypothesis: a normal distribution with any mean and spread. The chi-square law is
    approached slowly: below some hundred values the p-value is too large on average. Daily
    returns practically always reject, by their extreme days.

    References
    ----------
    Jarque, Bera (1987), doi:10.2307/1403192.

    Checked against R tseries ``jarque.bera.test`` (tests/reference/statistics).
    """
    one = sample(x, name=names[0], minimum=4)
    seen = _shape(one)
    statistic = one.n * (seen.skewness**2 / 6 + seen.excess_kurtosis**2 / 24)
    return _result(
        one,
        seen,
        test="jarque-bera",
        statistic=statistic,
        symbol="JB",
        df=2.0,
        p=tails.chi_square(statistic, 2),
        method="asymptotic",
        reference="Jarque, Bera (1987), doi:10.2307/1403192",
        cautions=remarks.small_sample(one.n, _LONG),
    )


def _shape(one: Sample) -> Shape:
    found = shape(one.values)
    if found is None:
        raise ConstantSeries(
            N_("{name}: all values are equal, so the question has no answer."), name=one.name
        )
    return found


def _weights(n: int) -> FloatArray:
    """Return the positive half of Royston's weights, largest first."""
    if n == 3:
        return np.array([math.sqrt(0.5)])
    expected = -special.ndtri((np.arange(1, n // 2 + 1) - 0.375) / (n + 0.25))
    squares = 2 * float(expected @ expected)
    root, u = math.sqrt(squares), 1 / math.sqrt(n)
    ends = [expected[0] / root + polyval(u, [0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056])]
    if n > 5:
        ends.append(expected[1] / root + polyval(u, [0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633]))
    k = len(ends)
    inner = squares - 2 * float(expected[:k] @ expected[:k])
    rest = math.sqrt(inner / (1 - 2 * sum(end**2 for end in ends)))
    return np.concatenate([ends, expected[k:] / rest])


def _departure(ordered: FloatArray, weights: FloatArray) -> float:
    """Return 1 - W, computed as such: near normality W itself would lose the digits."""
    half = weights.size
    full = np.concatenate([-weights, np.zeros(ordered.size - 2 * half), weights[::-1]])
    centred = ordered - ordered.mean()
    centred /= np.abs(centred).max()
    product = math.sqrt(float(full @ full) * float(centred @ centred))
    along = float(full @ centred)
    return (product - along) * (product + along) / product**2


def _royston(departure: float, n: int) -> float:
    if n == 3:
        # Exact; the distance of W from its smallest value 3/4 decides.
        return max(0.0, 6 / math.pi * (math.asin(math.sqrt(1 - departure)) - math.asin(math.sqrt(0.75))))
    y, log_n = math.log(max(departure, 1e-300)), math.log(n)
    if n <= 11:
        bound = polyval(n, [-2.273, 0.459])
        if y >= bound:
            return 0.0
        y = -math.log(bound - y)
        mean = polyval(n, [0.544, -0.39978, 0.025054, -6.714e-4])
        spread = math.exp(polyval(n, [1.3822, -0.77857, 0.062767, -0.0020322]))
    else:
        mean = polyval(log_n, [-1.5861, -0.31082, -0.083751, 0.0038915])
        spread = math.exp(polyval(log_n, [-0.4803, -0.082676, 0.0030302]))
    return tails.normal(float((y - mean) / spread), "greater")


def _result(
    one: Sample,
    seen: Shape,
    *,
    test: str,
    statistic: float,
    symbol: str,
    p: float,
    method: str,
    reference: str,
    df: float | None = None,
    cautions: tuple[Caution, ...] = (),
) -> TestResult:
    p, tiny = tails.representable(p)
    skewness, excess = seen.skewness, seen.excess_kurtosis
    return TestResult(
        test=test,
        statistic=statistic,
        statistic_name=symbol,
        df=df,
        p_value=p,
        method=method,
        n=one.n,
        n_dropped=one.n_dropped,
        samples=(one.size(),),
        estimate={"skewness": skewness, "excess_kurtosis": excess},
        assumptions=(remarks.independence(),),
        warnings=(*tiny, *cautions),
        null=readings.null(one.name),
        reading=readings.normality(p=p, name=one.name, n=one.n, skewness=skewness, excess_kurtosis=excess),
        reference=reference,
    )
