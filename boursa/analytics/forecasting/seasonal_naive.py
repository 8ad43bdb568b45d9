"""The seasonal naive forecast: next January is like last January."""

from __future__ import annotations

import numpy as np

from boursa.analytics.forecasting.origins import IntArray
from boursa.analytics.series import FloatArray


def forecast(y: FloatArray, horizon: int, season: int) -> FloatArray:
    """Return the last `season` values, repeated over the horizon.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Finite values in time order, at least `season` of them; any unit.
    horizon : int
        How many steps ahead.
    season : int
        Steps in a season; 1 gives the naive forecast.

    Returns
    -------
    ndarray of shape (horizon,)
        In the unit of `y`.

    Notes
    -----
    Checked against R forecast 8.20 `snaive` (tests/reference/forecasting).
    """
    return from_origins(y, np.array([y.size]), horizon, season).ravel()


def from_origins(y: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """Return the forecasts from ``y[:origin]`` for each origin, shape (origins, horizon)."""
    back = season - np.arange(horizon) % season
    paths: FloatArray = y[origins[:, None] - back]
    return paths
