"""What the readings share: the threshold, words for sizes, intervals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from boursa.language import Text, fixed, number, percent

# The verdicts are worded at the customary threshold; the p-value stands beside each of them.
LEVEL = 0.05

NEGLIGIBLE = Text(fr="négligeable", en="negligible")
SMALL = Text(fr="faible", en="small")
MEDIUM = Text(fr="moyen", en="medium")
LARGE = Text(fr="fort", en="large")


def rejected(p: float) -> bool:
    """Return whether `p` lies below the customary threshold."""
    return p < LEVEL


def size_word(value: float, bounds: Sequence[float]) -> Text:
    """Return negligible, small, medium or large for the three `bounds` of a convention."""
    words = (NEGLIGIBLE, SMALL, MEDIUM, LARGE)
    return words[sum(abs(value) >= bound for bound in bounds)]


def measured(value: float, unit: str, language: str) -> str:
    """Return a value in its `unit`: a ``fraction`` in percent, anything else as a number."""
    if unit != "fraction":
        return number(value, language)
    # Four significant digits, as any number: a rate moves by hundredths of a percent, a coin by tens.
    return number(100 * value, language) + ("\u00a0%" if language == "fr" else "%")


def as_given(value: float, language: str, unit: str = "") -> str:
    """Return a number that a person chose, with the decimals that they wrote: ``0,25``, not ``0,2500``."""
    if unit == "fraction":
        return measured(value, unit, language)
    decimals = -int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    return fixed(value, language, max(0, decimals)) if decimals <= 10 else number(value, language)


def interval(low: float | None, high: float | None, level: float, language: str, unit: str = "") -> str:
    """Return `` (95 % : de 0,1 à 0,3)`` with its leading space, or nothing where there is no interval."""
    if low is None or high is None:
        return ""
    share = percent(level, language, 0)
    first, last = measured(low, unit, language), measured(high, unit, language)
    if language == "fr":
        return f" (intervalle de confiance à {share} : de {first} à {last})"
    return f" ({share} confidence interval: {first} to {last})"
