"""The forecast itself: from the end of the series, with intervals from the backtest's errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boursa.analytics.forecasting import calendar, conformal, origins
from boursa.analytics.forecasting.cautions import coverage_off, interval_cautions
from boursa.analytics.forecasting.conformal import Band
from boursa.analytics.forecasting.course import Course, Run
from boursa.analytics.results import Coverage, Forecast, Interval
from boursa.analytics.series import FloatArray


def ahead(one: Run, course: Course, coverage: Sequence[Coverage]) -> Forecast:
    """Return the forecast of a model from the end of the series.

    Parameters are estimated on everything up to the end (at most the last 1,000 values); the
    intervals use the errors of all past origins, judged or not. `coverage` is what was measured on the
    judged ones: where it is far from its level, a caution says so.
    """
    plan, working = course.plan, course.working
    n = working.values.size
    mean = origins.point(one.model, working, plan.horizon, plan.season)
    band = conformal.final(one.errors, plan, course.scale, course.now, course.levels, n)
    low, high = conformal.bounds(working, mean, band.half)
    cautions = (*interval_cautions(band, low), *coverage_off(one.model, coverage, course))
    return Forecast(
        unique_id=working.name,
        model=one.model,
        target=working.target,
        ds=tuple(calendar.following(working.ds, plan.horizon, course.freq)),
        mean=tuple(working.unit(mean).tolist()),
        intervals=_intervals(band, low, high),
        n=n,
        warnings=(*working.cautions, *cautions),
    )


# A level that lacks a bound at one step is left out whole: an interval with holes cannot be drawn.
def _intervals(band: Band, low: FloatArray, high: FloatArray) -> tuple[Interval, ...]:
    return tuple(
        Interval(
            level=level,
            low=tuple(low[index].tolist()),
            high=tuple(high[index].tolist()),
            basis=tuple(np.where(band.pooled[index], "pooled", "horizon").tolist()),
        )
        for index, level in enumerate(band.levels)
        if np.isfinite(low[index]).all()
    )
