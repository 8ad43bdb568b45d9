"""How far forecasts were from what came: MASE, sMAPE, RMSE, MAE."""

from __future__ import annotations

import numpy as np

from boursa.analytics.results import Accuracy
from boursa.analytics.series import FloatArray


def accuracy(
    actual: FloatArray,
    forecast: FloatArray,
    *,
    scale: float,
    actual_unit: FloatArray,
    forecast_unit: FloatArray,
) -> Accuracy:
    """Return the accuracy over all pairs.

    Parameters
    ----------
    actual, forecast : ndarray, any equal shape
        On the working scale (logarithms for positive prices: MAE 0.01 is about 1 %).
    scale : float
        The mean absolute error of the one-step (seasonal) naive forecast in the first training
        window, for MASE; zero gives None.
    actual_unit, forecast_unit : ndarray, the same shape
        In the unit of y, for sMAPE.

    Returns
    -------
    Accuracy
        MASE is a ratio (below 1: better than the naive one-step error), sMAPE is in percent
        from 0 to 200, RMSE and MAE are on the working scale.

    References
    ----------
    Hyndman & Koehler (2006), Another look at measures of forecast accuracy,
    doi:10.1016/j.ijforecast.2006.03.001.
    """
    errors = actual - forecast
    mae = float(np.mean(np.abs(errors)))
    return Accuracy(
        mase=mae / scale if scale > 0 else None,
        smape=smape(actual_unit, forecast_unit),
        rmse=float(np.sqrt(np.mean(errors**2))),
        mae=mae,
        n=errors.size,
    )


def smape(actual: FloatArray, forecast: FloatArray) -> float | None:
    """Return the symmetric mean absolute percentage error of the M3 and M4 competitions.

    The mean of ``200 |y - f| / (|y| + |f|)``, in percent; None when some pair is zero on both
    sides or the values change sign, where the measure means nothing.

    References
    ----------
    Makridakis & Hibon (2000), The M3-Competition, doi:10.1016/S0169-2070(00)00057-1.
    """
    if actual.size == 0 or actual.min() <= 0 or forecast.min() <= 0:
        return None
    return float(np.mean(200 * np.abs(actual - forecast) / (np.abs(actual) + np.abs(forecast))))


def naive_scale(y: FloatArray, season: int, changes: bool) -> float:
    """Return the in-sample mean absolute error of the one-step (seasonal) naive forecast of `y`.

    Of a series of changes the naive forecast is zero.
    """
    if changes:
        return float(np.mean(np.abs(y)))
    lag = season if y.size > season else 1
    return float(np.mean(np.abs(y[lag:] - y[:-lag])))


def skill(mae: float, mae_naive: float) -> float:
    """Return ``1 - MAE / MAE of naive``: 0.1 is 10 % less error; NaN where naive made none."""
    return 1 - mae / mae_naive if mae_naive > 0 else float("nan")
