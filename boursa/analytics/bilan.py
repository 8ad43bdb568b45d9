"""The Bilan: what one series is, how it behaves, whether it can be forecast, what to do next.

`blocks` yields five blocks as soon as each is ready, so that a reader sees the quality of the data
while the backtest is still running:

``quality``      extent, frequency, findings (`cleaning.assess`)
``behaviour``    the returns described, and eight questions each answered by a test
``volatility``   how large the moves are, now and over the whole series
``forecast``     the chosen model and the naive one, backtested side by side
``conclusion``   the verdict in a sentence, and what to do next

All but the last carry ``figures``: the data of the charts that belong to them (`boursa.analytics.figures`),
as many as the series allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boursa.analytics import cleaning, figures, forecasting, risk, statistics
from boursa.analytics.forecasting import calendar, targets
from boursa.analytics.readings import bilan as readings
from boursa.analytics.results import Finding, Quality, plain
from boursa.analytics.returns import PERIODS_PER_YEAR, log_returns
from boursa.analytics.series import FloatArray, TimeSeries
from boursa.errors import BoursaError, InputError
from boursa.language import Text

BLOCKS = ("quality", "behaviour", "volatility", "forecast", "conclusion")

# Shapiro-Wilk is defined, and tabulated, up to this many observations.
_SHAPIRO_MOST = 5000
_MEMORY_LAGS = 10
_ARCH_LAGS = 5
_FEWEST_FOR_A_YEAR = 20
_ROUNDING = 1e-9

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Block:
    """One part of the Bilan, ready to be shown: `content` is JSON."""

    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """What a person may choose; None leaves it to the data."""

    horizon: int | None = None
    levels: tuple[int, ...] = (80, 95)
    season: int | None = None
    freq: str | None = None
    model: str = "auto"


@dataclass(frozen=True)
class Moves:
    """The changes that behaviour is asked about: log returns where prices allow, else differences.

    `values` has shape (n,), `ds` the moment of each; returns are fractions.
    """

    ds: NDArray[Any]
    values: FloatArray
    what: str  # "log-return", "return" or "difference"

    @property
    def unit(self) -> str:
        """What a figure calls their unit."""
        return "difference" if self.what == "difference" else "fraction"

    def named(self, name: str) -> str:
        """Return what the moves of a series of that name are called."""
        return name if self.what == "return" else f"Δ {name}"


def blocks(
    ds: NDArray[np.datetime64] | None,
    y: FloatArray,
    *,
    name: str,
    kind: str = "unknown",
    settings: Settings = Settings(),
    progress: Progress | None = None,
) -> Iterator[Block]:
    """Yield the blocks of the Bilan of one series.

    Parameters
    ----------
    ds : ndarray of datetime64, shape (n,)
        Moments, in any order, possibly repeated: cleaning says what it did about that. None where
        the file has no dates: observations are then numbered from 1.
    y : ndarray of shape (n,)
        Values; NaN is missing.
    name, kind : str
        The column's name, and what it holds: ``price``, ``return``, ``rate``, ``count``, ``unknown``.
    settings : Settings
        Horizon, levels, season, frequency, model.
    progress : callable of (fraction, sentence), optional
        Called during the backtest; may raise `Cancelled`.

    Raises
    ------
    InputError
        If the series has no usable value; a step that its data do not allow is answered inside its
        block with ``refused`` instead.
    """
    quality = cleaning.assess(ds, y, name=name, kind=kind)
    drawn = figures.possible(series=lambda: figures.line(ds, y, unit=_unit(kind)))
    yield Block("quality", {**quality.to_dict(), "figures": drawn})
    series, repairs = cleaning.prepare(ds, y, name=name, kind=kind)
    freq = settings.freq or calendar.frequency(series.ds)
    moves = moves_of(series, kind)
    answers = [_answer(question, freq) for question in _questions(series, moves)]
    yield Block("behaviour", _behaviour(moves, freq, repairs, answers))
    yield Block("volatility", _volatility(moves, freq))
    study = _study(series, kind, settings, progress)
    yield Block("forecast", study)
    yield Block("conclusion", _conclusion(quality, answers, study))


def moves_of(series: TimeSeries, kind: str) -> Moves:
    """Return the changes of a clean series: itself where it holds returns already."""
    if kind == "return":
        return Moves(series.ds, series.y, "return")
    if series.y.min() > 0:
        return Moves(series.ds[1:], log_returns(series.y), "log-return")
    return Moves(series.ds[1:], np.diff(series.y), "difference")


@dataclass(frozen=True)
class _Question:
    """A question in plain words and the test that answers it."""

    key: str
    about: str
    test: str
    samples: Sequence[FloatArray]
    names: Sequence[str]
    options: Mapping[str, Any]
    unit: str = ""


def _questions(series: TimeSeries, moves: Moves) -> Iterator[_Question]:
    r, name = moves.values, moves.named(series.name)
    centred = np.abs(r - np.median(r)) if r.size else r
    half, unit = r.size // 2, "fraction" if moves.unit == "fraction" else ""
    if r.size <= _SHAPIRO_MOST:
        yield _Question("normal-shape", "moves", "shapiro-wilk", [r], [name], {})
    yield _Question("normal", "moves", "jarque-bera", [r], [name], {})
    yield _Question("drift", "moves", "wilcoxon", [r], [name], {"mu": 0}, unit)
    yield _Question("memory", "moves", "ljung-box", [r], [name], {"lags": _MEMORY_LAGS})
    yield _Question("yesterday", "moves", "spearman", [r[:-1], r[1:]], [f"{name} (t-1)", f"{name} (t)"], {})
    yield _Question("clusters", "moves", "arch-lm", [r], [name], {"lags": _ARCH_LAGS})
    yield _Question(
        "calmer", "sizes", "mann-whitney", [centred[:half], centred[half:]], _halves(name), {}, unit
    )
    if moves.what != "return":
        yield _Question("level-root", "level", "adf", [series.y], [series.name], {"regression": "c"})
        yield _Question("level-stable", "level", "kpss", [series.y], [series.name], {"regression": "c"})
    yield _Question("moves-root", "moves", "adf", [r], [name], {"regression": "c"})
    yield _Question("moves-stable", "moves", "kpss", [r], [name], {"regression": "c"})


def _halves(name: str) -> list[str]:
    return [f"{name} (1/2)", f"{name} (2/2)"]


def _answer(question: _Question, freq: str) -> dict[str, Any]:
    head = {
        "key": question.key,
        "question": readings.question(question.key, freq).to_dict(),
        "about": question.about,
        "test": question.test,
        "options": dict(question.options),
    }
    try:
        result = statistics.run(
            question.test,
            question.samples,
            names=question.names,
            options=question.options,
            unit=question.unit,
        )
    except InputError as error:
        return {**head, "result": None, "refused": error.to_dict()}
    return {**head, "result": result.to_dict(), "refused": None}


def _behaviour(
    moves: Moves, freq: str, repairs: Sequence[Finding], answers: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "moves": moves.what,
        "frequency": freq,
        "repairs": [repair.to_dict() for repair in repairs],
        "description": plain(_description(moves.values)),
        "answers": list(answers),
        "figures": figures.possible(
            histogram=lambda: figures.histogram(moves.values, unit=moves.unit),
            qq=lambda: figures.qq(moves.values, unit=moves.unit),
        ),
    }


def _description(r: FloatArray) -> dict[str, Any]:
    """Return n, moments and quantiles; what fewer than four values cannot give is None."""
    if r.size < 2:
        return {"n": r.size}
    centred = r - r.mean()
    variance = float((centred**2).mean())
    shape = variance > 0 and r.size > 3
    return {
        "n": r.size,
        "mean": r.mean(),
        "median": np.median(r),
        "std": r.std(ddof=1),
        "skewness": (centred**3).mean() / variance**1.5 if shape else None,
        "excess_kurtosis": (centred**4).mean() / variance**2 - 3 if shape else None,
        "min": r.min(),
        "max": r.max(),
        "share_zero": (r == 0).mean(),
    }


def _volatility(moves: Moves, freq: str) -> dict[str, Any]:
    r = moves.values
    if r.size < 2:
        return {"n": r.size, "unit": moves.what, "figures": {}}
    ewma = risk.ewma_vol(r)
    described: dict[str, Any] = {
        "n": r.size,
        "unit": moves.what,
        "vol": r.std(ddof=1),
        "ewma_vol": ewma[-1],
        "ewma_decay": risk.RISKMETRICS_DECAY,
        # In what share of the past the volatility was lower than it is now: 0 calmest, 1 wildest. Rounding
        # must not rank what never changes.
        "ewma_rank": (ewma[:-1] < ewma[-1] * (1 - _ROUNDING)).mean(),
    }
    # Without dates, and within the hour, nobody knows how many observations make a year of trading; and
    # a handful of moves says nothing about a year.
    if freq in PERIODS_PER_YEAR and r.size >= _FEWEST_FOR_A_YEAR:
        described["periods_per_year"] = PERIODS_PER_YEAR[freq]
        described["vol_annual"] = risk.vol_annual(r, freq)
        described["ewma_vol_annual"] = risk.ewma_vol_annual(r, freq)
    drawn = figures.possible(
        volatility=lambda: figures.volatility(moves.ds, r, risk.RISKMETRICS_DECAY, unit=moves.unit)
    )
    return {**plain(described), "figures": drawn}


def _study(series: TimeSeries, kind: str, settings: Settings, progress: Progress | None) -> dict[str, Any]:
    series, target = as_forecast(series, kind)
    try:
        study = forecasting.study(
            series,
            model=settings.model,
            horizon=settings.horizon,
            levels=settings.levels,
            season=settings.season,
            freq=settings.freq,
            target=target,
            progress=progress,
            kind=kind,
        )
    except InputError as error:
        return {"refused": {**error.to_dict(), **_lacking(error)}, "kind": kind, "figures": {}}
    drawn = before(series, target, study.horizon, kind)
    return {**study.to_dict(), "refused": None, "kind": kind, "figures": drawn}


def _lacking(error: InputError) -> dict[str, int]:
    """Return how many values a forecast needs, for how many steps, and how many there are."""
    return {name: int(error.params[name]) for name in ("minimum", "horizon", "n") if name in error.params}


def as_forecast(series: TimeSeries, kind: str) -> tuple[TimeSeries, str]:
    """Return what the models are given for a series of this kind, and the target to ask them for."""
    if kind != "return":
        return series, "price"
    if len(series) < 2:  # refused as too short, whatever it is
        return series, "difference"
    # Naive for a return is zero, not the last return, which anything would beat. The models know
    # returns as the changes of something: here of their own running sum, from a zero before the first.
    sums = np.concatenate([[0.0], np.cumsum(series.y)])
    return TimeSeries(
        np.concatenate([[_before_first(series.ds)], series.ds]), sums, series.name
    ), "difference"


def _before_first(ds: NDArray[Any]) -> Any:
    """Return a moment before the first that does not change how often the series is observed."""
    step = ds[1] - ds[0]
    # The day before a Monday is a Sunday, and would make business days of few values daily ones.
    daily = ds.dtype.kind == "M" and np.timedelta64(1, "D") <= step <= np.timedelta64(7, "D")
    return ds[0] - (np.timedelta64(7, "D") if daily else step)


def before(series: TimeSeries, target: str, horizon: int, kind: str) -> dict[str, dict[str, Any]]:
    """Return the figure of what stands left of a forecast of `series`, in the unit of its `target`."""
    # The scale of the models is no reader's: they may work on logarithms of a price.
    if target == "price":
        ds, y, unit = series.ds, series.y, _unit(kind)
    else:
        changes = targets.prepare(series, target)
        ds, y = changes.ds, changes.values
        unit = "fraction" if "return" in (target, kind) else "difference"
    return figures.possible(recent=lambda: figures.recent(ds, y, horizon=horizon, unit=unit))


def _unit(kind: str) -> str:
    return "fraction" if kind == "return" else kind


def _conclusion(
    quality: Quality, answers: Sequence[Mapping[str, Any]], study: Mapping[str, Any]
) -> dict[str, Any]:
    refused = study["refused"]
    unanswered = {"code": "undecided", "sentence": refused and {"fr": refused["fr"], "en": refused["en"]}}
    verdict = study.get("verdict") or unanswered
    steps: list[Text] = readings.next_steps(quality, answers, study, study["kind"])
    return {"verdict": verdict, "next": [step.to_dict() for step in steps]}


def refusal(error: BoursaError) -> dict[str, Any]:
    """Return what stands in place of a Bilan that the data do not allow."""
    return {"refused": error.to_dict()}
