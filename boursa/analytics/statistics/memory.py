"""Tests of memory: whether the past of a series says something about what comes next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from boursa.analytics.readings import memory as readings
from boursa.analytics.results import Effect, TestResult
from boursa.analytics.series import sample
from boursa.analytics.statistics import remarks, tails
from boursa.analytics.statistics.autocovariance import autocovariances
from boursa.errors import OptionUnknown, TooFewObservations
from boursa.language import N_


def ljung_box(
    x: ArrayLike, *, lags: int | None = None, fitted_parameters: int = 0, names: Sequence[str] = ("x",)
) -> TestResult:
    """Test whether the first autocorrelations of a series are all zero.

    Parameters
    ----------
    x : array-like of shape (n,)
        Values in time order, in any unit; missing ones are dropped and the gaps closed.
    lags : int, optional
        How many autocorrelations are tested together; by default 10, or n // 5 where that is less.
    fitted_parameters : int
        The number of ARMA parameters of the model that `x` are the residuals of.
    names : sequence of str

    Returns
    -------
    TestResult
        Q, chi-square with ``lags - fitted_parameters`` degrees of freedom; the autocorrelations
        from lag 1 in `estimate`; the effect is the one largest in absolute value.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite, NotNumeric, OptionUnknown

    Notes
    -----
    Null hypothesis: no autocorrelation up to `lags`. Changing volatility makes it reject too
    often; not rejecting does not mean independence.

    References
    ----------
    Ljung, Box (1978), doi:10.1093/biomet/65.2.297.

    Checked against R 4.2 ``Box.test`` (tests/reference/statistics).
    """
    one = sample(x, name=names[0], minimum=5)
    n = one.n
    lags = max(1, min(10, n // 5)) if lags is None else lags
    _check(one.name, n, lags, fitted_parameters)
    deviations = one.values - one.values.mean()
    deviations /= np.abs(deviations).max()
    sums = autocovariances(deviations, lags)
    correlations = sums[1:] / sums[0]
    statistic = float(n * (n + 2) * (correlations**2 / (n - np.arange(1, lags + 1))).sum())
    df = lags - fitted_parameters
    p, tiny = tails.representable(tails.chi_square(statistic, df))
    strongest = int(np.argmax(np.abs(correlations)))
    largest = float(correlations[strongest])
    return TestResult(
        test="ljung-box",
        statistic=statistic,
        statistic_name="Q",
        df=float(df),
        p_value=p,
        method=f"asymptotic, {lags} lags",
        n=n,
        n_dropped=one.n_dropped,
        samples=(one.size(),),
        estimate={"lags": lags, "autocorrelations": correlations.tolist(), "strongest_lag": strongest + 1},
        effect=Effect(name="largest autocorrelation", value=largest),
        assumptions=(remarks.constant_variance(),),
        warnings=(*tiny, *remarks.gaps_closed(one)),
        null=readings.ljung_box_null(one.name, lags),
        reading=readings.ljung_box(p=p, name=one.name, lags=lags, lag=strongest + 1, autocorrelation=largest),
        reference="Ljung, Box (1978), doi:10.1093/biomet/65.2.297",
    )


def _check(name: str, n: int, lags: int, fitted_parameters: int) -> None:
    if lags < 1 or fitted_parameters < 0 or lags <= fitted_parameters:
        raise OptionUnknown(
            N_("lags ({lags}) must be at least 1 and more than fitted_parameters ({fitted})."),
            lags=lags,
            fitted=fitted_parameters,
        )
    if lags >= n:
        raise TooFewObservations(
            N_("{name}: {lags} lags need more than {lags} observations; there are {n}."),
            name=name,
            lags=lags,
            n=n,
        )
