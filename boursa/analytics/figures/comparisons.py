"""Samples side by side: boxes for independent ones, points for paired ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from boursa.analytics.readings import figures as readings
from boursa.analytics.results import _Plain
from boursa.analytics.series import FloatArray, paired, sample
from boursa.language import Text

_WHISKER = 1.5
_OUTLIERS = 50
_PAIRS = 500


@dataclass(frozen=True, kw_only=True)
class Boxes(_Plain):
    """For each sample: lower whisker, quartiles, upper whisker in `five`; the furthest values beyond them."""

    kind: str = "boxes"
    names: Sequence[str]
    five: Sequence[Sequence[float]]
    n: Sequence[int]
    outliers: Sequence[Sequence[float]]
    summary: Text


@dataclass(frozen=True, kw_only=True)
class Scatter(_Plain):
    """Pairs of values; `names` are those of x and y."""

    kind: str = "scatter"
    names: Sequence[str]
    x: Sequence[float]
    y: Sequence[float]
    n: int
    shown: int
    summary: Text


def boxes(names: Sequence[str], samples: Sequence[ArrayLike]) -> Boxes:
    """Return the numbers of a box plot for each of several independent samples.

    Parameters
    ----------
    names : sequence of str
    samples : sequence of array-like of shape (n_i,)
        At least one value each; NaN is left out of its own sample.

    Returns
    -------
    Boxes
        Quartiles by linear interpolation (type 7 of Hyndman and Fan); whiskers at the last value within 1.5
        interquartile ranges of the box; of the values beyond, the 50 furthest from the median, in order.

    Raises
    ------
    TooFewObservations, NotFinite

    References
    ----------
    Tukey (1977), Exploratory Data Analysis, Addison-Wesley, chapter 2. Hyndman, Fan (1996), Sample
    quantiles in statistical packages, doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> boxes(["a"], [[1.0, 2.0, 3.0, 4.0, 50.0]]).five
    ([1.0, 2.0, 3.0, 4.0, 4.0],)
    """
    clean = [sample(one, name=name, varied=False) for name, one in zip(names, samples, strict=True)]
    made = [_box(one.values) for one in clean]
    five = tuple(box for box, _ in made)
    sizes = tuple(one.n for one in clean)
    return Boxes(
        names=tuple(names),
        five=five,
        n=sizes,
        outliers=tuple(beyond for _, beyond in made),
        summary=readings.boxes(names=names, five=five, n=sizes),
    )


def scatter(names: Sequence[str], samples: Sequence[ArrayLike]) -> Scatter:
    """Return the pairs of two paired columns; of more than 500, evenly spaced rows and the extremes.

    Parameters
    ----------
    names : sequence of str, two
    samples : sequence of two array-likes of shape (n,)
        A row with a missing value is left out.

    Returns
    -------
    Scatter
        The same rows give the same points.

    Raises
    ------
    TooFewObservations, NotFinite, InputError
    """
    one, two = paired(samples, names=names, varied=False)
    x, y = one.values, two.values
    kept = np.arange(x.size)
    if x.size > _PAIRS:
        extremes = [x.argmin(), x.argmax(), y.argmin(), y.argmax()]
        spaced = np.linspace(0, x.size - 1, _PAIRS - len(extremes)).round().astype(np.int64)
        kept = np.unique([*spaced, *extremes])
    return Scatter(
        names=tuple(names),
        x=x[kept].tolist(),
        y=y[kept].tolist(),
        n=x.size,
        shown=kept.size,
        summary=readings.scatter(
            n=x.size,
            names=(names[0], names[1]),
            x=(float(x.min()), float(x.max())),
            y=(float(y.min()), float(y.max())),
        ),
    )


def _box(values: FloatArray) -> tuple[list[float], list[float]]:
    first, median, third = np.percentile(values, [25, 50, 75]).tolist()
    reach = _WHISKER * (third - first)
    inside = (values >= first - reach) & (values <= third + reach)
    # Of few values a quartile may lie between two of them, beyond the last one inside: no whisker then.
    whiskers = min(first, float(values[inside].min())), max(third, float(values[inside].max()))
    beyond = values[~inside]
    furthest = beyond[np.argsort(-np.abs(beyond - median), kind="stable")[:_OUTLIERS]]
    return [whiskers[0], first, median, third, whiskers[1]], np.sort(furthest).tolist()
