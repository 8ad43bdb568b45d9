"""The gate: shape, type, missing values, finiteness and length are checked once, here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boursa.analytics.results import SampleSize
from boursa.errors import (
    ConstantSeries,
    InputError,
    NotFinite,
    NotNumeric,
    TooFewObservations,
    Undefined,
)
from boursa.language import N_, number

FloatArray = NDArray[np.float64]

# Beyond it the sum of squares of a long series leaves the range of a double.
LARGEST = 1e150


@dataclass(frozen=True)
class Sample:
    """One clean sample: finite float64 values, and how many were dropped as missing."""

    values: FloatArray
    name: str
    n_dropped: int

    @property
    def n(self) -> int:
        """The number of values that are left."""
        return self.values.size

    def size(self) -> SampleSize:
        """Return the counts as they stand in a result."""
        return SampleSize(name=self.name, n=self.n, n_dropped=self.n_dropped)


@dataclass(frozen=True)
class TimeSeries:
    """Values at strictly increasing moments: `ds` datetime64[s], `y` finite float64, same length.

    Where a file has no dates, `ds` numbers the observations from 1 (int64).
    """

    ds: NDArray[Any]
    y: FloatArray
    name: str

    def __len__(self) -> int:
        return self.y.size

    @property
    def dated(self) -> bool:
        """Whether the observations have dates, and not only numbers."""
        return self.ds.dtype.kind == "M"


def as_floats(values: ArrayLike, name: str = "x") -> FloatArray:
    """Return `values` as a one-dimensional float64 array; missing values become NaN.

    Raises
    ------
    NotNumeric
        If a value is text or another thing that is no number.
    InputError
        If the shape is not one-dimensional.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NotNumeric(N_("{name}: numbers are needed, but the column holds text."), name=name) from error
    if array.ndim != 1:
        raise InputError(N_("{name}: one column of numbers is needed."), name=name)
    return array


def sample(values: ArrayLike, *, name: str = "x", minimum: int = 1, varied: bool = True) -> Sample:
    """Return one sample with missing values (NaN) dropped and counted.

    Parameters
    ----------
    values : array-like of shape (n,)
    name : str
        The column's name, for messages.
    minimum : int
        The fewest observations that the method needs.
    varied : bool
        Whether a constant sample is refused.

    Raises
    ------
    NotNumeric, NotFinite, Undefined, TooFewObservations, ConstantSeries
    """
    array = as_floats(values, name)
    kept = array[~np.isnan(array)]
    _check(kept, name, minimum, varied)
    return Sample(kept, name, array.size - kept.size)


def paired(
    columns: Sequence[ArrayLike], *, names: Sequence[str], minimum: int = 1, varied: bool = True
) -> tuple[Sample, ...]:
    """Return samples of equal length; a row with any missing value is dropped from all.

    Raises
    ------
    InputError
        If the lengths differ; otherwise as `sample`.
    """
    arrays = [as_floats(column, name) for column, name in zip(columns, names, strict=True)]
    if len({array.size for array in arrays}) > 1:
        raise InputError(
            N_("Paired columns must have the same length; these have {lengths}."),
            lengths=", ".join(str(array.size) for array in arrays),
        )
    complete = ~np.any([np.isnan(array) for array in arrays], axis=0)
    dropped = int(complete.size - complete.sum())
    samples = tuple(Sample(a[complete], n, dropped) for a, n in zip(arrays, names, strict=True))
    for one in samples:
        _check(one.values, one.name, minimum, varied)
    return samples


def time_series(ds: Any, y: ArrayLike, *, name: str = "y", minimum: int = 1) -> TimeSeries:
    """Return a series in time order with missing values dropped.

    Raises
    ------
    InputError
        If a moment is missing, or stands twice: what to keep then is cleaning's decision.
    """
    moments = np.asarray(ds, dtype="datetime64[s]")
    values = as_floats(y, name)
    if moments.shape != values.shape:
        raise InputError(
            N_("{name}: {dates} dates for {values} values."),
            name=name,
            dates=moments.size,
            values=values.size,
        )
    keep = ~np.isnan(values)
    moments, values = moments[keep], values[keep]
    if np.isnat(moments).any():
        raise InputError(N_("{name}: a value has no date."), name=name)
    order = np.argsort(moments, kind="stable")
    moments, values = moments[order], values[order]
    if moments.size > 1 and (np.diff(moments) == np.timedelta64(0, "s")).any():
        raise InputError(N_("{name}: the same date stands twice."), name=name)
    _check(values, name, minimum, varied=False)
    return TimeSeries(moments, values, name)


def _check(values: FloatArray, name: str, minimum: int, varied: bool) -> None:
    if not np.isfinite(values).all():
        raise NotFinite(N_("{name}: an infinite value cannot be analysed."), name=name)
    if (np.abs(values) > LARGEST).any():
        raise Undefined(
            N_("{name}: values beyond {limit} cannot be computed with; express them in a larger unit."),
            name=name,
            limit=number(LARGEST, "en", 1),  # the same in every language
        )
    if minimum and not values.size:
        raise TooFewObservations(
            N_("{name}: no value is present, so there is nothing to analyse."), name=name
        )
    if values.size < minimum:
        raise TooFewObservations(
            N_("{name}: at least {minimum} observations are needed; there are {n}."),
            name=name,
            minimum=minimum,
            n=values.size,
        )
    if varied and values.size and values.min() == values.max():
        raise ConstantSeries(N_("{name}: all values are equal, so the question has no answer."), name=name)
