"""Returns and volatility against hand arithmetic and pandas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from boursa.analytics import returns, risk
from boursa.errors import InputError, OptionUnknown, TooFewObservations

MOVES = np.random.default_rng(11).normal(0, 0.01, 300)


def test_returns_by_hand() -> None:
    """100, 110, 99: up ten percent, down ten percent."""
    prices = np.array([100.0, 110.0, 99.0])
    np.testing.assert_allclose(returns.simple_returns(prices), [0.1, -0.1])
    np.testing.assert_allclose(returns.log_returns(prices), [math.log(1.1), math.log(0.9)])


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_returns_need_positive_prices(bad: float) -> None:
    """A price of zero has no return after it."""
    for function in (returns.simple_returns, returns.log_returns):
        with pytest.raises(InputError):
            function(np.array([1.0, bad, 2.0]))


def test_ewma_is_the_recursion_of_riskmetrics() -> None:
    """Written out: s2 = 0.94 s2 + 0.06 r2 from the mean square of the first twenty."""
    squared = float(np.mean(MOVES[:20] ** 2))
    for move in MOVES[20:]:
        squared = 0.94 * squared + 0.06 * move**2
    assert risk.ewma_vol(MOVES)[-1] == pytest.approx(math.sqrt(squared), rel=1e-12)


def test_ewma_agrees_with_pandas_once_the_start_is_forgotten() -> None:
    """After 280 steps the start weighs 3e-8."""
    expected = np.sqrt(pd.Series(MOVES**2).ewm(alpha=0.06, adjust=False).mean().to_numpy())
    np.testing.assert_allclose(risk.ewma_vol(MOVES)[-1], expected[-1], rtol=1e-6)


def test_ewma_reads_no_later_return() -> None:
    """Also in the warm-up, values stay when the future changes."""
    before = risk.ewma_vol(MOVES)
    for cut in (1, 5, 20, 150):
        changed = MOVES.copy()
        changed[cut:] = 9.0
        np.testing.assert_allclose(risk.ewma_vol(changed)[:cut], before[:cut], rtol=1e-12)


def test_rolling_volatility_is_that_of_pandas() -> None:
    """Including the undefined beginning."""
    expected = pd.Series(MOVES).rolling(21).std().to_numpy()
    np.testing.assert_allclose(risk.rolling_vol(MOVES, 21), expected, rtol=1e-9)


def test_a_year_has_252_trading_days() -> None:
    """One percent a day is 15.87 % a year; months make twelve."""
    assert float(risk.annualised(np.float64(0.01), "B")) == pytest.approx(0.158745, abs=1e-6)
    assert returns.periods_per_year("M") == 12
    assert risk.vol_annual(MOVES, "B") == pytest.approx(MOVES.std(ddof=1) * math.sqrt(252))
    assert risk.ewma_vol_annual(MOVES, "B") == pytest.approx(risk.ewma_vol(MOVES)[-1] * math.sqrt(252))


def test_wrong_requests_are_refused() -> None:
    """Unknown frequency, impossible decay, nothing to measure."""
    with pytest.raises(OptionUnknown):
        returns.periods_per_year("fortnight")
    with pytest.raises(OptionUnknown):
        risk.ewma_vol(MOVES, decay=1.0)
    with pytest.raises(TooFewObservations):
        risk.ewma_vol(MOVES[:0])
    with pytest.raises(TooFewObservations):
        risk.rolling_vol(MOVES[:5], 6)
    with pytest.raises(TooFewObservations):
        risk.vol_annual(MOVES[:1], "B")
