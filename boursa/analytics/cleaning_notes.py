"""The findings about the quality of a series, each with its sentence in French and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boursa.analytics.results import Finding
from boursa.language import Text, integer, number

Examples = Sequence[Mapping[str, Any]]

_STEPS_FR = {
    "B": "jours ouvrés",
    "D": "jours",
    "W": "semaines",
    "M": "mois",
    "Q": "trimestres",
    "Y": "années",
}
_STEPS_EN = {"B": "business days", "D": "days", "W": "weeks", "M": "months", "Q": "quarters", "Y": "years"}


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


def constant(count: int, value: float) -> Finding:
    """Report a series that never moves."""
    fr = f"Série constante : les {integer(count, 'fr')} valeurs sont égales à {number(value, 'fr')}."
    en = f"Constant series: all {integer(count, 'en')} values equal {number(value, 'en')}."
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
        f"The same value at least {run} times in a row: {integer(count, 'en')} times, the longest run being "
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
        f"Dates dans le désordre : {integer(count, 'fr')} retours en arrière ; la série est "
        "remise dans l’ordre."
    )
    en = f"Dates out of order: {integer(count, 'en')} steps backwards; the series is put in order."
    return _finding("unsorted", "warning", count, fr, en)


def gap(count: int, lost: int, frequency: str | None, examples: Examples) -> Finding:
    """Report observations that the calendar expects and the file does not have."""
    fr = (
        f"Trous dans les dates : {integer(count, 'fr')}, soit {integer(lost, 'fr')} "
        f"{_STEPS_FR.get(frequency or '', 'pas')} sans observation"
    )
    en = (
        f"Gaps in the dates: {integer(count, 'en')}, {integer(lost, 'en')} "
        f"{_STEPS_EN.get(frequency or '', 'steps')} without an observation"
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
