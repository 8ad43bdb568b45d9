"""Readings of the tests of memory."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import rejected
from boursa.language import Text, integer, number, p_value, percent


def ljung_box_null(name: str, lags: int) -> Text:
    """Return the null hypothesis of the portmanteau test."""
    return Text(
        fr=f"Les autocorrélations de « {name} » sont toutes nulles jusqu’au retard {integer(lags, 'fr')}.",
        en=f"The autocorrelations of {name} are all zero up to lag {integer(lags, 'en')}.",
    )


def ljung_box(*, p: float, name: str, lags: int, lag: int, autocorrelation: float) -> Text:
    """Return what the portmanteau test found; `autocorrelation` at `lag` is the largest."""
    share = autocorrelation**2
    if rejected(p):
        return Text(
            fr=f"Le passé de « {name} » renseigne sur la suite ({p_value(p, 'fr')}, {integer(lags, 'fr')} retards). "
            f"L’autocorrélation la plus forte, au retard {integer(lag, 'fr')}, vaut {number(autocorrelation, 'fr', 2)} : "
            f"elle explique à elle seule {percent(share, 'fr')} de la variance. "
            "Une mémoire détectée n’est pas forcément assez grande pour être exploitée, "
            "et des périodes agitées groupées peuvent la simuler.",
            en=f"The past of {name} tells something about what follows ({p_value(p, 'en')}, {integer(lags, 'en')} lags). "
            f"The strongest autocorrelation, at lag {integer(lag, 'en')}, is {number(autocorrelation, 'en', 2)}: "
            f"by itself it explains {percent(share, 'en')} of the variance. "
            "A memory that is detected need not be large enough to be used, "
            "and clustered turbulence can imitate it.",
        )
    return Text(
        fr=f"Aucune autocorrélation n’apparaît dans « {name} » jusqu’au retard {integer(lags, 'fr')} ({p_value(p, 'fr')}). "
        "Ce n’est pas la preuve que les valeurs sont indépendantes : "
        "leur volatilité, par exemple, peut garder une mémoire.",
        en=f"No autocorrelation shows in {name} up to lag {integer(lags, 'en')} ({p_value(p, 'en')}). "
        "This is no proof that the values are independent: their volatility, for one, may have a memory.",
    )
