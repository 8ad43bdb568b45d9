"""The random walk with drift: the straight line from the first value through the last one."""

from __future__ import annotations

import numpy as np

from boursa.analytics.forecasting.origins import IntArray
from boursa.analytics.series import FloatArray


def forecast(y: FloatArray, horizon: int, season: int) -> FloatArray:
    """Return the last value plus the mean past change for each step.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Finite values in time order, at least two; any unit.
    horizon : int
        How many steps ahead.
    season : int
        Not used.

    Returns
    -------
    ndarray of shape (horizon,)
        In the unit of `y`.

    Notes
    -----
    The mean change depends on the first and the last value only, so one strange end moves it.
    Checked against R forecast 8.20 `rwf(drift = TRUE)` (tests/reference/forecasting).
    """
    return from_origins(y, np.array([y.size]), horizon, season).ravel()


def from_origins(y: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:  # noqa: ARG001 - one signature
    """Return the forecasts from ``y[:origin]`` for each origin, shape (origins, horizon)."""
    last = y[origins - 1]
    slope = (last - y[0]) / (origins - 1)
    paths: FloatArray = last[:, None] + slope[:, None] * np.arange(1, horizon + 1)
    return paths
