"""Midranks and the sizes of the groups of ties, from one sort."""

from __future__ import annotations

import numpy as np

from boursa.analytics.series import FloatArray


def midranks(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ranks from 1 (ties get their mean) and the size of each group of equal values."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    edges = np.append(np.flatnonzero(first), values.size)
    group = np.cumsum(first) - 1
    ranks = np.empty(values.size)
    ranks[order] = (edges[group] + edges[group + 1] + 1) / 2
    return ranks, np.diff(edges).astype(np.float64)


def tie_sum(groups: FloatArray) -> float:
    """Return the sum of ``t**3 - t`` over the groups of ties, zero without ties."""
    return float((groups**3 - groups).sum())
