"""Day first or month first: decided from all distinct values, then from the calendar, else asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from boursa.ingest.dates import Dates, Moments

# How many dates the calendar evidence needs before it may speak.
_ENOUGH_FOR_WEEKDAYS = 10
_ENOUGH_FOR_STEPS = 6


@dataclass(frozen=True)
class Order:
    """The order of day, month and year in a column.

    `decided_by` is ``values``, ``dots``, ``sequence``, ``weekdays``, or None where nothing tells;
    `against` counts the distinct values that are possible only in another order.
    """

    order: str
    decided_by: str | None
    against: int = 0
    in_favour: int = 0

    @property
    def contradicted(self) -> bool:
        """Whether so many values speak against the order that two conventions were mixed."""
        return self.against > 0.02 * (self.against + self.in_favour)


def decide(dates: Dates, in_file_order: Any) -> Order | None:
    """Return the order of `dates`, None if no value leaves it open.

    `in_file_order` are the indices of the distinct values as the rows hold them.
    """
    if not dates.open.any():
        return None
    possible = {order: ~np.isnat(dates.under(order)) & dates.open for order in ("dmy", "mdy", "ymd")}
    day, month, year = possible["dmy"], possible["mdy"], possible["ymd"]
    # A year first in two digits (26/01/15) is believed only when nothing else is possible, or below.
    only = {"dmy": day & ~month, "mdy": month & ~day, "ymd": year & ~day & ~month}
    counts = {order: int(yes.sum()) for order, yes in only.items()}
    best = max(counts, key=lambda order: counts[order])
    if year.all() and _runs(dates, "ymd", in_file_order) and not _runs(dates, best, in_file_order):
        return Order("ymd", "sequence")
    if counts[best]:
        return Order(best, "values", sum(counts.values()) - counts[best], counts[best])
    if (dates.dotted | ~dates.open).all():
        return Order("dmy", "dots")
    if (dates.a == dates.b)[dates.open].all():
        return Order("dmy", "values")  # 02/02/2025 is the same day either way
    return _by_calendar(dates, in_file_order)


def _by_calendar(dates: Dates, in_file_order: Any) -> Order:
    readings = {order: dates.under(order)[in_file_order] for order in ("dmy", "mdy")}
    for evidence, decide_by in (("sequence", _by_sequence), ("weekdays", _by_weekdays)):
        if order := decide_by(readings):
            return Order(order, evidence)
    return Order("dmy", None)


def _runs(dates: Dates, order: str, in_file_order: Any) -> bool:
    return _disorder(dates.under(order)[in_file_order]) == 0


def _by_sequence(readings: dict[str, Moments]) -> str | None:
    """Return the only order in which the rows run steadily, or in which the steps are regular."""
    disorder = {order: _disorder(moments) for order, moments in readings.items()}
    leaps = {order: _leap(moments) for order, moments in readings.items()}
    for order, other in (("dmy", "mdy"), ("mdy", "dmy")):
        if disorder[other] > 0.02 and disorder[order] <= 0.1 * disorder[other]:
            return order
    if max(disorder.values()) == 0:
        # The first of each month, read month first, is twelve days in a row and then a leap of a year.
        for order, other in (("dmy", "mdy"), ("mdy", "dmy")):
            if leaps[order] < 4 and leaps[other] > 20:
                return order
    return None


def _days(moments: Moments) -> Any:
    return moments[~np.isnat(moments)].astype("datetime64[D]").astype(np.int64)


def _disorder(moments: Moments) -> float:
    """Return the share of steps against the main direction; 1 where too few dates are there to tell."""
    steps = np.diff(_days(moments))
    if steps.size < _ENOUGH_FOR_STEPS:
        return 1.0
    forward, backward = int((steps > 0).sum()), int((steps < 0).sum())
    return min(forward, backward) / max(1, forward + backward)


def _leap(moments: Moments) -> float:
    """Return the largest step as a multiple of the usual one."""
    steps = np.abs(np.diff(_days(moments)))
    steps = steps[steps > 0]
    return float(steps.max() / np.median(steps)) if steps.size else 0.0


def _by_weekdays(readings: dict[str, Moments]) -> str | None:
    """Return the only order without a date on a weekend, if the other has as many as by chance."""
    shares = {order: _weekend_share(moments) for order, moments in readings.items()}
    for order, other in (("dmy", "mdy"), ("mdy", "dmy")):
        if shares[order] == 0 and (shares[other] or 0) > 0.1:
            return order
    return None


def _weekend_share(moments: Moments) -> float | None:
    days = np.unique(_days(moments)).astype("datetime64[D]")
    if days.size < _ENOUGH_FOR_WEEKDAYS:
        return None
    return float((~np.is_busday(days)).mean())
