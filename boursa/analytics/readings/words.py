"""The short words that results use for kinds, frequencies, moves and families of tests."""

from __future__ import annotations

import re
from collections.abc import Mapping

from boursa.language import Text, integer, typeset

KINDS = {
    "price": Text(fr="cours", en="price"),
    "return": Text(fr="rendement", en="return"),
    "rate": Text(fr="taux", en="rate"),
    "count": Text(fr="effectif", en="count"),
    "unknown": Text(fr="série", en="series"),
}

FREQUENCIES = {
    "min": Text(fr="toutes les quelques minutes", en="every few minutes"),
    "h": Text(fr="toutes les heures", en="hourly"),
    "D": Text(fr="tous les jours, week-ends compris", en="daily, weekends too"),
    "B": Text(fr="jours ouvrés", en="business days"),
    "W": Text(fr="toutes les semaines", en="weekly"),
    "M": Text(fr="tous les mois", en="monthly"),
    "Q": Text(fr="tous les trimestres", en="quarterly"),
    "Y": Text(fr="tous les ans", en="yearly"),
    "n": Text(fr="observations numérotées", en="numbered observations"),
}
_IRREGULAR = Text(fr="dates irrégulières", en="irregular")

MOVES = {
    "log-return": Text(fr="rendements logarithmiques, notés Δ", en="log returns, written Δ"),
    "return": Text(fr="rendements", en="returns"),
    "difference": Text(fr="différences", en="differences"),
}

COLUMN_TYPES = {
    "date": Text(fr="date", en="date"),
    "datetime": Text(fr="date et heure", en="date and time"),
    "integer": Text(fr="entier", en="integer"),
    "number": Text(fr="nombre", en="number"),
    "text": Text(fr="texte", en="text"),
    "boolean": Text(fr="oui ou non", en="yes or no"),
}

FAMILIES = {
    "normality": Text(fr="Normalité", en="Normality"),
    "location": Text(fr="Position", en="Location"),
    "association": Text(fr="Association", en="Association"),
    "stationarity": Text(fr="Stationnarité", en="Stationarity"),
    "memory": Text(fr="Mémoire", en="Memory"),
    "volatility": Text(fr="Volatilité", en="Volatility"),
}

RECORDS = {
    "analysis": Text(fr="Bilan", en="Bilan"),
    "test": Text(fr="Test", en="Test"),
    "forecast": Text(fr="Prévision", en="Forecast"),
    "backtest": Text(fr="Essai sur le passé", en="Trial on the past"),
    "screen": Text(fr="Balayage", en="Screen"),
    "reading": Text(fr="Lecture d’un fichier", en="Reading a file"),
}


def frequency(letter: str | None) -> Text:
    """Return a frequency in words; whatever is none of ours is irregular."""
    return FREQUENCIES.get(letter or "", _IRREGULAR)


# The parts of what a result calls its method, as the modules of tests write them.
METHODS = {
    "exact": Text(fr="loi exacte", en="exact distribution"),
    "asymptotic": Text(fr="loi approchée", en="approximate distribution"),
    "simulated": Text(fr="loi simulée", en="simulated distribution"),
    "continuity correction": Text(fr="correction de continuité", en="continuity correction"),
    "mean subtracted": Text(fr="moyenne soustraite", en="mean subtracted"),
    "Student's t": Text(fr="loi de Student", en="Student's law"),
    "Edgeworth series": Text(fr="série d’Edgeworth", en="Edgeworth series"),
    "Royston (1995)": Text(fr="loi approchée par Royston (1995)", en="approximation by Royston (1995)"),
    "regression n": Text(fr="sans constante", en="no constant"),
    "regression c": Text(fr="avec constante", en="with a constant"),
    "regression ct": Text(fr="avec constante et tendance", en="with a constant and a trend"),
}
_LAGS = re.compile(r"(\d+) lags(?: \((fixed|aic|bic)\))?")
_CHOSEN = {
    None: Text(fr="", en=""),
    "fixed": Text(fr=" (fixe)", en=" (fixed)"),
    "aic": Text(fr=" (choix par AIC)", en=" (chosen by AIC)"),
    "bic": Text(fr=" (choix par BIC)", en=" (chosen by BIC)"),
}


