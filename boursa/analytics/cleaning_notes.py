"""The findings about the quality of a series, each with its sentence in French and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boursa.analytics.readings.phrasing import as_given
from boursa.analytics.results import Finding
from boursa.language import Text, integer, number, percent

Examples = Sequence[Mapping[str, Any]]

# One and several: counts are written out, and "1 jours" is no French.
_STEPS_FR = {
    "B": ("jour ouvré", "jours ouvrés"),
    "D": ("jour", "jours"),
    "W": ("semaine", "semaines"),
    "M": ("mois", "mois"),
    "Q": ("trimestre", "trimestres"),
    "Y": ("année", "années"),
}
_STEPS_EN = {
    "B": ("business day", "business days"),
    "D": ("day", "days"),
    "W": ("week", "weeks"),
    "M": ("month", "months"),
    "Q": ("quarter", "quarters"),
    "Y": ("year", "years"),
}
_WRITE_FR = (
    "Écrivez le signe % dans le fichier ou divisez la colonne par 100 ; "
    "si ce sont des écarts de cours, analysez les cours eux-mêmes."
)
_WRITE_EN = (
    "Write the % sign in the file or divide the column by 100; "
    "if these are price differences, analyse the prices themselves."
)


def missing(count: int, total: int, examples: Examples) -> Finding:
    """Report missing values: a warning from one in twenty on."""
    fr = (
        f"Valeurs manquantes : {integer(count, 'fr')} sur {integer(total, 'fr')}. Elles sont "
        "laissées de côté, jamais remplacées."
    )
    en = (
        f"Missing values: {integer(count, 'en')} of {integer(total, 'en')}. They are left out, "
        "never filled in."
    )
    return _finding("missing", "warning" if count > 0.05 * total else "info", count, fr, en, examples)


def infinite(count: int, examples: Examples) -> Finding:
    """Report infinite values: no analysis accepts them."""
    fr = (
        f"Valeurs infinies : {integer(count, 'fr')}. Aucune analyse ne les accepte ; corrigez-les "
        "dans le fichier."
    )
    en = f"Infinite values: {integer(count, 'en')}. No analysis accepts them; correct them in the file."
    return _finding("infinite", "error", count, fr, en, examples)


def huge(count: int, examples: Examples) -> Finding:
    """Report values whose squares no double can hold."""
    fr = (
        f"Valeurs démesurées (au-delà de 10¹⁵⁰) : {integer(count, 'fr')}. Aucun calcul n’est possible ; "
        "choisissez une unité plus grande."
    )
    en = (
        f"Values beyond all measure (over 10¹⁵⁰): {integer(count, 'en')}. They cannot be computed with; "
        "choose a larger unit."
    )
    return _finding("huge", "error", count, fr, en, examples)


def below_all(count: int, lowest: float, examples: Examples) -> Finding:
    """Report returns below -100 %, which says that they are written in percent."""
    fr = (
        "Ces rendements semblent écrits en pour cent, sans le signe % : lus comme des fractions, ils "
        f"tombent à {percent(lowest, 'fr')}, or un cours ne perd pas plus de 100 %. {_WRITE_FR}"
    )
    en = (
        "These returns seem to be written in percent, without the % sign: read as fractions they fall to "
        f"{percent(lowest, 'en')}, but no price loses more than 100%. {_WRITE_EN}"
    )
    return _finding("looks-like-percent", "error", count, fr, en, examples)


def percent_like(count: int, middle: float) -> Finding:
    """Report returns that are usually far larger than those of any market."""
    fr = (
        "Ces rendements semblent écrits en pour cent, sans le signe % : lus comme des fractions, la moitié "
        f"d’entre eux dépassent {percent(middle, 'fr')} en valeur absolue. {_WRITE_FR}"
    )
    en = (
        "These returns seem to be written in percent, without the % sign: read as fractions, half of them "
        f"exceed {percent(middle, 'en')} in absolute value. {_WRITE_EN}"
    )
    return _finding("looks-like-percent", "error", count, fr, en)


def constant(count: int, value: float) -> Finding:
    """Report a series that never moves."""
    fr = f"Série constante : les {integer(count, 'fr')} valeurs sont égales à {as_given(value, 'fr')}."
    en = f"Constant series: all {integer(count, 'en')} values equal {as_given(value, 'en')}."
    return _finding("constant", "error", count, fr, en)


def non_positive(count: int, examples: Examples) -> Finding:
    """Report prices at or below zero: no log returns."""
    fr = (
        f"Cours nuls ou négatifs : {integer(count, 'fr')}. Les rendements logarithmiques "
        "n’existent pas pour cette série."
    )
    en = f"Prices at or below zero: {integer(count, 'en')}. Log returns do not exist for this series."
    return _finding("non-positive", "error", count, fr, en, examples)


def stale(count: int, longest: int, run: int, examples: Examples) -> Finding:
    """Report values that stay the same for long."""
    fr = (
        f"Valeur répétée au moins {run} fois de suite : {integer(count, 'fr')} fois, la plus longue suite "
        f"comptant {integer(longest, 'fr')} observations. "
        "Marché peu liquide, cours fixé, ou données recopiées ?"
    )
    en = (
        f"Runs of the same value at least {run} times in a row: {integer(count, 'en')}, the longest of "
        f"{integer(longest, 'en')} observations. A thin market, a fixed price, or copied data?"
    )
    return _finding("stale", "warning" if longest >= 4 * run else "info", count, fr, en, examples)


def undated() -> Finding:
    """Report a series without dates."""
    fr = "Aucune date : les observations sont prises dans l’ordre du fichier, à pas supposés égaux."
    en = "No dates: observations are taken in the file’s order, at steps assumed equal."
    return _finding("undated", "info", 1, fr, en)


def without_date(count: int) -> Finding:
    """Report values that stand on rows without a date."""
    fr = f"Valeurs sans date : {integer(count, 'fr')}. Elles sont laissées de côté."
    en = f"Values without a date: {integer(count, 'en')}. They are left out."
    return _finding("without-date", "warning", count, fr, en)


def repeated(code: str, count: int, examples: Examples, *, resolved: bool) -> Finding:
    """Report dates that stand several times, with equal values or with different ones."""
    if code == "duplicate-dates":
        fr = f"Dates répétées avec la même valeur : {integer(count, 'fr')}. Chacune est gardée une fois."
        en = f"Dates repeated with the same value: {integer(count, 'en')}. Each is kept once."
        return _finding(code, "info", count, fr, en, examples)
    done_fr = (
        "La dernière du fichier a été gardée."
        if resolved
        else "La dernière du fichier est gardée pour l’analyse."
    )
    done_en = (
        "The last one in the file was kept." if resolved else "The last one in the file is kept for analysis."
    )
    fr = f"Dates répétées avec des valeurs différentes : {integer(count, 'fr')}. {done_fr}"
    en = f"Dates repeated with different values: {integer(count, 'en')}. {done_en}"
    return _finding(code, "warning", count, fr, en, examples)


def descending() -> Finding:
    """Report newest first."""
    fr = "Les dates vont de la plus récente à la plus ancienne ; la série est remise dans l’ordre."
    en = "Dates run from the newest to the oldest; the series is put in order."
    return _finding("descending", "info", 1, fr, en)


def unsorted(count: int) -> Finding:
    """Report dates out of order."""
    fr = (
        f"Dates dans le désordre (retours en arrière : {integer(count, 'fr')}) ; la série est "
        "remise dans l’ordre."
    )
    en = f"Dates out of order (steps backwards: {integer(count, 'en')}); the series is put in order."
    return _finding("unsorted", "warning", count, fr, en)


def gap(count: int, lost: int, frequency: str | None, examples: Examples) -> Finding:
    """Report observations that the calendar expects and the file does not have."""
    fr = (
        f"Trous dans les dates : {integer(count, 'fr')}, soit {integer(lost, 'fr')} "
        f"{_STEPS_FR.get(frequency or '', ('pas', 'pas'))[lost > 1]} sans observation"
    )
    en = (
        f"Gaps in the dates: {integer(count, 'en')}, {integer(lost, 'en')} "
        f"{_STEPS_EN.get(frequency or '', ('step', 'steps'))[lost > 1]} without an observation"
    )
    if frequency == "B":
        fr += " (trois jours ouvrés de suite au plus sont tenus pour fériés)"
        en += " (up to three weekdays in a row are taken for holidays)"
    return _finding("gap", "warning", count, fr + ".", en + ".", examples)


def split_like(count: int, examples: Examples) -> Finding:
    """Report jumps by the factor of a share split."""
    fr = (
        f"Sauts semblables à une division ou un regroupement de titres : {integer(count, 'fr')}. "
        "Les cours sont-ils ajustés ?"
    )
    en = f"Jumps like a share split or consolidation: {integer(count, 'en')}. Are the prices adjusted?"
    return _finding("split-like", "warning", count, fr, en, examples)


def outlier(count: int, reverted: int, threshold: float, examples: Examples) -> Finding:
    """Report changes far from the usual ones; a warning where one is undone at once, like a typing error."""
    z_fr, z_en = number(threshold, "fr", 2), number(threshold, "en", 2)
    fr = f"Variations extrêmes (plus de {z_fr} écarts-types robustes) : {integer(count, 'fr')}"
    en = f"Extreme changes (beyond {z_en} robust standard deviations): {integer(count, 'en')}"
    if reverted:
        fr += (
            f", dont {integer(reverted, 'fr')} aussitôt annulée{'s' if reverted > 1 else ''}, comme "
            "une faute de frappe"
        )
        en += f", {integer(reverted, 'en')} of them undone at once, as a typing error would be"
    return _finding("outlier", "warning" if reverted else "info", count, fr + ".", en + ".", examples)


def _finding(code: str, severity: str, count: int, fr: str, en: str, examples: Examples = ()) -> Finding:
    return Finding(
        code=code, severity=severity, count=int(count), note=Text(fr=fr, en=en), examples=tuple(examples)
    )
