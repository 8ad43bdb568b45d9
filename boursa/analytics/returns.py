"""From prices to returns, and how many periods make a year."""

from __future__ import annotations

import numpy as np

from boursa.analytics.series import FloatArray
from boursa.errors import InputError, OptionUnknown
from boursa.language import N_

# Trading days, not calendar days: 252 is the convention for stocks, B and D differ on purpose.
PERIODS_PER_YEAR = {"h": 24 * 365, "D": 365, "B": 252, "W": 52, "M": 12, "Q": 4, "Y": 1}


def simple_returns(prices: FloatArray) -> FloatArray:
    """Return ``p[t] / p[t-1] - 1``.

    Parameters
    ----------
    prices : ndarray of shape (n,)
        Positive and finite, in time order.

    Returns
    -------
    ndarray of shape (n - 1,)
        Fractions: 0.01 is 1 %.

    Raises
    ------
    InputError
        If a price is zero or negative.

    Examples
    --------
    >>> simple_returns(np.array([100.0, 101.0, 99.99])).round(6).tolist()
    [0.01, -0.01]
    """
    _positive(prices)
    return prices[1:] / prices[:-1] - 1


def log_returns(prices: FloatArray) -> FloatArray:
    """Return ``ln(p[t] / p[t-1])``, which add up over time.

    Parameters
    ----------
    prices : ndarray of shape (n,)
        Positive and finite, in time order.

    Returns
    -------
    ndarray of shape (n - 1,)
        Natural logarithms: 0.01 is about 1 %.

    Raises
    ------
    InputError
        If a price is zero or negative.
    """
    _positive(prices)
    return np.diff(np.log(prices))


def periods_per_year(freq: str) -> int:
    """Return how many periods of frequency `freq` (h D B W M Q Y) make a year.

    Raises
    ------
    OptionUnknown
        If the letter is not one of these.
    """
    if freq not in PERIODS_PER_YEAR:
        raise OptionUnknown(
            N_("There is no frequency “{freq}”; there are {known}."),
            freq=freq,
            known=" ".join(PERIODS_PER_YEAR),
        )
    return PERIODS_PER_YEAR[freq]


def _positive(prices: FloatArray) -> None:
    if prices.size and prices.min() <= 0:
        raise InputError(
            N_("Returns need positive prices; the smallest value is {value}."), value=float(prices.min())
        )
