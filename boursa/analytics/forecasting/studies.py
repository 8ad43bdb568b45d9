"""The whole answer in one go: forecast, naive beside it, every candidate's backtest, verdict.

Which forecast is shown and which one is advised follows the rule in `verdict`, so that forecast,
arrow, sentence and advice cannot contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boursa.analytics.forecasting.ahead import ahead
from boursa.analytics.forecasting.catalogue import AUTO, NAIVE, candidates, find
from boursa.analytics.forecasting.cautions import few_judged
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

    `forecast` is that of the `chosen` model, which is the one that is shown: with ``auto`` always the
    `verdict.recommended` one, else the one that the person named (`selected` false). `naive` stands
    beside it with intervals of its own. `backtests` has one entry for each candidate, without single
    rows; `verdict.model` is the rival of naive that was judged. `verdict` states the rule.
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


def study_on(course: Course, model: str, progress: Progress | None, kind: str = "unknown") -> ForecastStudy:
    """Return the study of the series on `course`; `kind` is what its values are."""
    runs = race(course, model, progress)
    backtests = {name: judge(one, runs[NAIVE], course) for name, one in runs.items()}
    verdict = rule(runs, backtests, course, model, kind)
    chosen = shown(model, verdict)
    ahead_of = {name: ahead(runs[name], course, backtests[name].coverage) for name in {chosen, NAIVE}}
    return ForecastStudy(
        unique_id=course.working.name,
        target=course.working.target,
        freq=course.freq,
        season=course.plan.season,
        horizon=course.plan.horizon,
        n=course.working.values.size,
        chosen=chosen,
        selected=model == AUTO,
        forecast=ahead_of[chosen],
        naive=ahead_of[NAIVE],
        backtests=tuple(backtests.values()),
        verdict=verdict,
        warnings=(*ahead_of[chosen].warnings, *few_judged(course)),
    )


def forecast_on(course: Course, model: str, progress: Progress | None) -> Forecast:
    """Return the forecast that the study of `course` would show."""
    runs = race(course, model, progress, only=True)
    if model == AUTO:
        rival = rival_of(runs, course, model)
        backtests = {name: judge(runs[name], runs[NAIVE], course) for name in (NAIVE, rival)}
        model = rule(runs, backtests, course, AUTO).recommended
    return ahead(runs[model], course, judge(runs[model], runs[NAIVE], course).coverage)


def backtest_on(course: Course, model: str, progress: Progress | None) -> Backtest:
    """Return the evaluation of `model`, or with ``auto`` of the rival that a study would judge."""
    runs = race(course, model, progress, only=True)
    judged = rival_of(runs, course, AUTO) if model == AUTO else model
    return judge(runs[judged], runs[NAIVE], course, rows=True)


def rule(
    runs: Mapping[str, Run],
    backtests: Mapping[str, Backtest],
    course: Course,
    model: str,
    kind: str = "unknown",
) -> Verdict:
    """Return the verdict on the rival of naive, when `model` was asked for."""
    rival = rival_of(runs, course, model)
    return decide(
        backtests[rival],
        backtests[NAIVE],
        course.plan.independent,
        asked=model,
        led=_earlier_error(runs[rival], course) < _earlier_error(runs[NAIVE], course),
        kind=kind,
        target=course.working.target,
    )


def shown(model: str, verdict: Verdict) -> str:
    """Return the model whose forecast is shown when `model` was asked for."""
    return verdict.recommended if model == AUTO else model


def rival_of(runs: Mapping[str, Run], course: Course, model: str) -> str:
    """Return the named model, or the best one on the earlier origins, naive aside."""
    if model not in (AUTO, NAIVE):
        return model
    return choose({name: one for name, one in runs.items() if name != NAIVE}, course)


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
    return min(runs, key=lambda name: _earlier_error(runs[name], course))


def _earlier_error(one: Run, course: Course) -> float:
    plan = course.plan
    ends = plan.origins[:, None] + np.arange(1, plan.horizon + 1)
    known = ends <= plan.origins[plan.judged]
    return float(np.abs(one.errors[known]).mean())


def _accept(model: str, course: Course) -> None:
    if find(model).seasonal and course.plan.season == 1:
        raise OptionUnknown(
            N_("The model “{model}” needs a season of at least 2 steps; say how long it is."), model=model
        )


def _part(progress: Progress | None, place: int, total: int, name: str) -> Callable[[float], None]:
    if progress is None:
        return lambda _: None
    return lambda fraction: progress((place + fraction) / total, name)
