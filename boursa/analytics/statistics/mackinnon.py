"""Response surfaces of the Dickey-Fuller distribution, for one series.

statsmodels carries the same tables, but importing them from there costs two seconds.

References
----------
MacKinnon (1994), Approximate asymptotic distribution functions for unit-root and cointegration
tests, doi:10.1080/07350015.1994.10510005: the p-values. MacKinnon (2010), Critical values for
cointegration tests, Queen's University working paper 1227: the critical values.

Checked against statsmodels' ``mackinnonp`` and ``mackinnoncrit``
(tests/unit/analytics/statistics/test_mackinnon.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.polynomial.polynomial import polyval
from scipy import special


@dataclass(frozen=True)
class _Surface:
    """The normal quantile of p as a polynomial of tau: one left of `change`, one right of it."""

    lowest: float
    change: float
    highest: float
    left: tuple[float, ...]
    right: tuple[float, ...]


_SURFACES = {
    "n": _Surface(
        -19.04, -1.04, float("inf"), (0.6344, 1.2378, 0.032496), (0.4797, 0.93557, -0.06999, 0.033066)
    ),
    "c": _Surface(-18.83, -1.61, 2.74, (2.1659, 1.4412, 0.038269), (1.7339, 0.93202, -0.12745, -0.010368)),
    "ct": _Surface(-16.18, -2.89, 0.7, (3.2512, 1.6047, 0.049588), (2.5261, 0.61654, -0.37956, -0.060285)),
}
_CRITICAL = {
    "n": {
        "1%": (-2.56574, -2.2358, -3.627, 0.0),
        "5%": (-1.94100, -0.2686, -3.365, 31.223),
        "10%": (-1.61682, 0.2656, -2.714, 25.364),
    },
    "c": {
        "1%": (-3.43035, -6.5393, -16.786, -79.433),
        "5%": (-2.86154, -2.8903, -4.234, -40.040),
        "10%": (-2.56677, -1.5384, -2.809, 0.0),
    },
    "ct": {
        "1%": (-3.95877, -9.0531, -28.428, -134.155),
        "5%": (-3.41049, -4.3904, -9.036, -45.374),
        "10%": (-3.12705, -2.5856, -3.925, -22.380),
    },
}


def p_value(tau: float, regression: str) -> tuple[float, str]:
    """Return the p-value of `tau` and ``<`` where the surface ends and p is only an upper bound.

    Beyond the right end of the surface p is one to all digits that it has.
    """
    surface = _SURFACES[regression]
    if tau > surface.highest:
        return 1.0, ""
    inside = max(tau, surface.lowest)
    terms = surface.left if inside <= surface.change else surface.right
    return float(special.ndtr(polyval(inside, terms))), "<" if tau < surface.lowest else ""


def critical_values(regression: str, n: int) -> dict[str, float]:
    """Return the critical values for a regression over `n` observations."""
    return {share: float(polyval(1 / n, terms)) for share, terms in _CRITICAL[regression].items()}
