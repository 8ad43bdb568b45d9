"""The shape of one sample beside a normal law: histogram and quantile plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from boursa.analytics.figures import thinning
from boursa.analytics.readings import figures as readings
from boursa.analytics.results import _Plain
from boursa.analytics.series import FloatArray, sample
from boursa.language import Text

MOST_BINS = 60
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Histogram(_Plain):
    """`counts` of k bins between k + 1 `edges`; `normal` is what a normal law would have put there."""

    kind: str = "histogram"
    edges: Sequence[float]
    counts: Sequence[int]
    normal: Sequence[float]
    n: int
    unit: str
    summary: Text


@dataclass(frozen=True, kw_only=True)
class QQ(_Plain):
    """`sample` against `theoretical` standard normal quantiles, with a line and a band in its unit."""

    kind: str = "qq"
    theoretical: Sequence[float]
    sample: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    slope: float
    intercept: float
    n: int
    shown: int
    level: float
    unit: str
    summary: Text


def histogram(moves: ArrayLike, *, most: int = MOST_BINS, unit: str = "fraction") -> Histogram:
    """Return the counts of equal bins over the whole range, beside those of a normal law.

    Parameters
    ----------
    moves : array-like of shape (n,)
        At least 3 values, not all equal; NaN is left out.
    most : int
        The most bins.
    unit : str
        ``fraction``, ``difference`` or ``value``.

    Returns
    -------
    Histogram
        Bins as wide as Freedman and Diaconis advise, ``2 IQR / n^(1/3)``; Sturges' number of them where the
        middle half is one value. The counts sum to n. `normal` (expected counts of a normal law of the same
        mean and standard deviation) sums to a little less: its tails go on beyond the edges.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite

    Notes
    -----
    One value far away stretches every bin: what looks like a single column may be a faulty value.

    References
    ----------
    Freedman, Diaconis (1981), On the histogram as a density estimator, doi:10.1007/BF01025868

    Checked against ``numpy.histogram_bin_edges(..., "fd")``, tests/unit/analytics/test_figures.py.
    """
    one = sample(moves, minimum=3)
    values, low, high = one.values, float(one.values.min()), float(one.values.max())
    first, third = (float(quartile) for quartile in np.percentile(values, [25, 75]))
    counts, edges = np.histogram(values, _bins(one.n, low, high, third - first, most), (low, high))
    mean, sd = _mean_and_sd(values)
    return Histogram(
        edges=edges.tolist(),
        counts=counts.tolist(),
        normal=thinning.short(one.n * np.diff(special.ndtr((edges - mean) / sd))),
        n=one.n,
        unit=unit,
        summary=readings.histogram(
            n=one.n,
            low=low,
            high=high,
            quartiles=(first, third),
            beyond=float((np.abs(values - mean) > 3 * sd).mean()),
            normal=float(2 * special.ndtr(-3.0)),
            unit=unit,
        ),
    )


def qq(moves: ArrayLike, *, points: int = 200, unit: str = "fraction") -> QQ:
    """Return the normal quantile plot of a sample, with the band that a normal sample would keep to.

    Parameters
    ----------
    moves : array-like of shape (n,)
        At least 3 values, not all equal; NaN is left out.
    points : int
        The most points, at least 8.
    unit : str
        ``fraction``, ``difference`` or ``value``.

    Returns
    -------
    QQ
        `theoretical` are standard normal quantiles at Blom's positions ``(i - 3/8) / (n + 1/4)``. The line
        has the sample's standard deviation as slope and its mean as intercept: the same normal law as in
        `histogram`. `low` and `high` hold each order statistic of a normal sample with probability 0.95
        (beta quantiles of its rank). Of more than `points` values a quarter
        of the points are the lowest ones, a quarter the highest ones, one by one; the rest are evenly spaced
        between in `theoretical`.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite

    Notes
    -----
    The band is pointwise: of a normal sample's points, about one in twenty may lie outside, and neighbours
    leave it together. Mean and standard deviation are those of the sample, which makes it a little wide.

    References
    ----------
    Blom (1958), Statistical Estimates and Transformed Beta-Variables, Wiley. David, Nagaraja (2003), Order
    Statistics, 3rd ed., section 2.1, doi:10.1002/0471722162

    Checked against ``scipy.stats.beta.ppf`` and simulated samples, tests/unit/analytics/test_figures.py.
    """
    one = sample(moves, minimum=3)
    ranks = thinning.ranks(one.n, points)
    mean, sd = _mean_and_sd(one.values)
    ordered = np.sort(one.values)[ranks - 1]
    theoretical = special.ndtri((ranks - 0.375) / (one.n + 0.25))
    low, high = _band(ranks, one.n)
    expected = mean + sd * theoretical
    outside = int(((ordered < mean + sd * low) | (ordered > mean + sd * high)).sum())
    return QQ(
        theoretical=thinning.short(theoretical),
        sample=ordered.tolist(),
        low=(mean + sd * low).tolist(),
        high=(mean + sd * high).tolist(),
        slope=sd,
        intercept=mean,
        n=one.n,
        shown=ranks.size,
        level=LEVEL,
        unit=unit,
        summary=readings.qq(
            n=one.n,
            low=(float(ordered[0]), float(expected[0])),
            high=(float(ordered[-1]), float(expected[-1])),
            outside=outside,
            shown=ranks.size,
            unit=unit,
        ),
    )


def _bins(n: int, low: float, high: float, iqr: float, most: int) -> int:
    width = 2 * iqr / n ** (1 / 3)
    wanted = (high - low) / width if width > 0 else math.log2(n) + 1
    # Two numbers can be neighbours among the doubles: there are no edges between them.
    apart = (high - low) / float(np.spacing(max(abs(low), abs(high)))) / 2
    return max(1, math.ceil(min(wanted, apart, most)))


def _mean_and_sd(values: FloatArray) -> tuple[float, float]:
    mean = float(values.mean())
    centred = values - mean
    scale = float(np.abs(centred).max())  # squares of tiny and of huge values leave the range of a double
    return mean, scale * float((centred / scale).std(ddof=1))


def _band(ranks: thinning.Places, n: int) -> tuple[FloatArray, FloatArray]:
    """Return the central interval of each order statistic of n standard normal values."""
    outer = (1 - LEVEL) / 2
    low = special.ndtri(special.betaincinv(ranks, n + 1 - ranks, outer))
    # By symmetry: near one a probability has fewer digits than near zero.
    high = -special.ndtri(special.betaincinv(n + 1 - ranks, ranks, outer))
    return low, high
