"""The naive forecast: tomorrow is like today. Every other model has to beat it."""

from __future__ import annotations

import numpy as np

from boursa.analytics.forecasting.origins import IntArray
from boursa.analytics.series import FloatArray


def forecast(y: FloatArray, horizon: int, season: int) -> FloatArray:  # noqa: ARG001 - one signature for all models
    """Return the last value, `horizon` times.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Finite values in time order; any unit.
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
    Checked against R forecast 8.20 `naive` (tests/reference/forecasting).
    """
    return np.repeat(y[-1], horizon)


def from_origins(y: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:  # noqa: ARG001 - same
    """Return the forecasts from ``y[:origin]`` for each origin, shape (origins, horizon)."""
    return np.repeat(y[origins - 1][:, None], horizon, axis=1)
