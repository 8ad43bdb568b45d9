"""What must hold for every series: scale, shift, nesting, and a past that does not move."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boursa.analytics import forecasting
from boursa.analytics.series import TimeSeries, time_series

MODELS = ("naive", "drift", "theta", "ets")
QUICK = settings(max_examples=12, deadline=None)  # each example fits a model ten times


def _series(seed: int, n: int = 90) -> TimeSeries:
    rng = np.random.default_rng(seed)
    y = 100 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.02))
    days = np.busday_offset("2020-01-01", np.arange(n), roll="forward")
    return time_series(days.astype("datetime64[s]"), y, name="y")


def _with(series: TimeSeries, y: np.ndarray) -> TimeSeries:
    return TimeSeries(series.ds, y, series.name)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100))
def test_forecasts_change_currency_with_the_series(model: str, seed: int, factor: float) -> None:
    """In cents every number is a hundred times that in euros; ratios stay."""
    series = _series(seed)
    one = forecasting.forecast(series, model=model, horizon=5)
    other = forecasting.forecast(_with(series, series.y * factor), model=model, horizon=5)
    # The optimisers of theta and ETS amplify the rounding of the logarithms.
    tolerance = 1e-9 if model in ("naive", "drift") else 1e-4
    np.testing.assert_allclose(other.mean, np.multiply(one.mean, factor), rtol=tolerance)
    if model in ("naive", "drift"):
        for left, right in zip(one.intervals, other.intervals, strict=True):
            np.testing.assert_allclose(right.low, np.multiply(left.low, factor), rtol=1e-9)
            np.testing.assert_allclose(right.high, np.multiply(left.high, factor), rtol=1e-9)


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=st.integers(0, 10_000), shift=st.floats(-50, 1000))
def test_differences_do_not_see_the_level(model: str, seed: int, shift: float) -> None:
    """Adding a constant to a series changes none of its differences."""
    series = _series(seed)
    one = forecasting.forecast(series, model=model, horizon=4, target="difference")
    other = forecasting.forecast(_with(series, series.y + shift), model=model, horizon=4, target="difference")
    # Rounding of y + shift moves the differences by 1e-13; an optimiser may amplify it.
    scale = np.abs(np.diff(series.y)).mean()
    np.testing.assert_allclose(
        other.mean, one.mean, atol=(1e-9 if model in ("naive", "drift") else 0.02) * scale
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(11, 160), horizon=st.integers(1, 12), trend=st.floats(-1, 1)
)
def test_forecast_arrow_verdict_and_advice_never_contradict_each_other(
    seed: int, n: int, horizon: int, trend: float
) -> None:
    """With auto: what is shown is what is advised, and its coverage is the one that is quoted."""
    series = _series(seed, n)
    series = _with(series, series.y * np.exp(0.02 * trend * np.arange(n)))
    found = forecasting.study(series, horizon=min(horizon, n - 10))
    verdict = found.verdict
    assert found.chosen == found.forecast.model == verdict.recommended
    assert verdict.recommended in (verdict.model, "naive")
    by_name = {one.model: one for one in found.backtests}
    assert verdict.skill == by_name[verdict.model].skill
    whole = [row for row in by_name[found.chosen].coverage if row.horizon is None]
    assert verdict.coverage == (whole[-1].measured if whole else None)
    if found.chosen != "naive":
        assert verdict.skill >= 0.01
    if verdict.independent < 5:
        assert {one.dm_p_value for one in found.backtests} == {None}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("target", ["price", "return"])
@QUICK
@given(seed=st.integers(0, 10_000))
def test_intervals_are_nested_and_widen(model: str, target: str, seed: int) -> None:
    """80 within 95, the point within both, never narrower at a longer step."""
    found = forecasting.forecast(_series(seed), model=model, horizon=8, levels=(50, 80, 95), target=target)
    lows, highs = (np.array([getattr(one, key) for one in found.intervals]) for key in ("low", "high"))
    assert lows.shape == (3, 8)
    slack = 1e-12 * np.abs(highs).max()
    assert (np.diff(lows, axis=0) <= slack).all()
    assert (np.diff(highs, axis=0) >= -slack).all()
    assert (np.diff(highs - lows, axis=1) >= -slack).all()
    assert (lows <= np.array(found.mean) + slack).all()
    assert (np.array(found.mean) <= highs + slack).all()


@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(seed=st.integers(0, 10_000), back=st.integers(1, 25), jump=st.floats(0.5, 2))
def test_the_past_does_not_move_when_the_future_changes(
    model: str, seed: int, back: int, jump: float
) -> None:
    """Rows with an earlier cutoff stay to the last digit, intervals included, whatever comes later."""
    series = _series(seed)
    changed = series.y.copy()
    changed[-back:] *= jump + np.linspace(0, 1, back)
    before = forecasting.backtest(series, model=model, horizon=5)
    after = forecasting.backtest(_with(series, changed), model=model, horizon=5)
    first_changed = series.ds[-back]
    compared = 0
    for one, other in zip(before.rows, after.rows, strict=True):
        if one.cutoff < first_changed:
            assert (one.cutoff, one.ds, one.mean) == (other.cutoff, other.ds, other.mean)
            assert dict(one.low) == dict(other.low)
            assert dict(one.high) == dict(other.high)
            compared += 1
    assert compared > 0
