"""How good a series is, and the documented rule by which it is made ready for analysis.

`assess` only looks. `prepare` resolves what no analysis can carry (values without a date, missing
values, repeated dates, order) and touches nothing else: outliers, stale values and gaps are reported
and stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boursa.analytics import cleaning_notes as notes
from boursa.analytics.frequencies import gaps, infer
from boursa.analytics.results import Finding, Quality
from boursa.analytics.series import LARGEST, FloatArray, TimeSeries, as_floats, sample, time_series
from boursa.errors import InputError
from boursa.language import N_

Moments = NDArray[np.datetime64]
Bools = NDArray[np.bool_]

OUTLIER_Z = 10.0
PERCENT_LIKE = 0.2  # half of all returns beyond 20 %: no market moves so
STALE_RUN = 5
_EXAMPLES = 5
_MAD_TO_SD = 1.4826  # 1 / Phi^-1(3/4): the MAD of a normal sample estimates its standard deviation
_MEAN_TO_SD = 1.2533  # sqrt(pi / 2), for samples whose MAD is zero
# Not 3 for 2: a fall by a third is too often a real one (oil on 17 January 1991).
_SPLITS = (2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0, 100.0)
_SPLIT_TOLERANCE = 0.03


@dataclass(frozen=True)
class _Series:
    """Values in file order, beside the same without missing values and in time order."""

    ds: Moments | None
    y: FloatArray
    clean_ds: Moments | None
    clean_y: FloatArray


def assess(ds: Moments | None, y: ArrayLike, name: str = "y", kind: str = "unknown") -> Quality:
    """Say what a series is and what is suspicious about it; nothing is changed.

    Parameters
    ----------
    ds : ndarray of datetime64, shape (n,), or None
        Moments in file order, possibly repeated or missing (NaT); None, or NaT throughout, where there
        are no dates.
    y : array-like of shape (n,)
        Values; NaN is missing.
    name : str
        The column's name.
    kind : str
        ``price``, ``return``, ``rate``, ``count`` or ``unknown``: prices must be positive and are asked
        about splits; returns must be fractions, and are themselves what outliers are looked for in.

    Returns
    -------
    Quality
        `n` values of which `n_missing` are missing, first and last date, frequency (``B D W M Q Y h``,
        ``min``, ``irregular`` or None) and findings, gravest first.

    Raises
    ------
    InputError
        If `ds` and `y` have different lengths.

    Notes
    -----
    Outliers are changes (log returns of positive values, differences else) further than 10 robust
    standard deviations from their median, by the median absolute deviation. Volatility clusters: in a
    calm sample an honest crash can exceed this, and in a wild one an error can hide. A finding is a
    place to look at, not a verdict, and nothing is removed because of one. Holidays are not known:
    up to three missing weekdays in a row are taken for them.

    References
    ----------
    Leys C. et al. (2013), Detecting outliers: do not use standard deviation around the mean, use
    absolute deviation around the median, J. Exp. Soc. Psychol. 49(4). DOI 10.1016/j.jesp.2013.03.013

    Checked against
    ---------------
    Hand-made series and NumPy's median, tests/unit/analytics/test_cleaning.py.

    Examples
    --------
    >>> import numpy as np
    >>> days = np.array(["2025-01-06", "2025-01-07", "2025-01-07"], dtype="datetime64[s]")
    >>> [finding.code for finding in assess(days, [1.0, 2.0, 2.0]).findings]
    ['duplicate-dates']
    """
    series = _look(ds, y, name)
    found = [
        *_about_values(series, kind),
        *_about_dates(series),
        *_about_changes(series, kind),
    ]
    dated = series.clean_ds if series.clean_ds is not None and series.clean_ds.size else None
    rank = {"error": 0, "warning": 1, "info": 2}
    return Quality(
        name=name,
        n=series.y.size,
        n_missing=int(np.isnan(series.y).sum()),
        start=dated[0] if dated is not None else None,
        end=dated[-1] if dated is not None else None,
        frequency=infer(dated) if dated is not None else None,
        findings=tuple(sorted(found, key=lambda finding: rank[finding.severity])),
    )


def prepare(
    ds: Moments | None, y: ArrayLike, name: str = "y", kind: str = "unknown"
) -> tuple[TimeSeries, list[Finding]]:
    """Return the series that analyses work on, and what had to be done to get it.

    The rule, in this order: values without a date are left out; missing values are left out; the rest
    is put in time order; of several values of one date the last one in the file is kept. Nothing is
    filled in, smoothed or removed for being unusual. A series without dates keeps the file's order,
    and its `ds` numbers the observations.

    Parameters
    ----------
    ds : ndarray of datetime64, shape (n,), or None
        Moments in file order; None, or NaT throughout, where there are no dates.
    y : array-like of shape (n,)
        Values; NaN is missing.
    name : str
        The column's name.
    kind : str
        Accepted so that `assess` and `prepare` are called alike; the rule is the same for every kind.

    Returns
    -------
    (TimeSeries, list of Finding)

    Raises
    ------
    NotFinite, Undefined, TooFewObservations, InputError
        If a value is infinite or too large, if none is left, or if lengths differ.
    """
    del kind
    series = _look(ds, y, name)
    if series.ds is None or series.clean_ds is None:
        kept = sample(series.y, name=name, varied=False).values
        numbered = np.arange(1, kept.size + 1)  # no date is ever made up
        return TimeSeries(numbered, kept, name), [*_missing(series), notes.undated()]
    done = [*_without_date(series), *_missing(series), *_order(series), *_repeated(series, resolved=True)]
    # The order is stable: the last of equal dates is the last in the file.
    last = _last_of_each(series.clean_ds)
    return time_series(series.clean_ds[last], series.clean_y[last], name=name, minimum=1), done


def _look(ds: Moments | None, y: ArrayLike, name: str) -> _Series:
    values = as_floats(y, name)
    moments = None if ds is None else np.asarray(ds, dtype="datetime64[s]")
    if moments is not None and moments.shape != values.shape:
        raise InputError(
            N_("{name}: {dates} dates for {values} values."),
            name=name,
            dates=moments.size,
            values=values.size,
        )
    if moments is None or (values.size and np.isnat(moments).all()):
        return _Series(None, values, None, values[~np.isnan(values)])
    kept = ~np.isnan(values) & ~np.isnat(moments)
    order = np.argsort(moments[kept], kind="stable")
    return _Series(moments, values, moments[kept][order], values[kept][order])


def _about_values(series: _Series, kind: str) -> Iterable[Finding]:
    yield from _missing(series)
    infinite = np.isinf(series.y)
    if infinite.any():
        yield notes.infinite(int(infinite.sum()), _places(series.ds, series.y, infinite))
    huge = ~infinite & (np.abs(series.y) > LARGEST)
    if huge.any():
        yield notes.huge(int(huge.sum()), _places(series.ds, series.y, huge))
    y = series.clean_y
    if y.size > 1 and y.min() == y.max():
        yield notes.constant(y.size, float(y[0]))
    if kind == "price" and (y <= 0).any():
        yield notes.non_positive(int((y <= 0).sum()), _places(series.clean_ds, y, y <= 0))
    if kind == "return":
        yield from _percent_like(series)
    yield from _stale(series)


def _percent_like(series: _Series) -> Iterable[Finding]:
    """Find returns that were probably written in percent: no price falls by more than all of itself."""
    finite = np.isfinite(series.clean_y)
    sizes = np.abs(series.clean_y[finite])
    below = finite & (series.clean_y < -1)
    if not sizes.size:
        return
    middle = float(np.median(sizes))
    if below.any():
        lowest = float(series.clean_y[below].min())
        places = _places(series.clean_ds, series.clean_y, below)
        yield notes.below_all(int(below.sum()), lowest, places)
    elif middle > PERCENT_LIKE:
        yield notes.percent_like(sizes.size, middle)


def _missing(series: _Series) -> list[Finding]:
    missing = np.isnan(series.y)
    if not missing.any():
        return []
    return [notes.missing(int(missing.sum()), series.y.size, _places(series.ds, series.y, missing))]


def _stale(series: _Series) -> Iterable[Finding]:
    y = series.clean_y
    if y.size < STALE_RUN or y.min() == y.max():
        return
    starts = np.concatenate(([0], np.flatnonzero(y[1:] != y[:-1]) + 1))
    lengths = np.diff(np.append(starts, y.size))
    long = np.flatnonzero(lengths >= STALE_RUN)
    if long.size:
        longest = long[np.argsort(-lengths[long], kind="stable")][:_EXAMPLES]
        examples = [
            {**_place(series.clean_ds, y, int(starts[i])), "length": int(lengths[i])} for i in longest
        ]
        yield notes.stale(long.size, int(lengths.max()), STALE_RUN, examples)


def _about_dates(series: _Series) -> Iterable[Finding]:
    if series.ds is None or series.clean_ds is None:
        yield notes.undated()
        return
    yield from _without_date(series)
    yield from _repeated(series, resolved=False)
    yield from _order(series)
    missing, found = gaps(series.clean_ds)
    if found:
        yield notes.gap(len(found), missing, infer(series.clean_ds), found[:_EXAMPLES])


def _without_date(series: _Series) -> list[Finding]:
    if series.ds is None:
        return []
    count = int((np.isnat(series.ds) & ~np.isnan(series.y)).sum())
    return [notes.without_date(count)] if count else []


def _repeated(series: _Series, *, resolved: bool) -> list[Finding]:
    """Find dates that stand several times, apart where the values agree and where they do not."""
    ds, y = series.clean_ds, series.clean_y
    if ds is None or ds.size < 2:
        return []
    starts = np.concatenate(([0], np.flatnonzero(ds[1:] != ds[:-1]) + 1))
    lengths = np.diff(np.append(starts, ds.size))
    low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    found = []
    for code, hit in (("duplicate-dates", low == high), ("conflicting-dates", low != high)):
        places = np.flatnonzero((lengths > 1) & hit)
        if places.size:
            examples = [
                {"date": ds[starts[i]], "values": y[starts[i] : starts[i] + lengths[i]][:_EXAMPLES]}
                for i in places[:_EXAMPLES]
            ]
            found.append(notes.repeated(code, places.size, examples, resolved=resolved))
    return found


def _last_of_each(ds: Moments) -> Bools:
    """Mark the last of each run of equal moments."""
    return np.append(ds[1:] != ds[:-1], np.ones(min(1, ds.size), dtype=bool))


def _order(series: _Series) -> list[Finding]:
    if series.ds is None:
        return []
    present = series.ds[~np.isnat(series.ds)]
    steps = np.diff(present).astype(np.int64)
    backward = int((steps < 0).sum())
    if not backward:
        return []
    return [notes.descending() if not (steps > 0).any() else notes.unsorted(backward)]


def _about_changes(series: _Series, kind: str) -> Iterable[Finding]:
    y, ds = series.clean_y, series.clean_ds
    if ds is not None and ds.size:
        last = _last_of_each(ds)
        y, ds = y[last], ds[last]
    changes = _changes(y, kind)
    if changes is None or changes.size < 10 or not np.isfinite(changes).all():
        return
    z = robust_z(changes)
    far = np.abs(z) > OUTLIER_Z
    first = 0 if kind == "return" else 1  # the change at i is the one that leads to the value at i + 1
    splits = _splits(y, far) if kind in ("price", "unknown") and first and y.min() > 0 else np.zeros_like(far)
    if splits.any():
        yield notes.split_like(int(splits.sum()), _jumps(ds, y, np.flatnonzero(splits)))
    far &= ~splits
    if far.any():
        yield _outliers(ds, y, changes, z, far, first)


def _changes(y: FloatArray, kind: str) -> FloatArray | None:
    if y.size < 2 or not (np.abs(y) <= LARGEST).all():
        return None
    if kind == "return":
        return y
    changes: FloatArray = np.diff(np.log(y)) if y.min() > 0 else np.diff(y)
    return changes


def robust_z(values: FloatArray) -> FloatArray:
    """Return distances from the median in robust standard deviations.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Finite values; NaN is not allowed.

    Returns
    -------
    ndarray of shape (n,)
        Zero throughout where the values do not vary.

    Notes
    -----
    Where more than half of the values are equal the median absolute deviation is zero; the mean
    absolute deviation stands in for it then.
    """
    distance = values - np.median(values)
    scale = _MAD_TO_SD * float(np.median(np.abs(distance))) or _MEAN_TO_SD * float(np.mean(np.abs(distance)))
    return distance / scale if scale > 0 else np.zeros_like(distance)


def _outliers(
    ds: Moments | None, y: FloatArray, changes: FloatArray, z: FloatArray, far: Bools, first: int
) -> Finding:
    places = np.flatnonzero(far)
    back = (
        np.array([_reverted(changes, int(i)) for i in places]) if first else np.zeros(places.size, dtype=bool)
    )
    worst = np.argsort(-np.abs(z[places]), kind="stable")[:_EXAMPLES]
    examples = [
        {
            **_place(ds, y, int(places[i]) + first),
            "change": changes[places[i]],
            "z": z[places[i]],
            "reverted": back[i],
        }
        for i in worst
    ]
    # A value that jumps away and comes straight back is two outliers and one probable typing error.
    return notes.outlier(places.size, int(back.sum()), OUTLIER_Z, examples)


def _reverted(changes: FloatArray, i: int) -> bool:
    return i + 1 < changes.size and abs(changes[i] + changes[i + 1]) < 0.2 * abs(changes[i])


def _splits(y: FloatArray, far: Bools) -> Bools:
    """Find jumps by a usual split factor after which the level stays."""
    found = np.zeros_like(far)
    for i in np.flatnonzero(far):
        before, after = y[max(0, i - 4) : i + 1], y[i + 1 : i + 6]
        jump = abs(np.log(y[i + 1] / y[i]))
        level = abs(np.log(np.median(after) / np.median(before)))
        factor = min(_SPLITS, key=lambda k: abs(jump - np.log(k)))
        found[i] = abs(jump - np.log(factor)) < _SPLIT_TOLERANCE and abs(level - np.log(factor)) < 0.15
    return found


def _jumps(ds: Moments | None, y: FloatArray, places: NDArray[np.int64]) -> list[dict[str, Any]]:
    return [
        {**_place(ds, y, int(i) + 1), "before": y[i], "ratio": y[i + 1] / y[i]} for i in places[:_EXAMPLES]
    ]


def _place(ds: Moments | None, y: FloatArray, i: int) -> dict[str, Any]:
    where = {"row": i + 1} if ds is None else {"date": ds[i]}
    return {**where, "value": y[i]}


def _places(ds: Moments | None, y: FloatArray, hit: Bools) -> list[dict[str, Any]]:
    return [
        {"row": int(i) + 1} if ds is None or np.isnat(ds[i]) else {"date": ds[i], "value": y[i]}
        for i in np.flatnonzero(hit)[:_EXAMPLES]
    ]
