"""Are two forecasts equally accurate? Diebold and Mariano's test with its small-sample correction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from boursa.analytics.series import FloatArray
from boursa.errors import InputError, OptionUnknown, TooFewObservations, Undefined
from boursa.language import N_

ALTERNATIVES = ("two-sided", "less", "greater")


@dataclass(frozen=True)
class Comparison:
    """The outcome: a negative statistic favours the first forecast; `df` of Student's t.

    `variance` says which long-run variance was used, ``rectangular`` or ``bartlett``.
    """

    statistic: float
    p_value: float
    df: int
    n: int
    horizon: int
    variance: str


def diebold_mariano(
    first: FloatArray,
    second: FloatArray,
    *,
    horizon: int = 1,
    power: int = 2,
    alternative: str = "two-sided",
) -> Comparison:
    """Compare the forecast errors of two models at one horizon.

    Parameters
    ----------
    first, second : ndarray of shape (n,)
        Forecast errors at the same moments, in time order, one step apart; no NaN.
    horizon : int
        Steps ahead; errors of h-step forecasts overlap and are correlated up to lag h - 1.
    power : {1, 2}
        Of the loss: absolute or squared error.
    alternative : {"two-sided", "less", "greater"}
        ``less``: the first forecast is more accurate.

    Raises
    ------
    OptionUnknown, InputError, TooFewObservations
    Undefined
        If the losses never differ, or always by the same amount.

    Notes
    -----
    Null hypothesis: the expected losses are equal. See `compare_losses`.

    References
    ----------
    Diebold & Mariano (1995), doi:10.1080/07350015.1995.10524599; Harvey, Leybourne & Newbold
    (1997), doi:10.1016/S0169-2070(96)00719-4.

    Checked against R forecast 8.20 `dm.test` (tests/reference/forecasting).
    """
    if power not in (1, 2):
        raise OptionUnknown(N_("power must be 1 or 2, not {value}."), value=power)
    if first.shape != second.shape:
        raise InputError(
            N_("The two error series must have the same length; they have {first} and {second}."),
            first=first.size,
            second=second.size,
        )
    losses = np.abs(first) ** power - np.abs(second) ** power
    return compare_losses(losses, horizon=horizon, alternative=alternative)


def compare_losses(losses: FloatArray, *, horizon: int = 1, alternative: str = "two-sided") -> Comparison:
    """Test whether the mean of loss differences (first minus second) is zero.

    Notes
    -----
    The long-run variance sums the autocovariances up to lag h - 1 with equal weights, as
    Diebold and Mariano do. In small samples that sum can be negative or zero; then
    Bartlett's weights are used, which cannot give a negative variance (R's `dm.test` falls back
    to h = 1 there, which forgets the overlap and rejects too often). `variance` says so.

    It misleads when the models are nested and their parameters are estimated (the true size is
    then below the nominal one) and when h is large against n (it rejects too often).
    """
    if alternative not in ALTERNATIVES:
        raise OptionUnknown(N_("alternative must be one of {known}."), known=", ".join(ALTERNATIVES))
    n = losses.size
    correction = _correction(n, horizon)
    centred = losses - losses.mean()
    covariances = np.array([centred[lag:] @ centred[: n - lag] for lag in range(horizon)]) / n
    scale = float(np.max(np.abs(losses), initial=0.0))
    if covariances[0] <= (1e-14 * scale) ** 2:
        raise Undefined(
            N_("The two forecasts err by the same amount everywhere: there is nothing to compare.")
        )
    variance, kind = covariances[0] + 2 * covariances[1:].sum(), "rectangular"
    if variance <= 0:
        weights = 1 - np.arange(1, horizon) / horizon
        variance, kind = covariances[0] + 2 * weights @ covariances[1:], "bartlett"
    statistic = float(losses.mean() / np.sqrt(variance / n) * correction)
    return Comparison(statistic, _p_value(statistic, n - 1, alternative), n - 1, n, horizon, kind)


def _correction(n: int, horizon: int) -> float:
    if horizon < 1:
        raise OptionUnknown(N_("horizon must be at least 1, not {value}."), value=horizon)
    inside = (n + 1 - 2 * horizon + horizon * (horizon - 1) / n) / n if n else 0.0
    if n < 2 or horizon >= n or inside <= 0:
        raise TooFewObservations(
            N_("{n} pairs of errors are too few to compare forecasts {horizon} steps ahead."),
            n=n,
            horizon=horizon,
        )
    return float(np.sqrt(inside))


def _p_value(statistic: float, df: int, alternative: str) -> float:
    if alternative == "two-sided":
        return float(2 * special.stdtr(df, -abs(statistic)))
    return float(special.stdtr(df, statistic if alternative == "less" else -statistic))
