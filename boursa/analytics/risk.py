"""Volatility: how large the moves are, whatever their direction."""

from __future__ import annotations

import numpy as np
from scipy import signal

from boursa.analytics.returns import periods_per_year
from boursa.analytics.series import FloatArray
from boursa.errors import OptionUnknown, TooFewObservations
from boursa.language import N_

RISKMETRICS_DECAY = 0.94  # RiskMetrics' value for daily data


def ewma_vol(returns: FloatArray, *, decay: float = RISKMETRICS_DECAY, warm_up: int = 20) -> FloatArray:
    """Return the exponentially weighted volatility after each return.

    ``s2[t] = decay * s2[t-1] + (1 - decay) * r[t]**2``; the mean is taken to be zero, as it is
    negligible beside daily moves.

    Parameters
    ----------
    returns : ndarray of shape (n,)
        Finite fractions per period, in time order.
    decay : float
        Between 0 and 1; 0.94 is RiskMetrics' choice for daily data.
    warm_up : int
        The recursion starts from the mean square of so many first returns; before their end the
        value is the mean square so far, so that no value has seen a later return.

    Returns
    -------
    ndarray of shape (n,)
        Volatility per period (not annualised); the forecast for the next period.

    References
    ----------
    J.P. Morgan/Reuters (1996), RiskMetrics Technical Document, 4th ed., chapter 5.

    Checked against the recursion written out, and pandas' ewm (tests/unit/analytics).
    """
    if not 0 < decay < 1:
        raise OptionUnknown(N_("decay must lie between 0 and 1, not {value}."), value=decay)
    if returns.size == 0:
        raise TooFewObservations(N_("Volatility needs at least one return."))
    squares = returns**2
    start = min(warm_up, squares.size)
    early = np.cumsum(squares[:start]) / np.arange(1, start + 1)
    later, _ = signal.lfilter([1 - decay], [1, -decay], squares[start:], zi=[decay * early[-1]])
    return np.asarray(np.sqrt(np.concatenate([early, later])))


def rolling_vol(returns: FloatArray, window: int) -> FloatArray:
    """Return the sample standard deviation of the last `window` returns.

    Parameters
    ----------
    returns : ndarray of shape (n,)
        Finite fractions per period, in time order.
    window : int
        At least 2.

    Returns
    -------
    ndarray of shape (n,)
        Per period; NaN before the window is full.
    """
    if window < 2 or window > returns.size:
        raise TooFewObservations(
            N_("A rolling volatility over {window} returns is not possible; there are {n}."),
            window=window,
            n=returns.size,
        )
    views = np.lib.stride_tricks.sliding_window_view(returns, window)
    return np.concatenate([np.full(window - 1, np.nan), views.std(axis=1, ddof=1)])


def annualised(vol: FloatArray, freq: str) -> FloatArray:
    """Return volatility per year from volatility per period of frequency `freq`.

    Notes
    -----
    The square-root rule holds for returns without memory; trending or mean-reverting returns
    break it.
    """
    return np.asarray(vol * np.sqrt(periods_per_year(freq)))


def vol_annual(returns: FloatArray, freq: str) -> float:
    """Return the annualised sample volatility of `returns`, a fraction (0.2 is 20 % a year)."""
    if returns.size < 2:
        raise TooFewObservations(N_("Volatility needs at least two returns."))
    return float(annualised(returns.std(ddof=1), freq))


def ewma_vol_annual(returns: FloatArray, freq: str, *, decay: float = RISKMETRICS_DECAY) -> float:
    """Return the annualised EWMA volatility at the end of `returns`, a fraction."""
    return float(annualised(ewma_vol(returns, decay=decay)[-1], freq))
