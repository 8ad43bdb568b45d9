"""How often a series is observed, and where observations that its calendar expects are not there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.datetime64]

# Days between observations that still belong to a frequency, around its usual step.
_STEPS = {"W": (5, 9), "M": (26, 33), "Q": (84, 98), "Y": (350, 380)}
_MOST = 0.8
HOLIDAYS = 3  # missing weekdays in a row that are taken for holidays


def infer(ds: Moments) -> str | None:
    """Return the frequency of `ds`: ``B D W M Q Y h``, ``min``, ``irregular``, or None below three dates.

    Parameters
    ----------
    ds : ndarray of datetime64[s], shape (n,)
        Moments in time order, repeated ones allowed, without NaT.

    Notes
    -----
    Business days (``B``) are daily dates of which fewer than one in a hundred falls on a weekend.
    A frequency other than daily is said when four steps in five agree with it.
    """
    moments = np.unique(ds)
    if moments.size < 3:
        return None
    steps = np.diff(moments).astype("timedelta64[s]").astype(np.int64)
    usual = float(np.median(steps))
    if usual < 86_400:
        return _within_days(steps, usual)
    days = moments.astype("datetime64[D]")
    between = np.diff(days).astype(np.int64)
    if np.median(between) == 1:
        return _daily(days, between)
    for letter, (low, high) in _STEPS.items():
        if ((between >= low) & (between <= high)).mean() >= _MOST:
            return letter
    return "irregular"


def _within_days(steps: NDArray[np.int64], usual: float) -> str:
    if (steps == usual).mean() < 0.6:
        return "irregular"
    if usual >= 3600:
        return "h"
    return "min" if usual >= 60 else "irregular"


def _daily(days: Moments, between: NDArray[np.int64]) -> str:
    if (~np.is_busday(days)).mean() < 0.01:
        expected = np.busday_count(days[:-1], days[1:])
        return "B" if (expected == 1).mean() >= 0.6 else "irregular"
    return "D" if (between == 1).mean() >= 0.6 else "irregular"


def gaps(ds: Moments) -> tuple[int, list[dict[str, Any]]]:
    """Return how many expected observations are missing, and the gaps, longest first.

    Weekends, and up to three weekdays in a row, are no gaps in business-day data; nights are none in
    data within the day.

    Parameters
    ----------
    ds : ndarray of datetime64[s], shape (n,)
        Moments in time order, without NaT.
    """
    moments, frequency = np.unique(ds), infer(ds)
    if frequency is None or frequency in ("irregular", "h", "min"):
        return 0, []
    days = moments.astype("datetime64[D]")
    lost = _lost(days, frequency)
    allowed = HOLIDAYS if frequency == "B" else 0
    places = np.flatnonzero(lost > allowed)
    places = places[np.argsort(-lost[places], kind="stable")]
    found = [{"from": moments[i], "to": moments[i + 1], "missing": int(lost[i])} for i in places]
    return int(lost[places].sum()), found


def _lost(days: Moments, frequency: str) -> NDArray[np.int64]:
    """Return the observations missing between each date and the next."""
    if frequency == "B":
        return np.maximum(np.busday_count(days[:-1], days[1:]) - 1, 0)
    between = np.diff(days).astype(np.int64)
    if frequency == "D":
        return between - 1
    if frequency == "W":
        return np.maximum(np.rint(between / 7).astype(np.int64) - 1, 0)
    months = np.diff(days.astype("datetime64[M]").astype(np.int64))
    return np.maximum(np.rint(months / {"M": 1, "Q": 3, "Y": 12}[frequency]).astype(np.int64) - 1, 0)
