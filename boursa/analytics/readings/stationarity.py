"""Readings of the tests of stationarity."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import rejected
from boursa.language import Text, number, p_value

_AROUND = {
    "n": Text(fr="de zéro", en="zero"),
    "c": Text(fr="d’un niveau constant", en="a constant level"),
    "ct": Text(fr="d’une tendance linéaire", en="a linear trend"),
}


def adf_null(name: str) -> Text:
    """Return the null hypothesis of the unit-root test."""
    return Text(
        fr=f"« {name} » erre comme une marche aléatoire (racine unitaire) : un choc n’y est jamais oublié.",
        en=f"{name} wanders like a random walk (unit root): a shock is never forgotten.",
    )


def adf(*, p: float, name: str, regression: str, half_life: float | None) -> Text:
    """Return what the unit-root test found; `half_life` of a deviation in observations."""
    around = _AROUND[regression]
    if rejected(p):
        speed = _speed(half_life)
        return Text(
            fr=f"« {name} » revient vers son équilibre, autour {around.fr} ({p_value(p, 'fr')}){speed.fr}. "
            "Le test n’exclut ni une rupture de niveau, ni une volatilité changeante.",
            en=f"{name} returns to its equilibrium around {around.en} ({p_value(p, 'en')}){speed.en}. "
            "The test excludes neither a break in level nor a changing volatility.",
        )
    return Text(
        fr=f"Rien ne montre que « {name} » revient vers un équilibre autour {around.fr} ({p_value(p, 'fr')}) : "
        "une marche aléatoire reste plausible. Ce n’est pas la preuve que c’en est une ; "
        "le test détecte mal un retour lent. Analysez plutôt les variations (rendements).",
        en=f"Nothing shows that {name} returns to an equilibrium around {around.en} ({p_value(p, 'en')}): "
        "a random walk remains plausible. This is no proof that it is one; "
        "the test hardly detects a slow return. Analyse the changes (returns) instead.",
    )


def kpss_null(name: str, regression: str) -> Text:
    """Return the null hypothesis of the stationarity test."""
    around = _AROUND[regression]
    return Text(
        fr=f"« {name} » est stationnaire autour {around.fr}.", en=f"{name} is stationary around {around.en}."
    )


def kpss(*, p: float, bound: str, name: str, regression: str) -> Text:
    """Return what the stationarity test found; `bound` is ``upper`` or ``lower`` where the table ends."""
    around = _AROUND[regression]
    p_fr, p_en = p_value(p, "fr", bound), p_value(p, "en", bound)
    if rejected(p):
        return Text(
            fr=f"« {name} » n’est pas stationnaire autour {around.fr} ({p_fr}) : son niveau change au fil du temps. "
            "Cela peut être une marche aléatoire, une tendance ou une rupture ; le test ne les distingue pas.",
            en=f"{name} is not stationary around {around.en} ({p_en}): its level changes over time. "
            "That may be a random walk, a trend or a break; the test does not tell them apart.",
        )
    return Text(
        fr=f"« {name} » est compatible avec une série stationnaire autour {around.fr} ({p_fr}). "
        "Ce n’est pas la preuve qu’elle l’est : une série courte ne montre pas ses écarts.",
        en=f"{name} is compatible with a stationary series around {around.en} ({p_en}). "
        "This is no proof that it is: a short series does not show its departures.",
    )


def joint_null(name: str) -> Text:
    """Return both null hypotheses of the joint verdict."""
    return Text(
        fr=f"Deux hypothèses opposées : ADF suppose que « {name} » erre (racine unitaire), KPSS qu’elle est stationnaire.",
        en=f"Two opposite hypotheses: ADF supposes that {name} wanders (unit root), KPSS that it is stationary.",
    )


def joint(*, verdict: str, name: str, adf_p: float, kpss_p: float, kpss_bound: str) -> Text:
    """Return the verdict of both tests: stationary, unit-root, contradictory or undecided."""
    saying = _VERDICTS[verdict]
    return Text(
        fr=f"« {name} » : {saying.fr} (ADF {p_value(adf_p, 'fr')}, KPSS {p_value(kpss_p, 'fr', kpss_bound)}).",
        en=f"{name}: {saying.en} (ADF {p_value(adf_p, 'en')}, KPSS {p_value(kpss_p, 'en', kpss_bound)}).",
    )


_VERDICTS = {
    "stationary": Text(
        fr="les deux tests s’accordent, tout indique une série stationnaire, sans que ce soit une preuve",
        en="both tests agree, everything points to a stationary series, which is no proof",
    ),
    "unit-root": Text(
        fr="les deux tests s’accordent, tout indique une marche aléatoire ; analysez plutôt ses variations",
        en="both tests agree, everything points to a random walk; analyse its changes instead",
    ),
    "contradictory": Text(
        fr="les deux hypothèses sont rejetées, ce qui évoque une rupture, une mémoire longue ou une "
        "volatilité changeante ; ne concluez ni à l’une ni à l’autre",
        en="both hypotheses are rejected, which points to a break, a long memory or a changing volatility; "
        "conclude neither",
    ),
    "undecided": Text(
        fr="aucune des deux hypothèses n’est rejetée ; les données ne suffisent pas pour trancher",
        en="neither hypothesis is rejected; the data do not suffice to decide",
    ),
}


def _speed(half_life: float | None) -> Text:
    if half_life is None:
        return Text(fr="", en="")
    return Text(
        fr=f" ; un écart se réduit de moitié en {number(half_life, 'fr', 2)} observations environ",
        en=f"; a deviation is halved within about {number(half_life, 'en', 2)} observations",
    )
