"""Tail probabilities at full precision: always the small tail, never one minus the large one."""

from __future__ import annotations

import sys

from scipy import special

from boursa.analytics.results import Caution
from boursa.language import Text

SMALLEST = sys.float_info.min


def normal(z: float, alternative: str = "two-sided") -> float:
    """Return the p-value of a standard normal statistic; ``greater`` rejects for large `z`."""
    if alternative == "two-sided":
        return min(1.0, 2 * float(special.ndtr(-abs(z))))
    return float(special.ndtr(-z if alternative == "greater" else z))


def chi_square(statistic: float, df: float) -> float:
    """Return the upper tail of a chi-square distribution."""
    return float(special.chdtrc(df, statistic))


def correlation(r: float, n: int, alternative: str = "two-sided") -> float:
    """Return the p-value of a correlation of `n` pairs by Student's law with n - 2 degrees.

    The incomplete beta function of ``1 - r**2`` keeps its precision far out in the tail, where
    the distribution function of t does not.
    """
    both = float(special.betainc((n - 2) / 2, 0.5, (1 - r) * (1 + r)))
    if alternative == "two-sided":
        return both
    towards = r > 0 if alternative == "greater" else r < 0
    return both / 2 if towards else 1 - both / 2


def quantile(confidence: float) -> float:
    """Return z such that a standard normal lies within +-z with probability `confidence`."""
    return float(-special.ndtri((1 - confidence) / 2))


def representable(p: float) -> tuple[float, tuple[Caution, ...]]:
    """Return `p`, or the smallest positive float and a caution where `p` is below it.

    A test that rejects very strongly has a p-value that no double can hold; zero would be false.
    """
    if p >= SMALLEST:
        return p, ()
    note = Text(
        fr="La valeur p est trop petite pour être calculée : lisez « inférieure à 10⁻³⁰⁰ ».",
        en="The p-value is too small to be computed: read it as below 10⁻³⁰⁰.",
    )
    return SMALLEST, (Caution(code="p-below-range", note=note),)
