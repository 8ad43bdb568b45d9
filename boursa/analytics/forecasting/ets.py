"""Exponential smoothing in state space form (ETS) with automatic choice, by statsforecast."""

from __future__ import annotations

from typing import Any

import numpy as np

from boursa.analytics.forecasting.origins import IntArray, window
from boursa.analytics.series import FloatArray

# A state holds the whole season, and the optimiser searches all of it: beyond this the search
# takes minutes and finds noise. R's ets() refuses there too.
LONGEST_SEASON = 24


def forecast(y: FloatArray, horizon: int, season: int) -> FloatArray:
    """Return the point forecast of the exponential smoothing model that AICc prefers.

    Parameters
    ----------
    y : ndarray of shape (n,)
        Finite values in time order, at least eight; any unit. Only the last 1,000 are used.
    horizon : int
        How many steps ahead.
    season : int
        Steps in a season; above 24 the seasonal forms are not tried.

    Returns
    -------
    ndarray of shape (horizon,)
        In the unit of `y`.

    Notes
    -----
    The library's simplex stops after 1,000 steps, so with a season (17 numbers to search) the
    likelihood can stay short of R's. A search that reaches it forecast M3 no better.

    Only forms with additive errors are tried (no trend, trend, damped trend; with and without
    a season): positive series arrive here as logarithms, where an additive form is a
    multiplicative one.

    References
    ----------
    Hyndman, Koehler, Snyder & Grose (2002), A state space framework for automatic forecasting
    using exponential smoothing methods, doi:10.1016/S0169-2070(01)00110-8.

    Checked against R forecast 8.20 `ets` (tests/reference/forecasting) and published M3 figures.
    """
    return from_origins(y, np.array([y.size]), horizon, season).ravel()


def from_origins(y: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """Return the forecasts from ``y[:origin]`` for each origin, shape (origins, horizon).

    Form, parameters and initial state are estimated once, on what precedes the first origin; the
    state at a later origin is the recursion's, which has read nothing beyond that origin.
    """
    from statsforecast import ets  # slow: more than two seconds of CPU, so only its users pay

    library: Any = ets  # it ships py.typed without types
    start, first = window(origins)
    # Counted from the first value, the search starts near its goal and answers alike at every level
    # of the series (sMAPE on logarithms of 301 M3 series: 13.1 instead of 13.4).
    values = y[start : origins[-1]] - y[start]
    known = values[: first - start]
    if known.min() == known.max():  # nothing to estimate on a flat stretch: the level is the forecast
        return np.repeat(y[origins - 1][:, None], horizon, axis=1)
    steps = season if season <= LONGEST_SEASON else 1
    with np.errstate(all="ignore"):  # the criterion divides by zero for forms too large for the data
        model = library.ets_f(known, steps, model="AZZ" if steps > 1 else "AZN")
        run = library.forward_ets(model, values)
    states = run["states"]
    means = [
        library.forecast_ets({**run, "states": states[: n + 1]}, horizon)["mean"] for n in origins - start
    ]
    paths: FloatArray = np.asarray(means, dtype=np.float64) + y[start]
    return paths
