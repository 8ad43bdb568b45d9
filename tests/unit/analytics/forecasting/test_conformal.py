"""Calibrated intervals: the rank that is taken, what is known when, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from boursa.analytics.forecasting import conformal, origins, targets
from boursa.analytics.series import TimeSeries


def _plan(count: int, horizon: int, n: int) -> origins.Plan:
    starts = np.arange(n - count, n, dtype=np.int64)
    complete = count - horizon + 1
    return origins.Plan(starts, horizon, 1, 1, complete, complete // 2)


def _errors(plan: origins.Plan, n: int, seed: int = 0) -> np.ndarray:
    errors = np.random.default_rng(seed).normal(size=(plan.origins.size, plan.horizon))
    errors *= np.sqrt(np.arange(1, plan.horizon + 1))
    return np.where(plan.origins[:, None] + np.arange(plan.horizon) < n, errors, np.nan)


def test_the_half_width_is_the_conformal_rank_of_the_known_scores() -> None:
    """Of 99 scores the 95 % width is the 95th smallest: ceil(100 * 0.95)."""
    plan = _plan(99, 1, 200)
    errors = np.random.default_rng(1).permutation(np.arange(1.0, 100.0))[:, None]
    band = conformal.final(errors, plan, np.ones(99), 1.0, (50, 80, 95), 200)
    assert band.half.ravel().tolist() == [50.0, 80.0, 95.0]
    assert not band.pooled.any()


@pytest.mark.parametrize(("count", "pooled"), [(18, True), (19, False)])
def test_ninety_five_percent_needs_nineteen_scores(count: int, pooled: bool) -> None:
    """With fewer the step is marked as an approximation."""
    plan = _plan(count, 1, 60)
    band = conformal.final(_errors(plan, 60), plan, np.ones(count), 1.0, (80, 95), 60)
    assert band.pooled.ravel().tolist() == [False, pooled]


@pytest.mark.parametrize(("count", "given"), [(4, False), (5, True)])
def test_fewer_than_five_scores_give_no_interval(count: int, given: bool) -> None:
    """No band is better than a false one."""
    plan = _plan(count, 1, 60)
    band = conformal.final(_errors(plan, 60), plan, np.ones(count), 1.0, (80,), 60)
    assert bool(np.isfinite(band.half).all()) is given


def test_an_approximated_interval_is_wider_than_the_measured_one_would_be() -> None:
    """Caution has a price: from 12 scores the 95 % band exceeds the normal one of the true error."""
    plan = _plan(12, 1, 60)
    widths = [
        conformal.final(_errors(plan, 60, seed), plan, np.ones(12), 1.0, (95,), 60).half[0, 0]
        for seed in range(200)
    ]
    assert np.mean(widths) > 1.96


def test_a_judged_origin_uses_only_targets_that_were_known_there() -> None:
    """Errors whose target lies at or after the origin can be anything."""
    n, plan = 200, _plan(120, 5, 200)
    errors = _errors(plan, n)
    before = conformal.rolling(errors, plan, np.ones(120), (80, 95)).half
    for place in (0, 20, 40):
        origin = plan.origins[plan.judged + place]
        unknown = plan.origins[:, None] + np.arange(1, 6) > origin
        changed = np.where(unknown, 1e6, errors)
        after = conformal.rolling(changed, plan, np.ones(120), (80, 95)).half
        np.testing.assert_array_equal(after[:, place], before[:, place])


def test_the_last_known_target_is_used() -> None:
    """Nothing known is wasted: the error of the value just before the origin counts."""
    n, plan = 200, _plan(120, 1, 200)
    errors = np.ones((120, 1))
    place = 30
    last_known = plan.judged + place - 1
    errors[last_known] = 50.0
    half = conformal.rolling(errors, plan, np.ones(120), (99,)).half[0, :, 0]
    assert half[place - 1] < 3 < half[place]
    assert n == plan.origins[-1] + 1


def test_intervals_widen_with_the_horizon_and_with_the_level() -> None:
    """Even where errors at a longer step happened to be smaller."""
    plan = _plan(60, 6, 100)
    errors = _errors(plan, 100)[:, ::-1]
    errors = np.where(np.isnan(errors), 1.0, errors)
    half = conformal.rolling(errors, plan, np.ones(60), (50, 80, 95)).half
    assert (np.diff(half, axis=2) >= 0).all()
    assert (np.diff(half, axis=0) >= 0).all()


def test_independent_errors_are_covered_at_the_nominal_level() -> None:
    """The promise itself: 300 series of normal errors, 80 % and 95 % within three standard errors."""
    plan, hits = _plan(60, 1, 100), []
    for seed in range(300):
        errors = _errors(plan, 100, seed)
        half = conformal.rolling(errors, plan, np.ones(60), (80, 95)).half[:, -1, 0]
        hits.append(np.abs(errors[plan.complete - 1, 0]) <= half)
    measured = np.mean(hits, axis=0)
    expected = np.array([0.80, 0.95])
    # The exact level of a rank is a little above nominal: ceil(60 * level) / 60.
    assert (np.abs(measured - expected) < 3 * np.sqrt(expected * (1 - expected) / 300) + 1 / 60).all()


def test_the_scale_follows_volatility_on_daily_data_only() -> None:
    """After a turbulent month the daily scale is up; on monthly data it is one."""
    rng = np.random.default_rng(5)
    moves = np.concatenate([rng.normal(0, 0.01, 300), rng.normal(0, 0.04, 30)])
    y = 100 * np.exp(np.cumsum(moves))
    days = np.arange("2020-01-01", 330, dtype="datetime64[D]").astype("datetime64[s]")
    working = targets.prepare(TimeSeries(days, y, "y"), "price")
    calm, turbulent = conformal.local_scale(working, "B", np.array([300, 330]))
    assert turbulent > 2 * calm
    assert conformal.local_scale(working, "M", np.array([300, 330])).tolist() == [1.0, 1.0]


def test_bounds_of_a_falling_forecast_do_not_narrow_in_the_unit_of_y() -> None:
    """On logarithms a constant half-width narrows when the price falls; the band must not."""
    working = targets.Working("y", "price", np.array([]), np.array([0.0]), log=True, changes=False)
    mean = np.log(np.array([100.0, 50.0, 10.0]))
    low, high = conformal.bounds(working, mean, np.array([[0.1] * 3, [0.2] * 3]))
    assert (np.diff(high - low, axis=1) >= 0).all()
    assert (low > 0).all()
    assert (low[1] <= low[0]).all()
    assert (high[1] >= high[0]).all()
    assert ((low <= np.exp(mean)) & (np.exp(mean) <= high)).all()
