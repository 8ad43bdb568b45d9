"""Chart data: what a picture of a series or of a sample shows; drawing happens elsewhere.

Every figure is bounded in size, whatever the length of the data: `n` says how many values it stands
for, `shown` how many of them are in it, `summary` what is seen, in a sentence. ``to_dict()`` is JSON in
which a gap is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from numpy.typing import ArrayLike

from boursa.analytics.figures.comparisons import Boxes, Scatter, boxes, scatter
from boursa.analytics.figures.distributions import QQ, Histogram, histogram, qq
from boursa.analytics.figures.lines import Line, Recent, Volatility, line, recent, volatility
from boursa.errors import InputError

__all__ = [
    "QQ",
    "Boxes",
    "Figure",
    "Histogram",
    "Line",
    "Recent",
    "Scatter",
    "Volatility",
    "boxes",
    "histogram",
    "line",
    "possible",
    "qq",
    "recent",
    "samples",
    "scatter",
    "volatility",
]

Figure = Line | Histogram | QQ | Boxes | Scatter


def possible(**makers: Callable[[], Figure]) -> dict[str, dict[str, Any]]:
    """Return, as JSON, the figures that the data allow; the others are absent."""
    drawn = {}
    for name, make in makers.items():
        with suppress(InputError):
            drawn[name] = make().to_dict()
    return drawn


def samples(
    names: Sequence[str],
    samples: Sequence[ArrayLike],
    *,
    paired: bool = False,
    ordered: bool = False,
    unit: str = "value",
) -> dict[str, dict[str, Any]]:
    """Return, as JSON, the figures that stand beside a test on these samples.

    Parameters
    ----------
    names : sequence of str
    samples : sequence of array-like of shape (n_i,)
    paired : bool
        Whether rows belong together.
    ordered : bool
        Whether the order of the values counts, as in a series.
    unit : str
        What one sample is measured in: ``value``, or ``fraction`` for returns.

    Returns
    -------
    dict
        ``series`` for a series; ``histogram`` and ``qq`` for one sample; ``scatter`` for two paired ones;
        ``boxes`` for several. What the data do not allow is absent.
    """
    if ordered and len(samples) == 1:
        return possible(series=lambda: line(None, samples[0], unit=unit))
    if len(samples) == 1:
        return possible(
            histogram=lambda: histogram(samples[0], unit=unit), qq=lambda: qq(samples[0], unit=unit)
        )
    if paired and len(samples) == 2:
        return possible(scatter=lambda: scatter(names, samples))
    return possible(boxes=lambda: boxes(names, samples))
