"""Readings of the tests of volatility."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import rejected
from boursa.language import Text, integer, p_value, percent


def arch_null(name: str, lags: int) -> Text:
    """Return the null hypothesis of Engle's test."""
    return Text(
        fr=f"L’ampleur des mouvements de « {name} » ne dépend pas des {integer(lags, 'fr')} précédents (pas d’effet ARCH).",
        en=f"The size of the movements of {name} does not depend on the {integer(lags, 'en')} before (no ARCH effect).",
    )


def arch(*, p: float, name: str, lags: int, share: float) -> Text:
    """Return what Engle's test found; `share` is the R squared of the squares on their past."""
    if rejected(p):
        return Text(
            fr=f"Les périodes agitées de « {name} » se regroupent ({p_value(p, 'fr')}) : les {integer(lags, 'fr')} carrés "
            f"précédents expliquent {percent(share, 'fr')} de la variation du suivant. Le risque à venir dépend "
            "du risque présent ; un écart-type unique pour toute la période trompe. "
            "Cela ne dit rien du sens du prochain mouvement.",
            en=f"Turbulent periods of {name} come in clusters ({p_value(p, 'en')}): the {integer(lags, 'en')} previous "
            f"squares explain {percent(share, 'en')} of the variation of the next. The risk ahead depends on "
            "the present one; one standard deviation for the whole period misleads. "
            "This says nothing about the direction of the next movement.",
        )
    return Text(
        fr=f"Aucun regroupement de périodes agitées n’apparaît dans « {name} » ({p_value(p, 'fr')}). "
        "Ce n’est pas la preuve que le risque est constant : "
        "une rupture lente ou rare échappe à ce test.",
        en=f"No clustering of turbulent periods shows in {name} ({p_value(p, 'en')}). "
        "This is no proof that the risk is constant: a slow or rare change escapes this test.",
    )
