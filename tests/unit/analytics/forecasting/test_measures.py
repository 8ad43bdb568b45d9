"""Accuracy and comparison: values that can be checked by hand, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from boursa.analytics.forecasting.accuracy import accuracy, naive_scale, skill, smape
from boursa.analytics.forecasting.comparison import compare_losses, diebold_mariano
from boursa.analytics.forecasting.evaluation import wilson
from boursa.errors import InputError, OptionUnknown, TooFewObservations, Undefined


def test_accuracy_of_four_forecasts_by_hand() -> None:
    """Errors 1, -1, 3, -3: MAE 2, RMSE root of 5, MASE 2 / 4."""
    actual, forecast = np.array([2.0, 3.0, 7.0, 5.0]), np.array([1.0, 4.0, 4.0, 8.0])
    found = accuracy(actual, forecast, scale=4.0, actual_unit=actual, forecast_unit=forecast)
    assert (found.mae, found.mase, found.n) == (2.0, 0.5, 4)
    assert found.rmse == pytest.approx(5**0.5)
    assert found.smape == pytest.approx(200 * (1 / 3 + 1 / 7 + 3 / 11 + 3 / 13) / 4)


def test_smape_says_nothing_about_values_that_change_sign() -> None:
    """Around zero the measure explodes: None instead of a number."""
    assert smape(np.array([1.0, -1.0]), np.array([1.0, 1.0])) is None


def test_the_scale_of_mase() -> None:
    """One step, one season, and zero as the naive forecast of changes."""
    y = np.array([1.0, 3.0, 2.0, 6.0])
    assert naive_scale(y, 1, changes=False) == pytest.approx((2 + 1 + 4) / 3)
    assert naive_scale(y, 2, changes=False) == pytest.approx((1 + 3) / 2)
    assert naive_scale(y, 1, changes=True) == 3.0


def test_skill_is_the_share_of_error_saved() -> None:
    """A quarter less error is 0.25; no naive error leaves nothing to save."""
    assert skill(3.0, 4.0) == 0.25
    assert np.isnan(skill(1.0, 0.0))


def test_wilson_interval_of_a_textbook() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    low, high = wilson(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_swapping_the_models_turns_the_statistic_around() -> None:
    """The two-sided p-value stays, the sign changes."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=50), 1.3 * rng.normal(size=50)
    one, other = diebold_mariano(a, b, horizon=2), diebold_mariano(b, a, horizon=2)
    assert one.statistic == pytest.approx(-other.statistic)
    assert one.p_value == pytest.approx(other.p_value)


@pytest.mark.parametrize(
    ("n", "horizon", "kind"), [(1, 1, TooFewObservations), (5, 5, TooFewObservations), (20, 0, OptionUnknown)]
)
def test_too_few_errors_for_the_horizon_are_refused(n: int, horizon: int, kind: type[Exception]) -> None:
    """No p-value from a correction that has lost its meaning."""
    with pytest.raises(kind):
        compare_losses(np.random.default_rng(1).normal(size=n), horizon=horizon)


@pytest.mark.parametrize("horizon", [1, 4])
def test_equal_errors_cannot_be_compared(horizon: int) -> None:
    """A model compared with itself has no p-value."""
    errors = np.random.default_rng(2).normal(size=30)
    with pytest.raises(Undefined):
        diebold_mariano(errors, errors, horizon=horizon)


def test_wrong_options_are_refused() -> None:
    """Power, alternative and lengths are checked."""
    errors = np.ones(10)
    with pytest.raises(OptionUnknown):
        diebold_mariano(errors, errors, power=3)
    with pytest.raises(OptionUnknown):
        compare_losses(errors, alternative="bigger")
    with pytest.raises(InputError):
        diebold_mariano(errors, errors[:5])
