"""The calendar: frequency from dates, and the dates that follow."""

from __future__ import annotations

import numpy as np
import pytest

from boursa.analytics.forecasting import calendar
from boursa.errors import OptionUnknown


def _dates(*texts: str) -> np.ndarray:
    return np.array(texts, dtype="datetime64[s]")


def _range(start: str, stop: str, unit: str) -> np.ndarray:
    return np.arange(start, stop, dtype=f"datetime64[{unit}]").astype("datetime64[s]")


WEEKDAYS = _range("2026-09-01", "2026-11-21", "D")
WEEKDAYS = WEEKDAYS[np.is_busday(WEEKDAYS.astype("datetime64[D]"))]


@pytest.mark.parametrize(
    ("ds", "expected"),
    [
        (WEEKDAYS, "B"),
        (_range("2026-09-01", "2026-11-21", "D"), "D"),
        (_range("2026-09-01", "2026-11-21", "D")[::7], "W"),
        (_range("2020-01", "2026-01", "M"), "M"),
        (_range("2020-01", "2026-01", "M")[::3], "Q"),
        (_range("1990", "2026", "Y"), "Y"),
        (_range("2026-11-20T00", "2026-11-22T00", "h"), "h"),
        (_range("2026-11-20T00:00", "2026-11-20T02:00", "m"), "min"),
        (_range("2026-11-20T00:00", "2026-11-20T09:00", "m")[::15], "min"),
    ],
    ids=["B", "D", "W", "M", "Q", "Y", "h", "min", "15min"],
)
def test_the_frequency_is_read_from_the_dates(ds: np.ndarray, expected: str) -> None:
    """Each letter from dates of its kind; daily dates without weekends are business days."""
    assert calendar.frequency(ds) == expected


def test_business_days_skip_the_weekend() -> None:
    """After Friday 20 November 2026 comes Monday the 23rd."""
    found = calendar.following(WEEKDAYS, 6, "B")
    assert [str(day)[:10] for day in found] == [
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-30",
    ]


@pytest.mark.parametrize(
    ("freq", "ds", "expected"),
    [
        ("D", _dates("2026-02-26", "2026-02-27"), ["2026-02-28", "2026-03-01"]),
        ("W", _dates("2026-11-06", "2026-11-13"), ["2026-11-20", "2026-11-27"]),
        ("M", _dates("2026-11-30", "2026-12-31"), ["2027-01-31", "2027-02-28"]),
        ("M", _dates("2026-11-01", "2026-12-01"), ["2027-01-01", "2027-02-01"]),
        ("M", _dates("2026-11-28", "2026-12-28"), ["2027-01-28", "2027-02-28"]),
        ("M", _dates("2026-10-30", "2026-11-30", "2026-12-31"), ["2027-01-31", "2027-02-28"]),
        ("Q", _dates("2026-06-30", "2026-09-30"), ["2026-12-31", "2027-03-31"]),
        ("Y", _dates("2023-02-28", "2024-02-29"), ["2025-02-28", "2026-02-28"]),
    ],
)
def test_the_following_dates(freq: str, ds: np.ndarray, expected: list[str]) -> None:
    """Month ends stay month ends, days of the month stay, years end in February too."""
    assert [str(day)[:10] for day in calendar.following(ds, 2, freq)] == expected


def test_hours_and_minutes_go_on_at_their_own_pace() -> None:
    """Five-minute bars are followed five minutes later, not an hour."""
    bars = np.arange("2026-11-20T10:00", "2026-11-20T12:00", 5, dtype="datetime64[m]").astype("datetime64[s]")
    assert calendar.frequency(bars) == "min"
    assert [str(at) for at in calendar.following(bars, 2, "min")] == [
        "2026-11-20T12:00:00",
        "2026-11-20T12:05:00",
    ]


def test_bars_of_four_hours_go_on_every_four_hours() -> None:
    """They are called hourly, but a forecast of the next bar is not one for the next hour."""
    bars = _range("2026-11-16T00", "2026-11-20T00", "h")[::4]
    assert calendar.frequency(bars) == "h"
    assert [str(at) for at in calendar.following(bars, 2, "h")] == [
        "2026-11-20T00:00:00",
        "2026-11-20T04:00:00",
    ]


def test_irregular_ticks_are_not_called_hourly() -> None:
    """Trades some minutes apart keep no calendar, and the nearest frequency is within the hour."""
    gaps = np.random.default_rng(1).integers(60, 1200, 200).astype("timedelta64[s]")
    assert calendar.frequency(np.datetime64("2026-11-20T09:00:00") + np.cumsum(gaps)) == "min"


@pytest.mark.parametrize("freq", calendar.FREQUENCIES)
def test_every_frequency_has_a_season_a_horizon_and_a_next_date(freq: str) -> None:
    """A frequency that infers, but fails later, would lose the whole analysis."""
    ds = _dates("2026-11-20T10:00", "2026-11-20T10:05", "2026-11-20T10:10")
    assert calendar.SEASONS[freq] >= 1
    assert calendar.HORIZONS[freq] >= 1
    assert calendar.following(ds, 3, freq)[-1] > ds[-1]


def test_the_time_of_day_is_kept() -> None:
    """Prices of 17:30 are forecast for 17:30."""
    found = calendar.following(WEEKDAYS + np.timedelta64(63000, "s"), 1, "B")
    assert str(found[0]) == "2026-11-23T17:30:00"


def test_an_unknown_frequency_is_refused() -> None:
    """The sentence lists the letters."""
    with pytest.raises(OptionUnknown, match="h D B W M Q Y"):
        calendar.checked("fortnight")
