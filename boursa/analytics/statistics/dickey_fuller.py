"""The augmented Dickey-Fuller regression: estimation and choice of the number of lags."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from boursa.analytics.series import FloatArray
from boursa.analytics.statistics.least_squares import Factor, factorise

# The number of deterministic terms.
TERMS = {"n": 0, "c": 1, "ct": 2}


@dataclass(frozen=True)
class Estimate:
    """The t ratio of the lagged level, the largest root, and the observations of the regression."""

    statistic: float
    root: float
    n_used: int


def estimate(levels: FloatArray, lags: int, regression: str) -> Estimate:
    """Return the regression with `lags` lagged differences, on all observations that it can use.

    Raises
    ------
    Undefined
        If the series is so regular that the regression has no solution or no residual.
    """
    factor = _factor(levels, lags, regression)
    slope, error = factor.coefficient(TERMS[regression])
    return Estimate(slope / error, 1 + slope, factor.rows)


def choose_lags(levels: FloatArray, most: int, regression: str, criterion: str) -> int:
    """Return the number of lags from 0 to `most` with the smallest AIC or BIC, on one sample."""
    factor = _factor(levels, most, regression)
    base = TERMS[regression] + 1
    squares = np.maximum(factor.residual_squares()[base:], np.finfo(float).tiny)
    parameters = base + np.arange(most + 1)
    price = 2.0 if criterion == "aic" else math.log(factor.rows)
    return int(np.argmin(factor.rows * np.log(squares) + price * parameters))


def _factor(levels: FloatArray, lags: int, regression: str) -> Factor:
    """Factorise deterministic terms, the lagged level, differences 1, 2, ... steps back, the difference."""
    # The constant absorbs the level's own mean: removing it first keeps the digits.
    scale = float(np.abs(levels - levels.mean()).max())
    centred = levels / scale if regression == "n" else (levels - levels.mean()) / scale
    changes = np.diff(levels) / scale
    rows = changes.size - lags

    def block(start: int, stop: int) -> FloatArray:
        matrix = np.empty((stop - start, TERMS[regression] + lags + 2), order="F")
        if regression != "n":
            matrix[:, 0] = 1.0
        if regression == "ct":
            matrix[:, 1] = (np.arange(start, stop) - rows / 2) / rows
        first = TERMS[regression]
        matrix[:, first] = centred[start + lags : stop + lags]
        for lag in range(1, lags + 1):
            matrix[:, first + lag] = changes[start + lags - lag : stop + lags - lag]
        matrix[:, -1] = changes[start + lags : stop + lags]
        return matrix

    return factorise(block, rows)
