"""The whole answer in one go: forecast, naive beside it, every candidate's backtest, verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boursa.analytics.forecasting.ahead import ahead
from boursa.analytics.forecasting.catalogue import AUTO, NAIVE, candidates, find
from boursa.analytics.forecasting.course import Course, Run, run
from boursa.analytics.forecasting.evaluation import judge
from boursa.analytics.forecasting.verdict import Verdict, decide
from boursa.analytics.results import Backtest, Caution, Forecast, _Plain
from boursa.errors import OptionUnknown
from boursa.language import N_

Progress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class ForecastStudy(_Plain):
    """The study of one series.

    `forecast` is that of the `chosen` model, `naive` stands beside it with intervals of its own;
    `backtests` has one entry for each candidate, without single rows; `selected` says whether
    the model was chosen by its errors on the earlier origins or by the person.
    """

    unique_id: str
    target: str
    freq: str
    season: int
    horizon: int
    n: int
    chosen: str
    selected: bool
    forecast: Forecast
    naive: Forecast
    backtests: Sequence[Backtest]
    verdict: Verdict
    warnings: Sequence[Caution] = ()


def study_on(course: Course, model: str, progress: Progress | None) -> ForecastStudy:
    """Return the study of the series on `course`."""
    runs = race(course, model, progress)
    chosen = model if model != AUTO else choose(runs, course)
    rival = chosen if chosen != NAIVE else choose(_without_naive(runs), course)
    backtests = {name: judge(one, runs[NAIVE], course) for name, one in runs.items()}
    forecast = ahead(runs[chosen], course)
    return ForecastStudy(
        unique_id=course.working.name,
        target=course.working.target,
        freq=course.freq,
        season=course.plan.season,
        horizon=course.plan.horizon,
        n=course.working.values.size,
        chosen=chosen,
        selected=model == AUTO,
        forecast=forecast,
        naive=forecast if chosen == NAIVE else ahead(runs[NAIVE], course),
        backtests=tuple(backtests.values()),
        verdict=decide(backtests[rival], backtests[NAIVE], course.plan.independent),
        warnings=forecast.warnings,
    )


def race(course: Course, model: str, progress: Progress | None, *, only: bool = False) -> Mapping[str, Run]:
    """Run the candidates (and `model`, if it is none of them) over the course.

    With `only`, a named model runs with nothing but the naive one beside it.
    """
    names = [one.name for one in candidates(course.plan.season)]
    if model != AUTO:
        _accept(model, course)
        names = [NAIVE, model] if only else [*names, model]
    names = list(dict.fromkeys(names))
    runs = {}
    for place, name in enumerate(names):
        runs[name] = run(name, course, _part(progress, place, len(names), name))
    if progress:
        progress(1.0, "")
    return runs


def choose(runs: Mapping[str, Run], course: Course) -> str:
    """Return the model with the least mean absolute error on what was known before the judging.

    Only errors whose outcome was known at the first judged origin count, so the judged
    forecasts have no say. At equality the first, simplest one wins.
    """
    plan = course.plan
    ends = plan.origins[:, None] + np.arange(1, plan.horizon + 1)
    known = ends <= plan.origins[plan.judged]
    return min(runs, key=lambda name: float(np.abs(runs[name].errors[known]).mean()))


def _without_naive(runs: Mapping[str, Run]) -> Mapping[str, Run]:
    return {name: one for name, one in runs.items() if name != NAIVE}


def _accept(model: str, course: Course) -> None:
    if find(model).seasonal and course.plan.season == 1:
        raise OptionUnknown(
            N_("The model “{model}” needs a season of at least 2 steps; say how long it is."), model=model
        )


def _part(progress: Progress | None, place: int, total: int, name: str) -> Callable[[float], None]:
    if progress is None:
        return lambda _: None
    return lambda fraction: progress((place + fraction) / total, name)
