"""The origins: bounded, in order, never on the same weekday only."""

from __future__ import annotations

import math

import numpy as np
import pytest

from boursa.analytics.forecasting import origins


@pytest.mark.parametrize("season", [1, 4, 12])
@pytest.mark.parametrize("horizon", [1, 5, 20])
@pytest.mark.parametrize("n", [60, 200, 1000, 5000])
def test_a_plan_keeps_its_promises(n: int, horizon: int, season: int) -> None:
    """Increasing origins up to the end, the last complete one with its whole horizon inside."""
    plan = origins.plan(n, horizon, season)
    assert (np.diff(plan.origins) == plan.step).all()
    assert plan.origins[0] >= origins.training_minimum(season)
    assert plan.origins[plan.complete - 1] + horizon == n
    assert plan.origins[-1] < n
    assert n - plan.origins[-1] <= plan.step
    assert 0 < plan.judged < plan.complete <= origins.MAX_ORIGINS + 1
    if plan.step > 1:
        assert math.gcd(plan.step, 5 * 7 * season) == 1


def test_outcomes_beyond_the_end_are_missing() -> None:
    """The last origin knows one value only."""
    plan = origins.plan(30, 3, 1)
    found = origins.outcomes(np.arange(30.0), plan)
    assert found[0].tolist() == [plan.origins[0] + step for step in range(3)]
    assert np.isnan(found[-1]).tolist() == [False, True, True]


def test_independent_forecasts_do_not_overlap() -> None:
    """With step one and horizon ten, a tenth of the origins counts."""
    plan = origins.plan(300, 10, 1)
    assert plan.step == 1
    assert plan.independent == pytest.approx((plan.complete - plan.judged) / 10)


@pytest.mark.parametrize("season", [1, 4, 12])
@pytest.mark.parametrize("horizon", [1, 7, 31])
def test_as_many_values_as_are_said_to_be_needed_are_enough(horizon: int, season: int) -> None:
    """And every number above it: a long horizon shortens the first window, it leaves two origins."""
    needed = origins.needed(horizon, season)
    for n in range(needed, needed + 80):
        plan = origins.plan(n, horizon, season)
        assert plan.complete >= 2
        assert origins.training_minimum(season) <= plan.origins[0]
        assert plan.origins[plan.complete - 1] + horizon == n
