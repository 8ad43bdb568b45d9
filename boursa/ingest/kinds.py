"""What a series of numbers probably is: prices, returns, rates or counts. A guess, said and correctable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boursa.ingest.vocabulary import kind_named

KINDS = ("price", "return", "rate", "count", "unknown")


def kind_of_series(column: str, y: NDArray[np.float64]) -> str:
    """Return the kind that the name announces, unless the values contradict it and suggest another."""
    values = y[np.isfinite(y)]
    named = kind_named(column)
    if named is None or not values.size:
        return named or _by_values(values)
    # "Variation" may be a price difference or a return; a column of positive levels is neither.
    if named == "return" and values.size > 10 and values.min() > 0:
        return _by_values(values)
    if named == "count" and not (values >= 0).all():
        return _by_values(values)
    return named


def _by_values(values: NDArray[np.float64]) -> str:
    if values.size < 10 or values.min() == values.max():
        return "unknown"
    if values.min() < 0 < values.max() and _centred(values):
        return "return"
    if values.min() > 0 and _persistent(values):
        return "price"
    return "unknown"


def _centred(values: NDArray[np.float64]) -> bool:
    """Small, around zero and without memory: what returns look like."""
    small = np.median(np.abs(values)) < 0.2
    return bool(small and abs(values.mean()) < values.std() and abs(_lag_one(values)) < 0.5)


def _persistent(values: NDArray[np.float64]) -> bool:
    return _lag_one(np.log(values)) > 0.8


def _lag_one(values: NDArray[np.float64]) -> float:
    centred = values - values.mean()
    total = float(centred @ centred)
    return float(centred[1:] @ centred[:-1]) / total if total > 0 else 0.0
