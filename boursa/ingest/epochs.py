"""Unix time: whole columns of seconds, milliseconds, ... since 1970 that are dates and no series.

Exchanges and web services write moments so. Taken for numbers, the clock itself would be analysed,
and forecast without an error.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from boursa.ingest.vocabulary import kind_named, plain_name

# Seconds from 1980 to 2100: each unit has a range of its own, and no calendar number (20260131,
# 202601311730) falls into one.
_FIRST, _LAST = 315_532_800, 4_102_444_800
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_NAMED = re.compile(
    r"(time|timestamps?|unix|epoch|date)\b|\b(ts|t|ds|dt|unix\w*|epoch\w*|horodatage|heure|jour)\b"
)
# So many steps, all of them whole minutes, are no chance in a first column without a telling name.
_ENOUGH_STEPS = 5


def unit_of(name: str, values: Any, *, first: bool) -> str | None:
    """Return ``s``, ``ms``, ``us`` or ``ns`` if the numbers `values` are Unix time, else None.

    A column is, if all of its values lie between 1980 and 2100 in one unit and its name says time; or
    if it is the `first` one and counts upwards in whole minutes.
    """
    if not (pa.types.is_integer(values.type) or pa.types.is_floating(values.type)):
        return None
    ends = pc.min_max(values).as_py()
    if ends["min"] is None:
        return None  # nothing but missing values
    unit = next(
        (unit for unit, n in _PER_SECOND.items() if _FIRST * n <= ends["min"] and ends["max"] <= _LAST * n),
        None,
    )
    if unit is None or _NAMED.search(plain_name(name)):
        return unit
    return unit if first and not kind_named(name) and _ticks(values, _PER_SECOND[unit]) else None


def _ticks(values: Any, per_second: int) -> bool:
    if values.null_count or not pa.types.is_integer(values.type):
        return False
    steps = np.diff(values.to_numpy(zero_copy_only=False))
    whole_minutes = (steps > 0) & (steps % (60 * per_second) == 0)
    return bool(steps.size >= _ENOUGH_STEPS and whole_minutes.all())


def moments(values: Any, unit: str) -> Any:
    """Return the days of `values` (date32), or the moments (timestamp[us]) where there is a time of day."""
    micros = _micros(values, unit)
    found = pa.array(micros.astype("datetime64[us]"), mask=_mask(values))
    days = found.cast(pa.date32(), safe=False)
    at_midnight = pc.all(pc.equal(days.cast(pa.timestamp("us")), found)).as_py()
    return days if at_midnight else found


def _micros(values: Any, unit: str) -> NDArray[np.int64]:
    numbers = values.fill_null(0).to_numpy(zero_copy_only=False)
    if unit == "ns":
        return np.asarray(numbers // 1000).astype(np.int64)
    # Seconds with a fraction are rounded to microseconds, as far as a double knows them.
    return np.asarray(np.rint(numbers * (10**6 // _PER_SECOND[unit]))).astype(np.int64)


def _mask(values: Any) -> NDArray[np.bool_]:
    missing: NDArray[np.bool_] = values.is_null().to_numpy(zero_copy_only=False)
    return missing
