"""The course that all models of one forecast run: same values, same origins, same rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from boursa.analytics.forecasting import calendar, conformal, origins, targets
from boursa.analytics.forecasting.catalogue import find
from boursa.analytics.forecasting.origins import Plan
from boursa.analytics.forecasting.targets import Working
from boursa.analytics.series import FloatArray, TimeSeries
from boursa.errors import OptionUnknown
from boursa.language import N_

MAX_HORIZON = 250  # a trading year; beyond it a forecast of a price says nothing

Tick = Callable[[float], None]


@dataclass(frozen=True)
class Course:
    """Everything that is decided before a model is asked.

    `actual` is what came, shape (origins, horizon), NaN beyond the end; `scale` the local scale
    at each origin and `now` the one at the end of the series.
    """

    working: Working
    plan: Plan
    freq: str
    levels: tuple[int, ...]
    actual: FloatArray
    scale: FloatArray
    now: float

    @property
    def judged(self) -> slice:
        """The origins that accuracy, coverage and verdict are computed on."""
        return slice(self.plan.judged, self.plan.complete)


@dataclass(frozen=True)
class Run:
    """The point forecasts of one model at every origin, and their errors (actual minus forecast)."""

    model: str
    points: FloatArray
    errors: FloatArray


def lay(
    series: TimeSeries,
    *,
    horizon: int | None,
    levels: Sequence[int],
    season: int | None,
    freq: str | None,
    target: str,
) -> Course:
    """Check the request and return its course.

    Raises
    ------
    OptionUnknown
        If horizon, level, season, frequency or target is none.
    TooFewObservations, ConstantSeries, InputError
        If the series cannot be forecast; see `origins.plan` and `targets.prepare`.
    """
    letter = calendar.checked(freq) if freq else calendar.frequency(series.ds)
    steps_in_season = _season(season, letter)
    chosen_levels = _levels(levels)
    # The request is checked before the data: a wrong option is wrong for every file.
    fixed = None if horizon is None else _horizon(horizon)
    n = min(len(series) - (target != "price"), origins.MAX_OBSERVATIONS)
    steps = fixed or _default_horizon(n, letter, steps_in_season)
    plan = origins.plan(n, steps, steps_in_season, series.name)
    working = targets.prepare(series, target, letter).last(origins.MAX_OBSERVATIONS)
    if working.values.size != n:  # returns taken as they stand lose no first value
        n = working.values.size
        plan = origins.plan(n, steps, steps_in_season, series.name)
    at = np.append(plan.origins, n)
    scale = conformal.local_scale(working, letter, at)
    actual = origins.outcomes(working.values, plan)
    return Course(working, plan, letter, chosen_levels, actual, scale[:-1], float(scale[-1]))


def run(model: str, course: Course, tick: Tick = lambda _: None) -> Run:
    """Ask a model at every origin of the course."""
    points = origins.points(find(model).name, course.working, course.plan, tick)
    return Run(model, points, course.actual - points)


def _season(season: int | None, freq: str) -> int:
    if season is None:
        return calendar.SEASONS[freq]
    if season < 1:
        raise OptionUnknown(N_("season must be at least 1, not {value}."), value=season)
    return season


def _horizon(horizon: int) -> int:
    if not 1 <= horizon <= MAX_HORIZON:
        raise OptionUnknown(
            N_("The horizon must lie between 1 and {maximum} steps, not {value}."),
            maximum=MAX_HORIZON,
            value=horizon,
        )
    return horizon


def _levels(levels: Sequence[int]) -> tuple[int, ...]:
    for level in levels:
        if not (1 <= level <= 99 and int(level) == level):
            raise OptionUnknown(
                N_("An interval level is a whole number of percent from 1 to 99, not {value}."), value=level
            )
    return tuple(sorted({int(level) for level in levels}))


def _default_horizon(n: int, freq: str, season: int) -> int:
    room = (n - origins.training_minimum(season)) // 3
    return max(1, min(calendar.HORIZONS[freq], room))
