"""Readings of the tests of location."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import as_given, interval, measured, rejected, size_word
from boursa.analytics.results import Effect
from boursa.language import Text, number, p_value, percent

# Bounds for Cliff's delta and its paired counterpart: Romano, J. et al. (2006), Appropriate
# statistics for ordinal level data, annual meeting of the Florida Association of Institutional Research.
_DELTA = (0.147, 0.33, 0.474)

_THAN = {
    "two-sided": Text(fr="diffère de", en="differs from"),
    "greater": Text(fr="dépasse", en="exceeds"),
    "less": Text(fr="est inférieure à", en="is below"),
}


def wilcoxon_null(mu: float, alternative: str, names: tuple[str, ...], unit: str = "") -> Text:
    """Return the null hypothesis of the signed-rank test."""
    what = _subject(names)
    bound = {
        "two-sided": ("égale à", "equal to"),
        "greater": ("au plus", "at most"),
        "less": ("au moins", "at least"),
    }
    fr, en = bound[alternative]
    return Text(
        fr=f"{what.fr} est {fr} {as_given(mu, 'fr', unit)}, les écarts étant répartis symétriquement.",
        en=f"{what.en} is {en} {as_given(mu, 'en', unit)}, deviations being spread symmetrically.",
    )


def wilcoxon(
    *,
    p: float,
    alternative: str,
    mu: float,
    centre: Effect,
    effect: Effect,
    names: tuple[str, ...],
    unit: str = "",
) -> Text:
    """Return what the signed-rank test found; `centre` is the Hodges-Lehmann estimate."""
    what, claim, word = _subject(names), _THAN[alternative], size_word(effect.value, _DELTA)
    if rejected(p):
        return Text(
            fr=f"{what.fr} {claim.fr} {as_given(mu, 'fr', unit)} ({p_value(p, 'fr')}). "
            f"Elle est estimée à {_estimate(centre, unit, 'fr')}. L’effet est {word.fr} "
            f"(corrélation rang-bisériale {number(effect.value, 'fr', 2)}). "
            "Significatif ne veut pas dire important : jugez la taille de l’écart.",
            en=f"{what.en} {claim.en} {as_given(mu, 'en', unit)} ({p_value(p, 'en')}). "
            f"It is estimated at {_estimate(centre, unit, 'en')}. The effect is {word.en} "
            f"(rank-biserial correlation {number(effect.value, 'en', 2)}). "
            "Significant does not mean important: judge the size of the gap.",
        )
    return Text(
        fr=f"Ces données ne montrent pas que {_lowered(what.fr)} {claim.fr} {as_given(mu, 'fr', unit)} "
        f"({p_value(p, 'fr')}). Elle est estimée à {_estimate(centre, unit, 'fr')}. "
        "Ce n’est pas la preuve qu’il n’y a aucun écart : "
        "les autres valeurs de l’intervalle restent plausibles.",
        en=f"These data do not show that {_lowered(what.en)} {claim.en} {as_given(mu, 'en', unit)} "
        f"({p_value(p, 'en')}). It is estimated at {_estimate(centre, unit, 'en')}. "
        "This is no proof that there is no gap: the other values of the interval remain plausible.",
    )


def mann_whitney_null(mu: float, alternative: str, names: tuple[str, str], unit: str = "") -> Text:
    """Return the null hypothesis of the rank-sum test."""
    x, y = _shifted(names[0], mu, unit), names[1]
    if alternative == "two-sided":
        return Text(
            fr=f"{x.fr} et « {y} » suivent la même loi.", en=f"{x.en} and {y} follow the same distribution."
        )
    fr, en = ("grand", "larger") if alternative == "greater" else ("petit", "smaller")
    return Text(
        fr=f"{x.fr} ne tend pas à être plus {fr} que « {y} ».",
        en=f"{x.en} does not tend to be {en} than {y}.",
    )


def mann_whitney(
    *,
    p: float,
    alternative: str,
    mu: float,
    superiority: float,
    shift: Effect,
    effect: Effect,
    names: tuple[str, str],
    unit: str = "",
) -> Text:
    """Return what the rank-sum test found; `superiority` is P(x > y), ties counting half."""
    x, y, word = _shifted(names[0], mu, unit), names[1], size_word(effect.value, _DELTA)
    share = Text(
        fr=f"Une valeur de {x.fr} dépasse une valeur de « {y} » {percent(superiority, 'fr')} du temps "
        f"(50 % sans différence) ; le décalage est estimé à {_estimate(shift, unit, 'fr')}.",
        en=f"A value of {x.en} exceeds a value of {y} {percent(superiority, 'en')} of the time "
        f"(50% without a difference); the shift is estimated at {_estimate(shift, unit, 'en')}.",
    )
    claim = _tendency(x, y, alternative if alternative != "two-sided" else _direction(superiority))
    if rejected(p):
        return Text(
            fr=f"{claim.fr} ({p_value(p, 'fr')}). {share.fr} L’effet est {word.fr} "
            f"(delta de Cliff {number(effect.value, 'fr', 2)}). "
            "Significatif ne veut pas dire important : jugez la taille de l’écart.",
            en=f"{claim.en} ({p_value(p, 'en')}). {share.en} The effect is {word.en} "
            f"(Cliff's delta {number(effect.value, 'en', 2)}). "
            "Significant does not mean important: judge the size of the gap.",
        )
    side = Text(fr="", en="")
    if alternative != "two-sided":
        side = Text(fr=" dans le sens demandé", en=" in the direction asked for")
    return Text(
        fr=f"Ces données ne montrent pas de différence entre {x.fr} et « {y} »{side.fr} ({p_value(p, 'fr')}). "
        f"{share.fr} Ce n’est pas la preuve que les deux groupes sont identiques.",
        en=f"These data do not show a difference between {x.en} and {y}{side.en} ({p_value(p, 'en')}). "
        f"{share.en} This is no proof that the two groups are alike.",
    )


def _subject(names: tuple[str, ...]) -> Text:
    if len(names) == 1:
        return Text(fr=f"La valeur centrale de « {names[0]} »", en=f"The central value of {names[0]}")
    x, y = names
    return Text(fr=f"La différence centrale « {x} » − « {y} »", en=f"The central difference {x} − {y}")


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _estimate(effect: Effect, unit: str, language: str) -> str:
    level = effect.level or 0.0
    between = interval(effect.ci_low, effect.ci_high, level, language, unit)
    return measured(effect.value, unit, language) + between


def _shifted(name: str, mu: float, unit: str) -> Text:
    if mu == 0:
        return Text(fr=f"« {name} »", en=name)
    sign = "−" if mu > 0 else "+"
    return Text(
        fr=f"(« {name} » {sign} {as_given(abs(mu), 'fr', unit)})",
        en=f"({name} {sign} {as_given(abs(mu), 'en', unit)})",
    )


def _direction(superiority: float) -> str:
    return "greater" if superiority > 0.5 else "less"


def _tendency(x: Text, y: str, alternative: str) -> Text:
    if alternative == "greater":
        return Text(fr=f"{x.fr} tend à dépasser « {y} »", en=f"{x.en} tends to exceed {y}")
    return Text(fr=f"{x.fr} tend à rester au-dessous de « {y} »", en=f"{x.en} tends to stay below {y}")
