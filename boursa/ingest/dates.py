"""Dates as people write them, read value by distinct value; the order of day and month is decided apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from boursa.ingest.months import MONTHS, fold

Moments = NDArray[np.datetime64]
Ints = NDArray[np.int64]

_PARTS = ("a", "b", "c", "year", "month", "day")

# Years of two digits from here on are 19xx, those before 20xx. POSIX says 69, but a price of 2050 is
# an error and one of 1950 is not; there is no clock on this floor to compare with.
PIVOT = 40

_TIME = (
    r"(?:(?:T|\s+)(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>(?:[AaPp]\.?[Mm]\.?)?)\s*(?P<zone>(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?))?"
)
_WEEKDAY = r"(?:\p{L}+\.?,?\s+)?"
_ORDINAL = r"(?:er|st|nd|rd|th)?"

# One pattern a family; the first that matches reads the value. a, b, c are parts whose order is open.
_FAMILIES = (
    rf"^\s*{_WEEKDAY}(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}}){_TIME}\s*$",
    rf"^\s*{_WEEKDAY}(?P<a>\d{{1,2}})[-/. ](?P<b>\d{{1,2}})[-/. ](?P<c>\d{{4}}|\d{{2}}){_TIME}\s*$",
    r"^\s*(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})Z?)?\s*$",
    rf"^\s*{_WEEKDAY}(?P<day>\d{{1,2}}){_ORDINAL}[\s./-]*(?P<word>\p{{L}}+)\.?,?[\s./-]*(?P<year>\d{{4}}|\d{{2}}){_TIME}\s*$",
    rf"^\s*(?:\p{{L}}+\.?,\s+)?(?P<word>\p{{L}}+)\.?[\s./-]*(?P<day>\d{{1,2}}){_ORDINAL},?[\s./-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}\s*$",
    r"^\s*(?P<year>\d{4})[-/M](?P<month>\d{1,2})\s*$",
    r"^\s*(?P<month>\d{1,2})[-/](?P<year>\d{4})\s*$",
    r"^\s*(?P<word>\p{L}+)\.?[\s./-]+(?P<year>\d{4}|\d{2})\s*$",
    r"^\s*(?P<year>\d{4})[-\s]?[QT](?P<quarter>[1-4])\s*$",
    r"^\s*[QT](?P<quarter>[1-4])[-\s/]?(?P<year>\d{4})\s*$",
)


@dataclass(frozen=True)
class Dates:
    """Distinct texts taken apart: numbers by part (-1 where absent), not yet a calendar date.

    `open` marks the values whose order of day, month and year is to be decided (``01/02/2003``);
    their three numbers are `a`, `b`, `c` in the order written. `dotted` says that a dot separates
    them, which only day-first countries write.
    """

    n: int
    read: NDArray[np.bool_]
    open: NDArray[np.bool_]
    dotted: NDArray[np.bool_]
    a: Ints
    b: Ints
    c: Ints
    year: Ints
    month: Ints
    day: Ints
    micros: Ints  # time of day
    offset: Ints  # seconds east of UTC, 0 where none is written
    zoned: bool
    short_years: NDArray[np.bool_]
    pivot: int = PIVOT

    def with_century(self, order: str, in_file_order: Ints) -> Dates:
        """Return the dates with the pivot at which the rows leap least from one century to another.

        `in_file_order` are the indices of the distinct values as the rows hold them. Only pivots from
        `PIVOT` downwards are tried: prices of the thirties are history, never forecasts.
        """
        if not self.short_years.any():
            return self
        years = np.where(self.open, dict(zip(order, (self.a, self.b, self.c), strict=True))["y"], self.year)
        rows = in_file_order[(self.short_years & self.read)[in_file_order]]
        return replace(self, pivot=_calmest_pivot(years[rows]))

    def under(self, order: str) -> Moments:
        """Return the moments (datetime64[us], as written) in the `order` of parts; NaT where impossible."""
        parts = dict(zip(order, (self.a, self.b, self.c), strict=True))
        year, month, day = (
            np.where(self.open, parts[letter], known)
            for letter, known in (("y", self.year), ("m", self.month), ("d", self.day))
        )
        # A four-digit number can only be the year, whatever the order says about the other two.
        long = self.open & (self.c > 99)
        if order == "ymd":
            year, day = np.where(long, self.c, year), np.where(long, -1, day)
        midnight = _calendar(_century(year, self.short_years, self.pivot), month, day, self.read)
        return np.asarray(midnight + self.micros.astype("m8[us]"))


def take_apart(texts: Any) -> Dates:
    """Return the parts of `texts`, an array of distinct strings."""
    n = len(texts)
    parts: dict[str, Any] = {name: np.full(n, -1, dtype=np.int64) for name in _PARTS}
    micros, offset = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    read, dotted, short = (np.zeros(n, dtype=bool) for _ in range(3))
    left, zoned = np.arange(n), False
    for pattern in _FAMILIES:
        if not left.size:
            break
        found = pc.extract_regex(pc.take(texts, pa.array(left)), pattern)
        hit = found.is_valid().to_numpy(zero_copy_only=False)
        if not hit.any():
            continue
        rows, fields = left[hit], _fields(found.filter(pa.array(hit)))
        for name, values in _numbers(fields).items():
            parts[name][rows] = values
        time_of_day = _time_of_day(fields)
        micros[rows], offset[rows] = np.maximum(time_of_day, 0), _offsets(fields)
        zoned = zoned or bool(_any_text(fields.get("zone")))
        short[rows] = _length(fields.get("year", fields.get("c"))) == 2
        if "a" in fields:
            dotted[rows] = _dotted(pc.take(texts, pa.array(rows)))
        read[rows] = time_of_day >= 0
        left = left[~hit]
    is_open = parts["a"] >= 0
    return Dates(
        n, read, is_open, dotted, **parts, micros=micros, offset=offset, zoned=zoned, short_years=short
    )


def _fields(found: Any) -> dict[str, Any]:
    return dict(zip((field.name for field in found.type), found.flatten(), strict=True))


def _numbers(fields: dict[str, Any]) -> dict[str, Ints]:
    present = [name for name in ("a", "b", "c", "year", "month", "day") if name in fields]
    found: dict[str, Ints] = {str(name): _integers(fields[name]) for name in present}
    if "word" in fields:
        found["month"] = _months(fields["word"])
    if "quarter" in fields:
        found["month"] = 3 * _integers(fields["quarter"]) - 2
    if "day" not in found and "a" not in found:
        found["day"] = np.ones(len(found["year"]), dtype=np.int64)
    return found


def _integers(texts: Any) -> Ints:
    """Return the numbers in `texts`, 0 for the empty text of a part that is not there."""
    filled = pc.if_else(pc.equal(texts, ""), "0", texts)
    numbers: Ints = pc.cast(filled, pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _months(words: Any) -> Ints:
    coded = words.dictionary_encode()
    table = np.array([MONTHS.get(fold(word), -1) for word in coded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(table[coded.indices.to_numpy(zero_copy_only=False)])


def _time_of_day(fields: dict[str, Any]) -> Ints:
    """Return microseconds since midnight; -1 where the time is impossible."""
    if "hour" not in fields:
        return np.zeros(len(fields["year"]), dtype=np.int64)
    hour, minute, second = (_integers(fields[name]) for name in ("hour", "minute", "second"))
    fraction = np.zeros_like(hour)
    if "half" in fields:
        half = pc.utf8_lower(fields["half"])
        afternoon = pc.starts_with(half, "p").to_numpy(zero_copy_only=False)
        clock12 = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
        hour = np.where(clock12, hour % 12 + 12 * afternoon, hour)
        fraction = _integers(pc.utf8_slice_codeunits(pc.utf8_rpad(fields["fraction"], 6, "0"), 0, 6))
    impossible = (hour > 23) | (minute > 59) | (second > 59)
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    return np.where(impossible, -1, micros)


def _offsets(fields: dict[str, Any]) -> Ints | int:
    if "zone" not in fields or not _any_text(fields["zone"]):
        return 0
    coded = fields["zone"].dictionary_encode()
    table = np.array([_seconds_east(zone) for zone in coded.dictionary.to_pylist()], dtype=np.int64)
    return np.asarray(table[coded.indices.to_numpy(zero_copy_only=False)])


@cache
def _seconds_east(zone: str) -> int:
    if not zone.startswith(("+", "-")):
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:]) * 60)


def _any_text(texts: Any | None) -> bool:
    return texts is not None and pc.any(pc.not_equal(texts, "")).as_py() is True


def _length(texts: Any) -> NDArray[np.int32]:
    lengths: NDArray[np.int32] = pc.utf8_length(texts).to_numpy(zero_copy_only=False)
    return lengths


def _dotted(texts: Any) -> NDArray[np.bool_]:
    dotted: NDArray[np.bool_] = pc.match_substring_regex(texts, r"\d\.\d{1,2}\.").to_numpy(
        zero_copy_only=False
    )
    return dotted


def _century(year: Ints, short: NDArray[np.bool_], pivot: int) -> Ints:
    return np.where(short, year + np.where(year >= pivot, 1900, 2000), year)


def _calmest_pivot(years: Ints) -> int:
    """Return the highest pivot up to `PIVOT` with the fewest leaps of half a century between rows."""
    steps, counts = np.unique(100 * years[:-1] + years[1:], return_counts=True)
    before, after = np.divmod(steps, 100)

    def leaps(pivot: int) -> int:
        apart = (before + 100 * (before < pivot)) - (after + 100 * (after < pivot))
        return int(counts[np.abs(apart) > 50].sum())

    return min(range(PIVOT, -1, -1), key=leaps)


def _calendar(year: Ints, month: Ints, day: Ints, read: NDArray[np.bool_]) -> Moments:
    possible = read & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1) & (year <= 9999)
    months = np.where(possible, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(possible, day - 1, 0).astype("timedelta64[D]")
    possible &= days.astype("datetime64[M]") == months  # 31 April is no date
    return np.where(possible, days, np.datetime64("NaT", "D")).astype("datetime64[us]")
