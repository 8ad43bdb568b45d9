"""Series along time: thinned without losing a peak, the moving volatility, the last observations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boursa.analytics import risk
from boursa.analytics.figures import thinning
from boursa.analytics.readings import figures as readings
from boursa.analytics.results import _Plain
from boursa.analytics.series import LARGEST, FloatArray, as_floats, sample
from boursa.errors import InputError
from boursa.language import N_, Text

Moments = NDArray[Any]  # datetime64, or numbers where there are no dates

POINTS = 600  # about what the width of a screen can show
_PER_STEP, _FEWEST, _MOST = 5, 60, 250  # observations left of a forecast: five for each step of it


@dataclass(frozen=True, kw_only=True)
class Line(_Plain):
    """Values along time: `x` ISO dates or numbers, `y` in `unit`, NaN (None in JSON) where there is a gap."""

    kind: str = "line"
    x: Sequence[Any]
    y: Sequence[float]
    n: int
    shown: int
    unit: str
    summary: Text


@dataclass(frozen=True, kw_only=True)
class Volatility(Line):
    """The moving volatility per step, beside `level`, that of the whole series."""

    kind: str = "volatility"
    level: float


@dataclass(frozen=True, kw_only=True)
class Recent(Line):
    """The last `shown` of `n` observations: what stands left of a forecast."""

    kind: str = "recent"


def line(ds: Moments | None, y: ArrayLike, *, points: int = POINTS, unit: str = "unknown") -> Line:
    """Return a series thinned to what a screen can show, without losing a peak.

    Parameters
    ----------
    ds : ndarray of datetime64 or of numbers, shape (n,), or None
        Moments in any order, possibly repeated; a value without a date (NaT) is left out. None, or NaT
        throughout: the values are numbered from 1.
    y : array-like of shape (n,)
        Values. NaN, infinities and values beyond 1e150 are gaps.
    points : int
        The most points, at least 6.
    unit : str
        What the values are: ``price``, ``rate``, ``fraction``, ...

    Returns
    -------
    Line
        In time order. `n` counts the values that are present. Up to `points` values all stand there;
        beyond, lowest and highest of each of (points - 4) / 2 equal stretches, with first and last. A
        gap is kept if it fills a stretch: a shorter one could not be seen.

    Raises
    ------
    TooFewObservations
        If no value is present.
    InputError
        If `ds` and `y` have different lengths.

    Notes
    -----
    Lowest and highest make the same picture as all values do at that width (the M4 aggregation without
    the first and last of each stretch).

    References
    ----------
    Jugel, Jerzak, Hackenbroich, Markl (2014), M4, Proc. VLDB Endow. 7(10), doi:10.14778/2732951.2732953

    Checked against the extremes of the whole series, tests/unit/analytics/test_figures.py.

    Examples
    --------
    >>> line(None, [3.0, float("nan"), 5.0]).to_dict()["y"]
    [3.0, None, 5.0]
    """
    moments, values = _in_order(ds, as_floats(y))
    present = sample(values, varied=False).n
    first, last = np.flatnonzero(~np.isnan(values))[[0, -1]]
    return Line(
        **_drawn(moments, values, thinning.peaks(values, points)),
        n=present,
        unit=unit,
        summary=readings.line(
            n=present,
            missing=values.size - present,
            start=_place(moments, int(first)),
            end=_place(moments, int(last)),
            **_extremes(moments, values),
            unit=unit,
        ),
    )


def volatility(
    ds: Moments,
    moves: FloatArray,
    decay: float = risk.RISKMETRICS_DECAY,
    *,
    points: int = POINTS,
    unit: str = "fraction",
) -> Volatility:
    """Return the exponentially weighted volatility after each move, thinned like a `line`.

    Parameters
    ----------
    ds : ndarray of shape (n,)
        The moment of each move, in time order.
    moves : ndarray of shape (n,)
        Finite changes per step, at least 2, not all equal.
    decay, points
        As `risk.ewma_vol` and `line` take them.
    unit : str
        ``fraction`` (returns) or ``difference``.

    Returns
    -------
    Volatility
        Per step, not annualised, with six digits; `level` is the sample standard deviation of all moves.

    Raises
    ------
    TooFewObservations, ConstantSeries, NotFinite

    References
    ----------
    J.P. Morgan/Reuters (1996), RiskMetrics Technical Document, 4th ed., chapter 5.
    """
    n = sample(moves, minimum=2).n
    ewma = risk.ewma_vol(moves, decay=decay)
    level = float(moves.std(ddof=1))
    drawn = _drawn(ds, ewma, thinning.peaks(ewma, points))
    return Volatility(
        **{**drawn, "y": thinning.short(drawn["y"])},
        n=n,
        unit=unit,
        level=level,
        summary=readings.volatility(n=n, **_extremes(ds, ewma), last=float(ewma[-1]), level=level, unit=unit),
    )


def recent(ds: Moments, y: ArrayLike, *, horizon: int, unit: str = "unknown") -> Recent:
    """Return the last observations, those that stand left of a forecast of `horizon` steps.

    Parameters
    ----------
    ds : ndarray of shape (n,)
        Moments in time order.
    y : array-like of shape (n,)
        Finite values, at least one.
    horizon : int
        Five observations are kept for each step, at least 60 and at most 250.
    unit : str
        What the values are.

    Returns
    -------
    Recent
        Unthinned, with twelve digits: changes computed from levels carry noise beyond.
    """
    values = sample(y, varied=False).values
    kept = min(values.size, max(_FEWEST, min(_PER_STEP * horizon, _MOST)))
    last, moments = values[-kept:], ds[-kept:]
    return Recent(
        x=_moments(moments),
        y=thinning.short(last, 12),
        n=values.size,
        shown=kept,
        unit=unit,
        summary=readings.recent(
            n=kept,
            start=_place(moments, 0),
            end=_place(moments, -1),
            low=float(last.min()),
            high=float(last.max()),
            last=float(last[-1]),
            unit=unit,
        ),
    )


def _in_order(ds: Moments | None, y: FloatArray) -> tuple[Moments, FloatArray]:
    # One comparison finds all that cannot be drawn: NaN, infinities, what overflows a screen's arithmetic.
    values = np.where(np.abs(y) <= LARGEST, y, np.nan)
    if ds is not None and ds.shape != y.shape:
        raise InputError(
            N_("{name}: {dates} dates for {values} values."), name="y", dates=ds.size, values=y.size
        )
    if ds is None or (ds.dtype.kind == "M" and np.isnat(ds).all()):
        return np.arange(1, values.size + 1), values
    if ds.dtype.kind == "M":
        dated = ~np.isnat(ds)
        ds, values = ds[dated], values[dated]
    if (ds[1:] < ds[:-1]).any():
        order = np.argsort(ds, kind="stable")
        ds, values = ds[order], values[order]
    return ds, values


def _drawn(ds: Moments, y: FloatArray, places: thinning.Places) -> dict[str, Any]:
    chosen = y[places]
    return {"x": _moments(ds[places]), "y": chosen.tolist(), "shown": int((~np.isnan(chosen)).sum())}


def _extremes(ds: Moments, y: FloatArray) -> Mapping[str, tuple[float, Any]]:
    low, high = int(np.nanargmin(y)), int(np.nanargmax(y))
    return {"low": (float(y[low]), _place(ds, low)), "high": (float(y[high]), _place(ds, high))}


def _moments(ds: Moments) -> list[Any]:
    """Return numbers, or ISO texts of one form: a date axis must not mix days with times."""
    if ds.dtype.kind != "M":
        numbers: list[Any] = ds.tolist()
        return numbers
    seconds = ds.astype("datetime64[s]")
    whole_days = bool((seconds == seconds.astype("datetime64[D]")).all())
    texts: list[Any] = np.datetime_as_string(seconds, unit="D" if whole_days else "s").tolist()
    return texts


def _place(ds: Moments, at: int) -> Any:
    return _moments(ds[[at]])[0]
