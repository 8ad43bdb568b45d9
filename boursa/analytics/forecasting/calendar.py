"""The calendar of a series: its frequency, its next dates, its season.

Frequencies are the letters ``h D B W M Q Y``: hours, calendar days, business days, weeks, months,
quarters, years; ``min`` stands for any step shorter than an hour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boursa.analytics.frequencies import infer
from boursa.errors import OptionUnknown
from boursa.language import N_

Moments = NDArray[Any]  # datetime64, or numbers where there are no dates

FREQUENCIES = ("min", "h", "D", "B", "W", "M", "Q", "Y")

# Observations without dates: they are numbered, and nobody can ask for it.
NUMBERED = "n"

# Prices have no weekly or daily cycle worth its parameters (on daily data every model that was
# given one did worse than the random walk), so only months and quarters get a season unasked.
SEASONS = {"min": 1, "h": 1, "D": 1, "B": 1, "W": 1, "M": 12, "Q": 4, "Y": 1, NUMBERED: 1}

# Half an hour of minutes, a month of trading, a quarter of weeks, and what the M3 competition asked of
# slower data.
HORIZONS = {"min": 30, "h": 24, "D": 20, "B": 20, "W": 13, "M": 12, "Q": 8, "Y": 4, NUMBERED: 20}

# The longest median distance, in days, that still belongs to each frequency.
_UP_TO_DAYS = (("min", 0.04), ("h", 0.7), ("D", 4.0), ("W", 20.0), ("M", 60.0), ("Q", 200.0))

_WITHIN_DAY = {"min": 60, "h": 3600}  # seconds, where the series is too short to show its own step
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_ONE_DAY, _ONE_MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")


def frequency(ds: Moments) -> str:
    """Return the frequency that forecasts go on in, for moments in time order.

    Numbered observations have the frequency `NUMBERED`. Where the dates keep no calendar, the
    frequency whose usual distance lies nearest below the median one is taken.
    """
    if ds.dtype.kind != "M":
        return NUMBERED
    letter = infer(ds)
    if letter in FREQUENCIES:
        return letter
    if ds.size < 2:
        return "D"
    median_days = float(np.median(np.diff(ds).astype("timedelta64[s]").astype(np.int64))) / 86400
    return next((letter for letter, limit in _UP_TO_DAYS if median_days <= limit), "Y")


def checked(freq: str) -> str:
    """Return `freq` if it is a frequency.

    Raises
    ------
    OptionUnknown
        If it is not.
    """
    if freq not in FREQUENCIES:
        raise OptionUnknown(
            N_("There is no frequency “{freq}”; there are {known}."), freq=freq, known=" ".join(FREQUENCIES)
        )
    return freq


def following(ds: Moments, horizon: int, freq: str) -> Moments:
    """Return the `horizon` moments after the last of `ds`.

    Holidays are not known: a business day that the exchange will close on is named all the same.
    Steps within the day go on around the clock, at the distance that the series keeps. Months keep the
    day of the month, and month ends stay month ends.
    """
    steps = np.arange(1, horizon + 1)
    if ds.dtype.kind != "M":
        numbers: Moments = ds[-1] + steps
        return numbers
    last = ds[-1].astype("datetime64[s]")
    if freq in _MONTHS:
        return _months_after(ds, _MONTHS[freq] * steps)
    if freq == "B":
        day = last.astype("datetime64[D]")
        days = np.busday_offset(np.busday_offset(day, 0, roll="backward"), steps)
        return np.asarray(days.astype("datetime64[s]") + (last - day))
    if freq in _WITHIN_DAY:
        return np.asarray(last + steps * _own_pace(ds, _WITHIN_DAY[freq]))
    return np.asarray(last + steps * {"D": _ONE_DAY, "W": 7 * _ONE_DAY}[freq].astype("timedelta64[s]"))


def _own_pace(ds: Moments, usual: int) -> np.timedelta64:
    # Five-minute bars go on every five minutes, four-hour bars every four hours.
    seconds = usual
    if ds.size > 1:
        median = int(np.median(np.diff(ds).astype("timedelta64[s]").astype(np.int64)))
        seconds = median if 0 < median < 86_400 else usual
    return np.timedelta64(seconds, "s")


def _months_after(ds: Moments, months: NDArray[np.int64]) -> Moments:
    last = ds[-1].astype("datetime64[s]")
    month = last.astype("datetime64[M]")
    ahead = month + months.astype("timedelta64[M]")
    days_in_month = (ahead + _ONE_MONTH).astype("datetime64[D]") - ahead.astype("datetime64[D]")
    day = _month_day(ds)
    clipped = np.minimum(day * _ONE_DAY, days_in_month) - _ONE_DAY
    clock = last - last.astype("datetime64[D]")
    return np.asarray((ahead.astype("datetime64[D]") + clipped).astype("datetime64[s]") + clock)


def _month_day(ds: Moments) -> int:
    """Return the day of the month that the series keeps; 31 where it keeps month ends."""
    days = ds[-13:].astype("datetime64[D]")
    numbers = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    # The last business day of a month is up to three days before its end, and not always the same.
    at_end = ((days + 4 * _ONE_DAY).astype("datetime64[M]") > days.astype("datetime64[M]")).all()
    exact = ((days + _ONE_DAY).astype("datetime64[M]") > days.astype("datetime64[M]")).all()
    return 31 if exact or (at_end and np.unique(numbers).size > 1) else int(numbers[-1])
