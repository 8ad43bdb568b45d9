"""Readings of the tests of normality."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import rejected
from boursa.language import Text, number, p_value

# The marks at which a person sees the departure in a histogram of some hundred values.
_SKEWED, _HEAVY, _LIGHT = 0.5, 1.0, -0.5
_FEWEST = 8  # below it skewness and kurtosis are bounded by n, and no shape can be seen


def null(name: str) -> Text:
    """Return the null hypothesis of every test of normality with estimated mean and spread."""
    return Text(
        fr=f"Les valeurs de « {name} » viennent d’une loi normale (moyenne et écart-type quelconques).",
        en=f"The values of {name} come from a normal distribution (any mean and standard deviation).",
    )


def normality(*, p: float, name: str, n: int, skewness: float, excess_kurtosis: float) -> Text:
    """Return what a test of normality found, with the shape that it saw."""
    if n < _FEWEST:
        return _too_few(p, name, n)
    shape = _shape(skewness, excess_kurtosis)
    if rejected(p):
        much = _size_matters(n)
        return Text(
            fr=f"« {name} » ne suit pas une loi normale ({p_value(p, 'fr')}) : {shape.fr}. {much.fr}",
            en=f"{name} does not follow a normal distribution ({p_value(p, 'en')}): {shape.en}. {much.en}",
        )
    return Text(
        fr=f"« {name} » est compatible avec une loi normale ({p_value(p, 'fr')}) : {shape.fr}. "
        "Ce n’est pas la preuve que la loi est normale : un petit échantillon ne montre pas les écarts.",
        en=f"{name} is compatible with a normal distribution ({p_value(p, 'en')}): {shape.en}. "
        "This is no proof of normality: a small sample does not show departures.",
    )


def _too_few(p: float, name: str, n: int) -> Text:
    if rejected(p):
        return Text(
            fr=f"« {name} » ne semble pas suivre une loi normale ({p_value(p, 'fr')}), mais {n} valeurs "
            "sont trop peu pour en décrire la forme.",
            en=f"{name} does not seem to follow a normal distribution ({p_value(p, 'en')}), but {n} values "
            "are too few to describe its shape.",
        )
    return Text(
        fr=f"Rien n’écarte une loi normale pour « {name} » ({p_value(p, 'fr')}), et rien ne la montre : "
        f"{n} valeurs sont trop peu pour voir une forme.",
        en=f"Nothing speaks against a normal distribution of {name} ({p_value(p, 'en')}), and nothing for it: "
        f"{n} values are too few to show a shape.",
    )


def _shape(skewness: float, excess_kurtosis: float) -> Text:
    side, ends = _side(skewness), _ends(excess_kurtosis)
    return Text(
        fr=f"{side.fr} (asymétrie {number(skewness, 'fr', 3)}), {ends.fr} "
        f"(excès d’aplatissement {number(excess_kurtosis, 'fr', 3)})",
        en=f"{side.en} (skewness {number(skewness, 'en', 3)}), {ends.en} "
        f"(excess kurtosis {number(excess_kurtosis, 'en', 3)})",
    )


def _side(skewness: float) -> Text:
    if skewness > _SKEWED:
        return Text(fr="distribution étirée vers les grandes valeurs", en="stretched towards large values")
    if skewness < -_SKEWED:
        return Text(fr="distribution étirée vers les petites valeurs", en="stretched towards small values")
    return Text(fr="distribution à peu près symétrique", en="roughly symmetric")


def _ends(excess_kurtosis: float) -> Text:
    if excess_kurtosis > _HEAVY:
        return Text(
            fr="avec plus de valeurs extrêmes qu’une loi normale",
            en="with more extreme values than a normal law",
        )
    if excess_kurtosis < _LIGHT:
        return Text(
            fr="avec moins de valeurs extrêmes qu’une loi normale",
            en="with fewer extreme values than a normal law",
        )
    return Text(fr="aux extrêmes ordinaires", en="with ordinary extremes")


def _size_matters(n: int) -> Text:
    if n > 500:
        return Text(
            fr="Avec autant de valeurs, même un écart sans importance est détecté : regardez la forme.",
            en="With so many values even an unimportant departure is detected: look at the shape.",
        )
    return Text(
        fr="Un intervalle ou un test qui suppose la normalité peut tromper ici.",
        en="An interval or a test that assumes normality may mislead here.",
    )
