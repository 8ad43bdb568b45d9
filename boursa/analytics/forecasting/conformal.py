"""Prediction intervals calibrated on past errors of the same model at the same step.

A score is the absolute error of a past forecast divided by a scale that was known at its
origin. The half-width at step h is the ``ceil((k + 1) * level)``-th smallest of the k scores of step
h whose targets are already known, times the scale of today. So many past errors would have fallen
inside: the level is a measured fact of this series and this model, not of a normal distribution.

Choices, and what they were measured against:

- **Scale.** Hourly to weekly data: EWMA volatility (0.94), since calm and turbulent times alternate.
  It was chosen on S&P 500, NASDAQ, WTI and EUR/USD; on twelve other currencies and VIX, which had no
  part in the choice, 95 % intervals of the naive forecast covered 95.1, 95.4 and 95.2 % on average
  at steps 1, 5 and 20, 80 % intervals 79.2, 79.7 and 79.7 %; a constant scale covered 96.4 to 97.3
  and 84.6 to 85.8 % with intervals a tenth to a fifth wider. Slower data: constant, which was
  nearest to nominal and narrowest on 301 M3 series; on 280 fresh ones 95.4 to 95.8 % were covered.
- **Symmetric**, not signed: signed quantiles need twice the scores and covered no better.
- **Too few scores** for the level (95 % needs 19, 99 % needs 99): the root mean square of the scores
  of all steps, each divided by ``h ** 0.75``, times Student's quantile. The exponent lies between the
  random walk's 0.5 and the 1 of a wrong trend; with 0.5 yearly M3 series were covered at 91 to 93 %,
  with 0.75 at 94 to 96 %. Such steps are marked ``pooled``.
- With fewer than five past one-step errors there is no interval at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from boursa.analytics.forecasting.origins import IntArray, Plan
from boursa.analytics.forecasting.targets import Working
from boursa.analytics.risk import ewma_vol
from boursa.analytics.series import FloatArray

FEWEST_SCORES = 5
GROWTH = 0.75
_QUIET = 0.05  # a stretch of equal prices does not make the next day certain

_FAST = frozenset({"min", "h", "D", "B", "W"})

# Relative to the bounds: what is narrower is rounding, not an interval.
_NO_WIDTH = 1e-12


@dataclass(frozen=True)
class Band:
    """Half-widths on the working scale, shape (levels, ..., horizon); NaN where refused.

    `pooled` marks the entries that are an approximation from all steps together.
    """

    levels: tuple[int, ...]
    half: FloatArray
    pooled: NDArray[np.bool_]


def local_scale(working: Working, freq: str, at: IntArray) -> FloatArray:
    """Return the scale known at each origin of `at` (positive), from nothing at or after it."""
    if freq not in _FAST:
        return np.ones(at.size)
    shocks = working.shocks()
    overall = np.sqrt(np.cumsum(shocks**2) / np.arange(1, shocks.size + 1))
    local = np.maximum(ewma_vol(shocks), _QUIET * overall)[at - 1]
    return np.where(local > 0, local, 1.0)


def rolling(errors: FloatArray, plan: Plan, scale: FloatArray, levels: tuple[int, ...]) -> Band:
    """Return the half-widths at each judged origin, from errors that were known there.

    Parameters
    ----------
    errors : ndarray of shape (origins, horizon)
        NaN where the target is not known at all.
    scale : ndarray of shape (origins,)
    levels : tuple of int
        In percent, ascending.

    Returns
    -------
    Band
        Of shape (levels, judged origins, horizon).
    """
    scores = np.abs(errors) / scale[:, None]
    bands = [_at(scores, plan, int(plan.origins[i]), levels) for i in range(plan.judged, plan.complete)]
    half = np.stack([half for half, _ in bands], axis=1) * scale[plan.judged : plan.complete, None]
    return Band(levels, half, np.stack([pooled for _, pooled in bands], axis=1))


def final(
    errors: FloatArray, plan: Plan, scale: FloatArray, now: float, levels: tuple[int, ...], n: int
) -> Band:
    """Return the half-widths at the end of the series (`n` observations, scale `now`)."""
    half, pooled = _at(np.abs(errors) / scale[:, None], plan, n, levels)
    return Band(levels, half * now, pooled)


def _at(
    scores: FloatArray, plan: Plan, now: int, levels: tuple[int, ...]
) -> tuple[FloatArray, NDArray[np.bool_]]:
    # The target of step h from origin o is y[o + h - 1]: known at `now` if o + h <= now.
    steps = np.arange(1, plan.horizon + 1)
    counts = np.searchsorted(plan.origins, now - steps, side="right")
    seen = np.where(np.arange(plan.origins.size)[:, None] < counts, scores, np.inf)[: counts[0]]
    ordered = np.sort(seen, axis=0)
    half = np.array([_quantile(ordered, counts, level / 100) for level in levels])
    pooled = np.isnan(half)
    if pooled.any():
        half = np.where(pooled, _pooled(seen, counts[0], levels), half)
    # More certainty needs more room, and so does a longer wait: never narrower than before.
    half = np.maximum.accumulate(np.maximum.accumulate(half, axis=0), axis=1)
    return half, pooled & ~np.isnan(half)


def _quantile(ordered: FloatArray, counts: IntArray, level: float) -> FloatArray:
    """Return the finite-sample conformal quantile of each column; NaN where it does not exist."""
    rank = np.ceil((counts + 1) * level - 1e-9).astype(np.int64)
    possible = (rank <= counts) & (counts >= FEWEST_SCORES)
    if not possible.any():
        return np.full(counts.size, np.nan)
    columns = np.arange(counts.size)
    return np.where(possible, ordered[np.where(possible, rank - 1, 0), columns], np.nan)


def _pooled(seen: FloatArray, one_step: int, levels: tuple[int, ...]) -> FloatArray:
    growth = np.arange(1, seen.shape[1] + 1) ** GROWTH
    if one_step < FEWEST_SCORES:
        return np.full((len(levels), seen.shape[1]), np.nan)
    relative = (seen / growth)[np.isfinite(seen)]
    size = np.sqrt(np.mean(relative**2))
    tails = np.array([special.stdtrit(one_step - 1, 0.5 + level / 200) for level in levels])
    return np.asarray(tails[:, None] * size * growth)


def bounds(working: Working, mean: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds in the unit of y, shape of `half`.

    On logarithms a band that widens can still get narrower in the unit of y where the forecast
    falls. A band that narrows with the horizon reads as growing certainty, so the upper bound
    is raised until it does not; lower bounds of prices stay positive.

    Both bounds are NaN where they would coincide: where more than `level` of the past errors were
    zero, as for a price that hardly ever moves, the interval would claim a certainty that no
    forecast has.
    """
    low, high = working.unit(mean - half), working.unit(mean + half)
    for step in range(1, half.shape[-1]):
        widest = high[..., step - 1] - low[..., step - 1]
        high[..., step] = np.maximum(high[..., step], low[..., step] + widest)
    high = np.maximum.accumulate(high, axis=0)
    void = high - low <= _NO_WIDTH * (np.abs(low) + np.abs(high))
    return np.where(void, np.nan, low), np.where(void, np.nan, high)
