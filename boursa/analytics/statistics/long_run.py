"""The KPSS statistic: detrending, the width of the window, the long-run variance."""

from __future__ import annotations

import numpy as np

from boursa.analytics.series import FloatArray
from boursa.analytics.statistics.autocovariance import autocovariances
from boursa.analytics.statistics.options import one_of
from boursa.errors import OptionUnknown, Undefined
from boursa.language import N_


def detrended(values: FloatArray, regression: str) -> FloatArray:
    """Return the residuals around the mean or the trend line, their largest scaled to one."""
    residuals: FloatArray = values - values.mean()
    spread = float(np.abs(residuals).max())
    if regression == "ct":
        time = np.arange(values.size) - (values.size - 1) / 2
        residuals = residuals - time * (float(time @ residuals) / float(time @ time))
    largest = float(np.abs(residuals).max())
    if largest <= 1e-13 * max(spread, float(np.abs(values).max())):
        raise Undefined(N_("The series lies on a straight line: nothing is left to be tested."))
    return residuals / largest


def window(residuals: FloatArray, lags: int | str) -> int:
    """Return the width of the Bartlett window: a number, or the rule ``short``, ``long`` or ``auto``."""
    n = residuals.size
    if isinstance(lags, str):
        one_of("lags", lags, ("short", "long", "auto"))
        if lags == "auto":
            return _hobijn(residuals)
        return min(n - 1, int({"short": 4, "long": 12}[lags] * (n / 100) ** 0.25))
    if not 0 <= lags < n:
        raise OptionUnknown(
            N_("lags must be at least 0 and below the number of observations ({n}); {lags} is not."),
            lags=lags,
            n=n,
        )
    return lags


def _hobijn(residuals: FloatArray) -> int:
    """Return the window width of Hobijn, Franses and Ooms for the Bartlett kernel."""
    n = residuals.size
    sums = autocovariances(residuals, min(n - 1, int(n ** (2 / 9))))
    k = np.arange(1, sums.size)
    level = float(sums[0] + 2 * sums[1:].sum())
    slope = float(2 * (k * sums[1:]).sum())
    width = 1.1447 * ((slope / level) ** 2) ** (1 / 3) * n ** (1 / 3) if level else 0.0
    return min(n - 1, int(width))


def eta(residuals: FloatArray, width: int) -> float:
    """Return the KPSS statistic: squared partial sums over the long-run variance."""
    n = residuals.size
    sums = autocovariances(residuals, width)
    weights = 1 - np.arange(1, width + 1) / (width + 1)
    long_run = float(sums[0] + 2 * (weights @ sums[1:])) / n
    if long_run <= 1e-14 * float(sums[0]) / n:
        raise Undefined(N_("The long-run variance is zero at this number of lags: choose fewer lags."))
    partial = np.cumsum(residuals)
    return float(partial @ partial) / n**2 / long_run
