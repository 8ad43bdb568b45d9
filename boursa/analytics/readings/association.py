"""Readings of the tests of association."""

from __future__ import annotations

from boursa.analytics.readings.phrasing import interval, rejected, size_word
from boursa.analytics.results import Effect
from boursa.language import Text, number, p_value

# Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, for correlations.
_CORRELATION = (0.1, 0.3, 0.5)


def spearman_null(alternative: str, names: tuple[str, str]) -> Text:
    """Return the null hypothesis of the rank correlation."""
    x, y = names
    sign = {"two-sided": ("", ""), "greater": (" positive", "positive "), "less": (" négative", "negative ")}
    fr, en = sign[alternative]
    return Text(
        fr=f"Aucune liaison monotone{fr} entre « {x} » et « {y} ».",
        en=f"No {en}monotone relation between {x} and {y}.",
    )


def spearman(*, p: float, alternative: str, effect: Effect, names: tuple[str, str]) -> Text:
    """Return what the rank correlation found."""
    x, y = names
    rho = Text(fr=_estimate(effect, "fr"), en=_estimate(effect, "en"))
    if rejected(p):
        word = size_word(effect.value, _CORRELATION)
        fr, en = (
            ("monter ensemble", "rise together")
            if effect.value > 0
            else ("aller en sens contraire", "move oppositely")
        )
        return Text(
            fr=f"« {x} » et « {y} » tendent à {fr} ({p_value(p, 'fr')}) : rho = {rho.fr}, un effet {word.fr}. "
            "Une liaison n’est pas une cause, et deux séries qui ont chacune une tendance "
            "paraissent toujours liées : comparez plutôt leurs variations.",
            en=f"{x} and {y} tend to {en} ({p_value(p, 'en')}): rho = {rho.en}, a {word.en} effect. "
            "A relation is not a cause, and two series that each have a trend "
            "always look related: compare their changes instead.",
        )
    side = {"two-sided": ("", ""), "greater": (" positive", "positive "), "less": (" négative", "negative ")}
    fr, en = side[alternative]
    return Text(
        fr=f"Ces données ne montrent pas de liaison{fr} entre « {x} » et « {y} » ({p_value(p, 'fr')}) : rho = {rho.fr}. "
        "Ce n’est pas la preuve qu’elles sont indépendantes : "
        "une liaison qui monte puis descend échappe à ce test.",
        en=f"These data do not show a {en}relation between {x} and {y} ({p_value(p, 'en')}): rho = {rho.en}. "
        "This is no proof that they are independent: a relation that rises and then falls escapes this test.",
    )


def _estimate(effect: Effect, language: str) -> str:
    level = effect.level or 0.0
    return number(effect.value, language, 3) + interval(effect.ci_low, effect.ci_high, level, language)
