"""Rolling-origin evaluation: what a model would have said, beside what naive would have said.

The first half of the origins gives the intervals their first scores and lets ``auto`` choose;
accuracy, coverage and the comparison with naive are computed on the second half only, for
every model alike. So the choice of a model cannot flatter its judgement.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import special

from boursa.analytics.forecasting import conformal
from boursa.analytics.forecasting.accuracy import accuracy, naive_scale, skill
from boursa.analytics.forecasting.cautions import FEWEST_FOR_ANY, coverage_off, few_judged, interval_cautions
from boursa.analytics.forecasting.comparison import Comparison, compare_losses
from boursa.analytics.forecasting.course import Course, Run
from boursa.analytics.results import Accuracy, Backtest, BacktestRow, Coverage
from boursa.analytics.series import FloatArray
from boursa.errors import TooFewObservations, Undefined

CONFIDENCE = 0.95


def judge(one: Run, naive: Run, course: Course, *, rows: bool = False) -> Backtest:
    """Return the evaluation of `one` beside `naive` on the judged origins.

    Parameters
    ----------
    one, naive : Run
        On the same course.
    rows : bool
        Whether to keep every single forecast (origins times horizon of them).

    Notes
    -----
    MAE, RMSE and MASE are on the working scale: for positive prices that of logarithms, where
    0.01 is about 1 %; sMAPE and interval widths are in the unit of y. The Diebold-Mariano test
    compares, origin by origin, the mean squared error over all steps; overlapping horizons
    count as ``horizon / step`` lags. There is no p-value where fewer than five judged
    forecasts do not overlap; a caution says so.
    """
    band = conformal.rolling(one.errors, course.plan, course.scale, course.levels)
    low, high = conformal.bounds(course.working, one.points[course.judged], band.half)
    own, rival = _accuracy(one, course), _accuracy(naive, course)
    rated = one.model != naive.model
    test = compare(one, naive, course) if rated else None
    coverage = tuple(_coverages(course, low, high))
    cautions = (*interval_cautions(band, low), *coverage_off(one.model, coverage, course))
    return Backtest(
        unique_id=course.working.name,
        model=one.model,
        horizon=course.plan.horizon,
        origins=course.plan.complete - course.plan.judged,
        step=course.plan.step,
        accuracy=own,
        naive=rival,
        skill=skill(own.mae, rival.mae),
        dm_statistic=test.statistic if test else None,
        dm_p_value=test.p_value if test else None,
        coverage=coverage,
        rows=tuple(_rows(one, course, low, high)) if rows else (),
        warnings=(*course.working.cautions, *cautions, *(few_judged(course) if rated else ())),
        target=course.working.target,
    )


def compare(one: Run, other: Run, course: Course) -> Comparison | None:
    """Return the Diebold-Mariano comparison over all steps, or None where there is none.

    There is none between errors that are the same everywhere, nor where fewer than
    `FEWEST_FOR_ANY` judged forecasts do not overlap.
    """
    if course.plan.independent < FEWEST_FOR_ANY:
        return None
    losses = (one.errors**2 - other.errors**2)[course.judged].mean(axis=1)
    overlap = math.ceil(course.plan.horizon / course.plan.step)
    try:
        return compare_losses(losses, horizon=overlap)
    except (TooFewObservations, Undefined):
        return None


def _accuracy(one: Run, course: Course) -> Accuracy:
    working = course.working
    actual, points = course.actual[course.judged], one.points[course.judged]
    first_window = working.values[: int(course.plan.origins[0])]
    return accuracy(
        actual,
        points,
        scale=naive_scale(first_window, course.plan.season, working.changes),
        actual_unit=working.unit(actual),
        forecast_unit=working.unit(points),
    )


def _coverages(course: Course, low: FloatArray, high: FloatArray) -> Iterator[Coverage]:
    actual = course.working.unit(course.actual[course.judged])
    for index, level in enumerate(course.levels):
        known = np.isfinite(low[index])
        inside = (low[index] <= actual) & (actual <= high[index])
        width = high[index] - low[index]
        for step in range(course.plan.horizon):
            column = known[:, step]
            if column.any():
                yield _coverage(level, step + 1, inside[column, step], width[column, step], course, column)
        if known.any():
            yield _coverage(level, None, inside[known], width[known], course, known.any(axis=1))


def _coverage(
    level: int,
    horizon: int | None,
    inside: FloatArray,
    width: FloatArray,
    course: Course,
    used: FloatArray,
) -> Coverage:
    # Forecasts whose horizons overlap share their surprises: the interval of the coverage counts
    # only as many as do not overlap (origins times step, divided by the horizon).
    overlap = max(1.0, (horizon or course.plan.horizon) / course.plan.step)
    measured = float(inside.mean())
    ci_low, ci_high = wilson(measured, float(used.sum()) / overlap)
    return Coverage(
        level=level,
        horizon=horizon,
        measured=measured,
        ci_low=ci_low,
        ci_high=ci_high,
        width=float(width.mean()),
        n=int(inside.size),
    )


def wilson(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % confidence interval of a share observed on `n` independent cases.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    z = float(special.ndtri(0.5 + CONFIDENCE / 2))
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def _rows(one: Run, course: Course, low: FloatArray, high: FloatArray) -> Iterator[BacktestRow]:
    working, plan = course.working, course.plan
    actual, mean = working.unit(course.actual), working.unit(one.points)
    for place, index in enumerate(range(plan.judged, plan.complete)):
        origin = int(plan.origins[index])
        for step in range(plan.horizon):
            known = [i for i in range(len(course.levels)) if np.isfinite(low[i, place, step])]
            yield BacktestRow(
                cutoff=working.ds[origin - 1],
                ds=working.ds[origin + step],
                y=float(actual[index, step]),
                mean=float(mean[index, step]),
                low={course.levels[i]: float(low[i, place, step]) for i in known},
                high={course.levels[i]: float(high[i, place, step]) for i in known},
            )
