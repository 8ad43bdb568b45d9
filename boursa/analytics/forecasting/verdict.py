"""Can this series be forecast better than naive? The answer, in words, with its evidence."""

from __future__ import annotations

from dataclasses import dataclass

from boursa.analytics.forecasting.catalogue import find
from boursa.analytics.results import Backtest, Coverage, _Plain
from boursa.language import Text, fixed, integer, p_value, percent

SIGNIFICANT = 0.05
# A difference below one percent of the error is of no use to anyone, however certain it is: over
# hundreds of overlapping forecasts even a thousandth can be significant.
RELEVANT = 0.01
# Below five forecasts that do not overlap no p-value is believed; below ten, a missing
# difference is no evidence of equality either.
FEWEST_FOR_ANY = 5
FEWEST_FOR_EQUAL = 10


@dataclass(frozen=True, kw_only=True)
class Verdict(_Plain):
    """The verdict on the best rival of the naive forecast.

    `code` is ``better``, ``not-better``, ``worse`` or ``undecided``; `model` the rival that was
    judged; `independent` how many of the judged forecasts do not overlap. `coverage` is the
    measured coverage of the forecast that the advice recommends, at its highest `level`.
    """

    code: str
    model: str
    recommended: str
    skill: float
    dm_p_value: float | None
    origins: int
    independent: float
    level: int | None
    coverage: float | None
    sentence: Text
    advice: Text


def decide(rival: Backtest, naive: Backtest, independent: float) -> Verdict:
    """Return the verdict from the backtests of the best rival and of the naive model.

    Notes
    -----
    ``better`` and ``worse`` need a Diebold-Mariano p-value below 5 % on squared errors and a mean
    absolute error that differs by at least 1 % in the same direction.
    """
    code = _code(rival, independent)
    keep_rival = code == "better" or (code == "undecided" and rival.skill > 0)
    shown = rival if keep_rival else naive
    overall = _overall(shown)
    return Verdict(
        code=code,
        model=rival.model,
        recommended=shown.model,
        skill=rival.skill,
        dm_p_value=rival.dm_p_value,
        origins=rival.origins,
        independent=independent,
        level=overall.level if overall else None,
        coverage=overall.measured if overall else None,
        sentence=Text(fr=_sentence(code, rival, "fr"), en=_sentence(code, rival, "en")),
        advice=Text(fr=_advice(code, shown, overall, "fr"), en=_advice(code, shown, overall, "en")),
    )


def _code(rival: Backtest, independent: float) -> str:
    p = rival.dm_p_value
    if p is None or independent < FEWEST_FOR_ANY:
        return "undecided"
    statistic = rival.dm_statistic or 0.0
    if p < SIGNIFICANT and statistic < 0 and rival.skill >= RELEVANT:
        return "better"
    if p < SIGNIFICANT and statistic > 0 and rival.skill <= -RELEVANT:
        return "worse"
    return "not-better" if independent >= FEWEST_FOR_EQUAL else "undecided"


def _overall(backtest: Backtest) -> Coverage | None:
    whole = [row for row in backtest.coverage if row.horizon is None]
    return max(whole, key=lambda row: row.level) if whole else None


_SENTENCES = {
    "better": Text(
        fr="Oui : sur {origins} prévisions passées, le modèle « {model} » fait {gap} d’erreur de moins "
        "que la prévision naïve, et le hasard l’explique mal (Diebold-Mariano, {p}).",
        en="Yes: over {origins} past forecasts the model “{model}” errs {gap} less than the naive "
        "forecast, and chance hardly explains it (Diebold-Mariano, {p}).",
    ),
    "not-better": Text(
        fr="Non, pas de façon utile : sur {origins} prévisions passées, le meilleur modèle, « {model} », "
        "n’a pas fait nettement mieux que la prévision naïve (erreur {signed}, Diebold-Mariano, {p}).",
        en="No, not in a way that matters: over {origins} past forecasts the best model, “{model}”, did not "
        "do clearly better than the naive forecast (error {signed}, Diebold-Mariano, {p}).",
    ),
    "worse": Text(
        fr="Non : sur {origins} prévisions passées, même le meilleur modèle, « {model} », se trompe plus "
        "que la prévision naïve (erreur {signed}, Diebold-Mariano, {p}).",
        en="No: over {origins} past forecasts even the best model, “{model}”, errs more than the naive "
        "forecast (error {signed}, Diebold-Mariano, {p}).",
    ),
    "undecided": Text(
        fr="On ne peut pas encore le dire : la série ne permet que {origins} prévisions passées, qui se "
        "recouvrent en partie ; c’est trop peu pour départager « {model} » et la prévision naïve (erreur "
        "{signed}).",
        en="It cannot be said yet: the series allows only {origins} past forecasts, which partly overlap; "
        "that is too few to decide between “{model}” and the naive forecast (error {signed}).",
    ),
}

_ADVICE = {
    "better": Text(
        fr="Utilisez cette prévision avec son intervalle, et refaites l’essai quand de nouvelles données "
        "arrivent : un avantage peut disparaître.",
        en="Use this forecast with its interval, and repeat the trial when new data arrive: an advantage "
        "can vanish.",
    ),
    "not-better": Text(
        fr="C’est une bonne réponse, et la plus fréquente pour des cours : ce que l’on pouvait prévoir "
        "est déjà dans le dernier prix. Gardez la prévision naïve et lisez surtout son intervalle ; la "
        "volatilité se prévoit mieux que la direction.",
        en="That is a good answer, and the usual one for prices: what could be foreseen is already in the "
        "last price. Keep the naive forecast and read above all its interval; volatility can be forecast "
        "better than direction.",
    ),
    "worse": Text(
        fr="Gardez la prévision naïve et son intervalle : ici, un modèle plus compliqué coûte de la "
        "précision.",
        en="Keep the naive forecast and its interval: here a more complicated model costs accuracy.",
    ),
    "undecided": Text(
        fr="Donnez une série plus longue ou un horizon plus court. D’ici là, lisez l’intervalle plutôt "
        "que la valeur centrale.",
        en="Give a longer series or a shorter horizon. Until then read the interval rather than the "
        "central value.",
    ),
}

_COVERAGE = Text(
    fr=" L’intervalle à {level} % du modèle « {model} » a contenu la vraie valeur dans {coverage} des cas.",
    en=" The {level}% interval of the model “{model}” held the true value in {coverage} of cases.",
)


def _sentence(code: str, rival: Backtest, language: str) -> str:
    error = -rival.skill
    return _SENTENCES[code][language].format(
        origins=integer(rival.origins, language),
        model=find(rival.model).label[language],
        gap=percent(abs(error), language),
        signed=("+" if error > 0 else "") + percent(error, language),
        p=p_value(rival.dm_p_value, language) if rival.dm_p_value is not None else "—",
    )


def _advice(code: str, shown: Backtest, overall: Coverage | None, language: str) -> str:
    advice = _ADVICE[code][language]
    if overall is None:
        return advice
    return advice + _COVERAGE[language].format(
        level=fixed(overall.level, language, 0),
        model=find(shown.model).label[language],
        coverage=percent(overall.measured, language),
    )
