"""Assumptions and cautions that several tests share."""

from __future__ import annotations

import numpy as np

from boursa.analytics.readings.phrasing import LEVEL
from boursa.analytics.results import Assumption, Caution
from boursa.analytics.series import FloatArray, Sample
from boursa.language import Text, integer, number, percent


def independence() -> Assumption:
    """Return the condition that only the person who collected the data can answer for."""
    return Assumption(
        name="independence",
        held=None,
        note=Text(
            fr="Les observations doivent être indépendantes les unes des autres ; "
            "les données seules ne le prouvent pas, et les séries de cours le sont rarement.",
            en="The observations must be independent of each other; "
            "the data alone cannot prove it, and price series rarely are.",
        ),
    )


def symmetry(values: FloatArray) -> Assumption:
    """Check symmetry by the distance of mean and median in standard deviations (at most 0.2)."""
    scaled = values / np.abs(values).max()  # squares of very small or large values leave the range
    skew = float((scaled.mean() - np.median(scaled)) / scaled.std())
    return Assumption(
        name="symmetry",
        held=abs(skew) <= 0.2,
        note=Text(
            fr="Les écarts doivent être à peu près symétriques : moyenne et médiane distantes de "
            f"{number(abs(skew), 'fr', 2)} écart-type (0,2 au plus).",
            en="The deviations should be roughly symmetric: mean and median lie "
            f"{number(abs(skew), 'en', 2)} standard deviations apart (0.2 at most).",
        ),
        evidence={"mean_less_median_in_sd": skew},
    )


def equal_spread(x: FloatArray, y: FloatArray) -> Assumption:
    """Check that the interquartile ranges differ at most by a factor of two."""
    wide = [float(np.subtract(*np.percentile(values, [75, 25]))) for values in (x, y)]
    known = min(wide) > 0
    ratio = wide[0] / wide[1] if known else float("nan")
    return Assumption(
        name="equal-spread",
        held=bool(0.5 <= ratio <= 2) if known else None,
        note=Text(
            fr="Pour lire le résultat comme un décalage, les deux dispersions doivent être semblables "
            f"(rapport des écarts interquartiles : {number(ratio, 'fr', 3)}).",
            en="To read the result as a shift, both spreads should be alike "
            f"(ratio of interquartile ranges: {number(ratio, 'en', 3)}).",
        ),
        evidence={"iqr_ratio": ratio} if known else {},
    )


def ties(present: bool) -> tuple[Caution, ...]:
    """Return the caution that equal values made the p-value approximate."""
    if not present:
        return ()
    note = Text(
        fr="Des valeurs égales ou nulles rendent la valeur p approchée ; la loi exacte en tient compte "
        "(option « method », valeur « exact »).",
        en="Equal or zero values make the p-value approximate; the exact distribution allows for them "
        "(option “method”, value “exact”).",
    )
    return (Caution(code="ties", note=note),)


def out_of_reach(smallest: float) -> tuple[Caution, ...]:
    """Return the caution that no data of this size could be significant; `smallest` possible p-value."""
    if smallest < LEVEL:
        return ()
    note = Text(
        fr="Avec si peu d’observations, la valeur p ne peut pas descendre au-dessous de "
        f"{number(smallest, 'fr', 2)} : le test ne peut rien détecter au seuil de {percent(LEVEL, 'fr', 0)}.",
        en=f"With so few observations the p-value cannot fall below {number(smallest, 'en', 2)}: "
        f"the test cannot detect anything at the {percent(LEVEL, 'en', 0)} threshold.",
    )
    return (Caution(code="too-small-to-reject", note=note),)


def no_interval() -> tuple[Caution, ...]:
    """Return the caution that an effect at its bound has no interval."""
    note = Text(
        fr="Toutes les comparaisons vont dans le même sens : l’effet est à sa borne, sans intervalle.",
        en="All comparisons point the same way: the effect size is at its bound and has no interval.",
    )
    return (Caution(code="effect-at-bound", note=note),)


def gaps_closed(one: Sample) -> tuple[Caution, ...]:
    """Return the caution that missing values of a series were dropped and their neighbours joined."""
    if not one.n_dropped:
        return ()
    count = one.n_dropped
    note = Text(
        fr=f"Valeurs manquantes retirées : {integer(count, 'fr')} ; leurs voisines sont traitées comme "
        "consécutives, ce qui peut fausser un test où l’ordre compte.",
        en=f"Missing values dropped: {integer(count, 'en')}; their neighbours are treated as "
        "consecutive, which can distort a test where order counts.",
    )
    return (Caution(code="gaps-closed", note=note),)


def small_sample(n: int, enough: int) -> tuple[Caution, ...]:
    """Return the caution that the distribution of the statistic is only right for long samples."""
    if n >= enough:
        return ()
    note = Text(
        fr=f"La valeur p n’est sûre que pour de longues séries ({integer(enough, 'fr')} valeurs ou plus) ; "
        f"il y en a {integer(n, 'fr')}.",
        en=f"The p-value is only reliable for long series ({integer(enough, 'en')} values or more); "
        f"there are {integer(n, 'en')}.",
    )
    return (Caution(code="small-sample", note=note),)


def constant_variance() -> Assumption:
    """Return the condition that portmanteau tests take for granted."""
    return Assumption(
        name="constant-variance",
        held=None,
        note=Text(
            fr="La dispersion doit rester constante (voir le test ARCH), sinon le test rejette trop souvent.",
            en="The spread must stay constant (see the ARCH test), otherwise the test rejects too often.",
        ),
    )


def no_break() -> Assumption:
    """Return the condition that tests of stationarity take for granted."""
    return Assumption(
        name="no-break",
        held=None,
        note=Text(
            fr="Le niveau et la tendance ne doivent pas changer brusquement : une rupture ressemble à une "
            "racine unitaire.",
            en="Level and trend must not change abruptly: a break looks like a unit root.",
        ),
    )
