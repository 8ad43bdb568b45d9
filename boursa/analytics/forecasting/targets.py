"""What is forecast: the price, its return or its difference; and on which scale models work.

``price`` is the series as it stands. When every value is positive, models and errors work on
natural logarithms: a move of 1 % then counts the same in 1999 and in 2026. Forecasts come back in
the unit of the series (as medians: the exponential of a mean logarithm).

Positive **yearly** series are the exception: they are forecast in levels, unless their values range
over more than a factor of `WIDE`. A few values with a trend, continued on logarithms, grow too fast. On
144 yearly series of the M3 competition this rule had a sMAPE of 12.1 with ETS (13.7 always on logarithms,
12.5 always in levels), 14.1 with drift (15.2; 13.6) and 12.2 with theta (12.4; 12.3: no difference beyond
chance). Beyond a factor of ten growth is by percentages, not by amounts.

Whatever the scale, no forecast of a positive series is negative, nor is a bound of its intervals.

``return`` is the simple return, ``difference`` the change from one value to the next. Their naive
forecast is **zero** (the price stays where it is), not the last return, which anything would beat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from boursa.analytics.results import Caution
from boursa.analytics.returns import simple_returns
from boursa.analytics.series import FloatArray, TimeSeries
from boursa.errors import ConstantSeries, InputError, OptionUnknown
from boursa.language import N_, Text

TARGETS = ("price", "return", "difference")

# These two walk on the level of the series; asked for changes, they answer with the changes of
# that walk: zero, and the mean change.
_ON_LEVEL = frozenset({"naive", "drift"})

# Below this correlation of each value with the one before, the mean of the past beats the last
# value: (1 - rho) * 2 * variance against the variance.
_WEAK = 0.5

# Highest over lowest value from which a yearly series is forecast on logarithms after all.
WIDE = 10.0

_Rolling = Callable[[FloatArray, NDArray[np.int64], int, int], FloatArray]


@dataclass(frozen=True)
class Working:
    """A series on the scale that models work on: `log` of the unit of y, or that unit itself.

    `floor` is what no value of the series can lie below, in the unit of y.
    """

    name: str
    target: str
    ds: NDArray[np.datetime64]
    values: FloatArray
    log: bool
    changes: bool
    cautions: tuple[Caution, ...] = ()
    floor: float = -np.inf

    def unit(self, values: FloatArray) -> FloatArray:
        """Return `values` in the unit of y."""
        return np.exp(values) if self.log else np.maximum(values, self.floor)

    def shocks(self) -> FloatArray:
        """Return the one-step surprises of the naive forecast; the first is as long as the second."""
        if self.changes:
            return self.values
        steps = np.diff(self.values)
        return np.concatenate([steps[:1], steps])

    def last(self, count: int) -> Working:
        """Return the last `count` observations."""
        return replace(self, ds=self.ds[-count:], values=self.values[-count:])

    def ask(
        self, name: str, rolling: _Rolling, origins: NDArray[np.int64], horizon: int, season: int
    ) -> FloatArray:
        """Return the forecasts of a model from `origins`, shape (origins, horizon)."""
        if not (self.changes and name in _ON_LEVEL):
            return rolling(self.values, origins, horizon, season)
        level = np.concatenate([[0.0], np.cumsum(self.values)])
        path = rolling(level, origins + 1, horizon, season)
        return np.diff(path, axis=1, prepend=level[origins][:, None])


def prepare(series: TimeSeries, target: str, freq: str = "") -> Working:
    """Return `series`, observed at `freq`, on the working scale of `target`.

    Raises
    ------
    OptionUnknown
        If there is no such target.
    ConstantSeries
        If there is nothing to forecast: all values (or all changes) are equal.
    InputError
        If returns are asked of values that can be neither prices nor returns.
    """
    makers: dict[str, Callable[[TimeSeries], Working]] = {
        "price": partial(_price, freq=freq),
        "return": _return,
        "difference": _difference,
    }
    if target not in makers:
        raise OptionUnknown(
            N_("There is no target “{target}”; there are {known}."), target=target, known=", ".join(TARGETS)
        )
    if series.y.size and series.y.min() == series.y.max():
        raise ConstantSeries(
            N_("{name}: all values are equal, so there is nothing to forecast."), name=series.name
        )
    working = makers[target](series)
    if working.changes and working.values.size and working.values.min() == working.values.max():
        raise ConstantSeries(
            N_("{name}: all changes are equal, so there is nothing to forecast."), name=series.name
        )
    return working


def _price(series: TimeSeries, freq: str) -> Working:
    if series.y.min() > 0 and freq == "Y" and series.y.max() <= WIDE * series.y.min():
        return Working(series.name, "price", series.ds, series.y, log=False, changes=False, floor=0.0)
    if series.y.min() > 0:
        return Working(series.name, "price", series.ds, np.log(series.y), log=True, changes=False)
    cautions = (_WEAK_RIVAL,) if _memory(series.y) < _WEAK else ()
    return Working(
        series.name, "price", series.ds, series.y, log=False, changes=False, cautions=(_LEVELS, *cautions)
    )


def _return(series: TimeSeries) -> Working:
    if series.y.min() > 0:
        returns = simple_returns(series.y)
        return Working(series.name, "return", series.ds[1:], returns, log=False, changes=True)
    if series.y.min() <= -1:
        raise InputError(
            N_("{name}: the value {value} is neither a price nor a return (a return is above −100%)."),
            name=series.name,
            value=float(series.y.min()),
        )
    return Working(
        series.name, "return", series.ds, series.y, log=False, changes=True, cautions=(_TAKEN_AS_RETURNS,)
    )


def _difference(series: TimeSeries) -> Working:
    return Working(series.name, "difference", series.ds[1:], np.diff(series.y), log=False, changes=True)


def _memory(y: FloatArray) -> float:
    centred = y - y.mean()
    return float(centred[1:] @ centred[:-1] / (centred @ centred))


_LEVELS = Caution(
    code="levels",
    note=Text(
        fr="La série contient des valeurs nulles ou négatives : la prévision porte sur les niveaux, et "
        "non sur les logarithmes.",
        en="The series holds zero or negative values: it is forecast in levels, not in logarithms.",
    ),
)
_TAKEN_AS_RETURNS = Caution(
    code="taken-as-returns",
    note=Text(
        fr="La série contient des valeurs nulles ou négatives : elle est prise telle quelle, comme une "
        "série de rendements.",
        en="The series holds zero or negative values: it is taken as it stands, as a series of returns.",
    ),
)
_WEAK_RIVAL = Caution(
    code="weak-rival",
    note=Text(
        fr="Chaque valeur dépend peu de la précédente : la prévision naïve (la dernière valeur) est ici "
        "un adversaire trop facile. S’il s’agit de rendements, demandez de prévoir les rendements.",
        en="Each value depends little on the one before: the naive forecast (the last value) is too easy "
        "a rival here. If these are returns, ask for returns to be forecast.",
    ),
)