def method(written: str, language: str) -> str:
    """Return what a result calls its method in words; a part that no test writes stays as it is."""
    # The joint verdict writes the methods of both of its tests: "ADF: ...; KPSS: ...".
    tests = [_of_one_test(one, language) for one in written.split("; ")]
    return typeset(" ; ".join(tests)) if language == "fr" else "; ".join(tests)


def _of_one_test(written: str, language: str) -> str:
    test, mark, parts = written.rpartition(": ")
    colon = typeset(" : ") if language == "fr" else ": "
    return (test + colon if mark else "") + ", ".join(_part(one, language) for one in parts.split(", "))


def _part(written: str, language: str) -> str:
    found = _LAGS.fullmatch(written)
    if found is None:
        return METHODS[written][language] if written in METHODS else written
    n = int(found[1])
    word = {"fr": "retard", "en": "lag"}[language] + ("" if n == 1 or (n == 0 and language == "fr") else "s")
    return f"{integer(n, language)}\u00a0{word}{_CHOSEN[found[2]][language]}"


ALTERNATIVES = {
    "two-sided": Text(fr="des deux côtés", en="two-sided"),
    "less": Text(fr="plus petit", en="less"),
    "greater": Text(fr="plus grand", en="greater"),
}

# What a test reports besides its statistic, by the names that results carry.
MEASURES = {
    "hodges_lehmann": Text(fr="décalage (Hodges-Lehmann)", en="shift (Hodges-Lehmann)"),
    "hodges_lehmann (wilcoxon)": Text(fr="centre (Hodges-Lehmann)", en="centre (Hodges-Lehmann)"),
    "adf_lags": Text(fr="retards de l’ADF", en="lags of the ADF test"),
    "adf_p_value": Text(fr="p de l’ADF", en="p of the ADF test"),
    "kpss_lags": Text(fr="retards du KPSS", en="lags of the KPSS test"),
    "kpss_p_value": Text(fr="p du KPSS", en="p of the KPSS test"),
    "kpss_statistic": Text(fr="statistique du KPSS", en="statistic of the KPSS test"),
    "excess_kurtosis": Text(fr="aplatissement en excès", en="excess kurtosis"),
    "skewness": Text(fr="asymétrie", en="skewness"),
    "half_life": Text(fr="demi-vie, en pas", en="half-life, in steps"),
    "lags": Text(fr="retards", en="lags"),
    "median": Text(fr="médiane", en="median"),
    "median_x": Text(fr="médiane du premier", en="median of the first"),
    "median_y": Text(fr="médiane du second", en="median of the second"),
    "n_negative": Text(fr="valeurs négatives", en="negative values"),
    "n_positive": Text(fr="valeurs positives", en="positive values"),
    "n_used": Text(fr="observations utilisées", en="observations used"),
    "n_zero": Text(fr="valeurs nulles", en="zero values"),
    "probability_of_superiority": Text(fr="probabilité de supériorité", en="probability of superiority"),
    "root": Text(fr="racine autorégressive", en="autoregressive root"),
    "strongest_lag": Text(fr="retard le plus marqué", en="strongest lag"),
    "rank-biserial correlation": Text(fr="corrélation bisériale des rangs", en="rank-biserial correlation"),
    "Cliff's delta": Text(fr="delta de Cliff", en="Cliff's delta"),
    "Spearman's rho": Text(fr="ρ de Spearman", en="Spearman's ρ"),
    "largest autocorrelation": Text(fr="plus forte autocorrélation", en="largest autocorrelation"),
    "R squared": Text(fr="R carré", en="R squared"),
}


def named(words: Mapping[str, Text], name: str, language: str) -> str:
    """Return the word for `name`, or the name itself with spaces where none is known."""
    return words[name][language] if name in words else name.replace("_", " ")
