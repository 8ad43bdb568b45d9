"""Unix time is read as dates, and never taken for a series of numbers."""

import datetime as dt

import numpy as np
import pytest

from boursa.ingest import Table, read
from boursa.ingest.profile import profile
from boursa.ingest.roles import roles_of, series_of

DAY = 86_400
FIRST = 1_577_836_800  # 2020-01-01 00:00 UTC


def table_of(text: str) -> Table:
    return read(text.encode(), name="f.csv")


def rows(*, start: int = FIRST, step: int = DAY, scale: int = 1, n: int = 8, name: str = "timestamp") -> str:
    return f"{name},close\n" + "".join(f"{(start + i * step) * scale},{100 + i % 3}.5\n" for i in range(n))


@pytest.mark.parametrize(
    ("scale", "unit"),
    [(1, "seconds"), (10**3, "milliseconds"), (10**6, "microseconds"), (10**9, "nanoseconds")],
)
def test_every_unit_is_told_by_its_size(scale: int, unit: str) -> None:
    """Exchanges write seconds, milliseconds, and since 2025 microseconds."""
    table = table_of(rows(scale=scale))
    assert table.data.column(0).to_pylist() == [dt.date(2020, 1, day) for day in range(1, 9)]
    (note,) = table.notes
    assert (note.code, note.column) == ("unix-time", "timestamp")
    assert unit in note.note.en
    (series,) = series_of(table)
    assert (series.name, roles_of(table).date) == ("close", "timestamp")
    assert str(series.moments()[0]) == "2020-01-01T00:00:00"


@pytest.mark.parametrize(
    "name",
    ["timestamp", "time", "unix", "Unix Timestamp", "epoch", "ts", "open_time", "openTime", "Date", "ds"],
)
def test_names_that_say_time(name: str) -> None:
    """Two rows are enough where the name tells."""
    table = table_of(rows(name=name, n=2))
    assert table.kind(name) == "date"
    assert roles_of(table).date == name
    assert roles_of(table).values == ("close",)


def test_a_time_of_day_makes_a_moment() -> None:
    """Hourly bars, and fractions of seconds as some exchanges write them."""
    hourly = table_of(rows(step=3600))
    assert hourly.kind("timestamp") == "datetime"
    assert profile(hourly).to_dict()["columns"][0]["max"] == "2020-01-01T07:00:00"
    fine = table_of(f"time,close\n{FIRST}.25,1.5\n{FIRST + 1}.5,2.5\n")
    assert [m.microsecond for m in fine.data.column(0).to_pylist()] == [250_000, 500_000]


def test_missing_moments_stay_missing() -> None:
    """No moment is made up."""
    table = table_of(f"timestamp,close\n{FIRST},1.5\n,2.5\n{FIRST + DAY},3.5\n")
    assert table.data.column(0).to_pylist() == [dt.date(2020, 1, 1), None, dt.date(2020, 1, 2)]


def test_the_first_column_needs_no_name_if_it_ticks() -> None:
    """Whole minutes upwards, from 1980 to 2100: a clock. A population that grows is none."""
    assert table_of(rows(name="x")).kind("x") == "date"
    bare = table_of(rows().split("\n", 1)[1])
    assert [bare.kind(name) for name in bare.columns] == ["date", "number"]
    grows = np.cumsum(np.random.default_rng(1).integers(10**6, 10**7, 20)) + 1_000_000_000
    table = table_of("habitants,close\n" + "".join(f"{n},1.5\n" for n in grows))
    assert table.kind("habitants") == "integer"
    assert table_of(rows(name="volume")).kind("volume") == "integer"


def test_a_table_that_has_dates_keeps_its_unnamed_numbers() -> None:
    """And a second moment (the close time of a bar) is a date beside the first, no series."""
    text = "x,date,close time,close\n" + "".join(
        f"{FIRST + i * DAY},2020-01-0{i + 1},{(FIRST + i * DAY) * 1000},1{i}.5\n" for i in range(8)
    )
    table = table_of(text)
    assert [table.kind(name) for name in table.columns] == ["integer", "date", "date", "number"]
    assert "close time" not in roles_of(table).values


@pytest.mark.parametrize(
    "number", ["20200131", "202001311730", "43861", "2020", "0.5", "-5", "99999999999999"]
)
def test_other_numbers_in_a_column_called_time_stay_numbers(number: str) -> None:
    """Calendar numbers, Excel days, years, durations: nothing is forced into a date."""
    table = table_of(f"time,close\n{number},1.5\n{number},2.5\n")
    assert "unix-time" not in [note.code for note in table.notes]


def test_a_long_file_by_unix_time_is_split_by_symbol() -> None:
    """The moment is known before the symbols are told apart."""
    text = "unix,symbol,close\n" + "".join(
        f"{FIRST + i * DAY},{symbol},{price + i}.5\n"
        for i in range(6)
        for symbol, price in (("BTC", 7000), ("ETH", 100))
    )
    assert [one.symbol for one in series_of(table_of(text))] == ["BTC", "ETH"]
