"""Rolling origins: from which moments of the past a model is asked to forecast.

An origin ``o`` means: the model sees ``y[:o]`` and forecasts ``y[o], ..., y[o + horizon - 1]``.
The origins go up to the last observation; those near the end have only the first steps to
compare with. Everything here is bounded: at most `MAX_OBSERVATIONS` values, `MAX_ORIGINS`
origins and `REFITS` estimations, whatever the length of the series.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boursa.analytics.forecasting.catalogue import load, load_rolling
from boursa.analytics.forecasting.targets import Working
from boursa.analytics.series import FloatArray
from boursa.errors import TooFewObservations
from boursa.language import N_

IntArray = NDArray[np.int64]

MAX_OBSERVATIONS = 5000  # twenty years of trading days; what is older is not looked at
MAX_ORIGINS = 500  # a 95 % quantile needs 19 scores that hardly overlap: 500 allow horizons beyond 20
REFITS = 10  # parameters are estimated anew ten times over the backtest
WINDOW = 1000  # and on the last thousand values: four years of trading days
FIRST_WINDOW = 500  # the longest first training window


@dataclass(frozen=True)
class Plan:
    """The origins of one backtest, the same for every model.

    `complete` counts the origins whose whole horizon is known (they come first), `judged` is the
    index of the first one that the verdict is based on: those before it choose the model and
    give the intervals their first scores.
    """

    origins: IntArray
    horizon: int
    season: int
    step: int
    complete: int
    judged: int

    @property
    def independent(self) -> float:
        """How many judged forecasts do not overlap: what the evidence is worth."""
        return (self.complete - self.judged) / max(1.0, self.horizon / self.step)


def training_minimum(season: int) -> int:
    """Return the length of the shortest training window."""
    return max(8, 2 * season + 2)


def needed(horizon: int, season: int) -> int:
    """Return how many observations a forecast of that horizon needs: two origins at least."""
    return training_minimum(season) + horizon + 1


def plan(n: int, horizon: int, season: int, name: str = "y") -> Plan:
    """Return the origins for a series of `n` observations.

    Raises
    ------
    TooFewObservations
        If there is no room for two origins; the sentence says how many values are needed.
    """
    if n < needed(horizon, season):
        raise TooFewObservations(
            N_("{name}: {horizon} steps ahead need at least {minimum} observations; there are {n}."),
            name=name,
            horizon=horizon,
            minimum=needed(horizon, season),
            n=n,
        )
    # A third of the series to learn from, or less where a long horizon leaves no room for two origins.
    first = max(training_minimum(season), min(n // 3, n - horizon - 1, FIRST_WINDOW))
    step = _step(n - horizon - first, season)
    last = n - horizon
    before = np.arange(last, first - 1, -step)[::-1]
    after = np.arange(last + step, n, step)
    complete = before.size
    judged = max(1, complete // 2)
    return Plan(np.concatenate([before, after]).astype(np.int64), horizon, season, step, complete, judged)


def _step(room: int, season: int) -> int:
    # A step that shares a divisor with the week or the season would always ask on the same day.
    step = max(1, math.ceil(room / MAX_ORIGINS))
    while step > 1 and math.gcd(step, 5 * 7 * max(season, 1)) > 1:
        step += 1
    return step


def window(origins: IntArray) -> tuple[int, int]:
    """Return the start of the estimation window of a block of origins, and its end."""
    first = int(origins[0])
    return max(0, first - WINDOW), first


def outcomes(y: FloatArray, plan: Plan) -> FloatArray:
    """Return what came, shape (origins, horizon); NaN where it is not known yet."""
    padded = np.concatenate([y, np.full(plan.horizon, np.nan)])
    came: FloatArray = padded[plan.origins[:, None] + np.arange(plan.horizon)]
    return came


def points(
    name: str, working: Working, plan: Plan, tick: Callable[[float], None] = lambda _: None
) -> FloatArray:
    """Return the point forecasts of a model at every origin, shape (origins, horizon).

    Parameters are estimated anew at the first origin of each of ten blocks, on what precedes it;
    within a block only the states move on. No forecast has read anything at or after its origin.
    """
    rolling = load_rolling(name)
    found = []
    blocks = list(_blocks(plan.origins))
    for done, block in enumerate(blocks):
        tick(done / len(blocks))
        found.append(working.ask(name, rolling, block, plan.horizon, plan.season))
    return np.concatenate(found)


def _blocks(origins: IntArray) -> Iterator[IntArray]:
    return (block for block in np.array_split(origins, REFITS) if block.size)


def point(name: str, working: Working, horizon: int, season: int) -> FloatArray:
    """Return the forecast from the end of the series, parameters estimated on all of it."""
    single = load(name)

    def at_end(y: FloatArray, _: IntArray, steps: int, length: int) -> FloatArray:
        return single(y, steps, length)[None, :]

    paths = working.ask(name, at_end, np.array([working.values.size]), horizon, season)
    return paths.ravel()
