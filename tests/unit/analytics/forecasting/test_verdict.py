"""The verdict: each code from the evidence that earns it, in two languages."""

from __future__ import annotations

from typing import Any

import pytest

from boursa.analytics.forecasting.verdict import decide
from boursa.analytics.results import Accuracy, Backtest, Coverage

ACCURACY = Accuracy(mase=1.0, smape=2.0, rmse=0.1, mae=0.1, n=100)


def _backtest(model: str, **changes: Any) -> Backtest:
    coverage = Coverage(level=95, horizon=None, measured=0.948, ci_low=0.9, ci_high=0.97, width=1.0, n=100)
    fields: dict[str, Any] = {
        "unique_id": "y",
        "model": model,
        "horizon": 5,
        "origins": 100,
        "step": 1,
        "accuracy": ACCURACY,
        "naive": ACCURACY,
        "skill": 0.0,
        "dm_statistic": None,
        "dm_p_value": None,
        "coverage": (coverage,),
    }
    return Backtest(**{**fields, **changes})


@pytest.mark.parametrize(
    ("skill", "statistic", "p", "independent", "code", "recommended"),
    [
        (0.1, -3.0, 0.003, 50, "better", "ets"),
        (0.1, -1.0, 0.3, 50, "not-better", "naive"),
        (-0.1, 3.0, 0.003, 50, "worse", "naive"),
        (-0.1, 1.0, 0.3, 50, "not-better", "naive"),
        (-0.01, -3.0, 0.003, 50, "not-better", "naive"),  # the two losses contradict each other
        (0.1, None, None, 4, "undecided", "ets"),
        (0.1, -3.0, 0.003, 4.9, "undecided", "ets"),
        (0.009, -1.0, 0.3, 4, "undecided", "naive"),  # ahead by less than anyone can use
        (0.1, -1.0, 0.3, 9, "undecided", "ets"),
        (-0.1, 1.0, 0.3, 9, "undecided", "naive"),
        (0.0, None, None, 50, "not-better", "naive"),  # the same errors everywhere
    ],
)
def test_the_code_follows_the_evidence(
    skill: float, statistic: float | None, p: float | None, independent: float, code: str, recommended: str
) -> None:
    """Significant and same sign, or not shown, or too little to say."""
    rival = _backtest("ets", skill=skill, dm_statistic=statistic, dm_p_value=p)
    found = decide(rival, _backtest("naive"), independent)
    assert (found.code, found.recommended) == (code, recommended)


def test_the_sentences_carry_the_figures_in_the_dress_of_their_language() -> None:
    """French commas and no-break spaces; no placeholder is left."""
    found = decide(
        _backtest("ets", skill=0.123, dm_statistic=-3.0, dm_p_value=0.0321), _backtest("naive"), 50
    )
    assert "12,3\u00a0%" in found.sentence.fr
    assert "p\u00a0=\u00a00,032" in found.sentence.fr
    assert "12.3%" in found.sentence.en
    assert "94,8\u00a0%" in found.advice.fr
    assert "prévision naïve" in found.sentence.fr
    assert "Oui\u00a0:" in found.sentence.fr
    assert "{" not in found.sentence.fr + found.sentence.en + found.advice.fr + found.advice.en


def test_undecided_keeps_only_a_rival_that_led_before_the_judging_too() -> None:
    """Ahead on one half alone is chance until shown otherwise."""
    rival = _backtest("ets", skill=0.1)
    assert decide(rival, _backtest("naive"), 3, led=True).recommended == "ets"
    assert decide(rival, _backtest("naive"), 3, led=False).recommended == "naive"


CASES = [
    ("better", {"skill": 0.1, "dm_statistic": -3.0, "dm_p_value": 0.003}, 50),
    ("not-better", {"skill": 0.1, "dm_statistic": -1.0, "dm_p_value": 0.3}, 50),
    ("not-better", {"skill": 0.0}, 50),
    ("worse", {"skill": -0.1, "dm_statistic": 3.0, "dm_p_value": 0.003}, 50),
    ("undecided", {"skill": 0.1}, 3),
    ("undecided", {"skill": -0.1}, 3),
]


@pytest.mark.parametrize(("code", "fields", "independent"), CASES)
def test_the_sentence_says_how_the_model_came_to_be_judged(
    code: str, fields: dict[str, Any], independent: float
) -> None:
    """Chosen on the earlier forecasts, or named by the person: never "the best", which it may not be."""
    rival, naive = _backtest("ets", **fields), _backtest("naive")
    chosen, named = decide(rival, naive, independent), decide(rival, naive, independent, asked="ets")
    assert chosen.code == named.code == code
    assert "the model chosen on the earlier forecasts, “Exponential smoothing (ETS)”," in chosen.sentence.en
    assert "le modèle retenu sur les premières prévisions, «\u00a0" in chosen.sentence.fr
    assert "the model “Exponential smoothing (ETS)”" in named.sentence.en
    assert "earlier" not in named.sentence.en
    for text in (chosen.sentence.en, named.sentence.en):
        assert "best" not in text
        assert "{" not in text
        assert "—" not in text


@pytest.mark.parametrize("asked", ["auto", "ets", "naive"])
@pytest.mark.parametrize(("code", "fields", "independent"), CASES)
def test_the_advice_and_its_coverage_are_about_the_recommended_model(
    code: str, fields: dict[str, Any], independent: float, asked: str
) -> None:
    """Where another model is shown, because it was named, the advice says which one is advised."""
    rows = {
        model: (Coverage(level=95, horizon=None, measured=held, ci_low=0.1, ci_high=1.0, width=1.0, n=100),)
        for model, held in (("ets", 0.411), ("naive", 0.822))
    }
    rival = _backtest("ets", coverage=rows["ets"], **fields)
    found = decide(rival, _backtest("naive", coverage=rows["naive"]), independent, asked=asked)
    expected = {"ets": "41.1%", "naive": "82.2%"}
    assert found.coverage == {"ets": 0.411, "naive": 0.822}[found.recommended]
    assert expected.pop(found.recommended) in found.advice.en
    assert not any(other in found.advice.en for other in expected.values())
    assert ("you asked for" in found.advice.en) == (asked not in ("auto", found.recommended))
    kept = "Keep the naive" in found.advice.en or "keep the naive" in found.advice.en
    assert kept == (found.recommended == "naive")


@pytest.mark.parametrize(
    ("kind", "market"),
    [("price", True), ("return", True), ("rate", True), ("count", False), ("unknown", False)],
)
def test_only_markets_are_told_about_volatility_and_prices(kind: str, market: bool) -> None:
    """A reader of sales has neither."""
    for _, fields, independent in CASES:
        found = decide(_backtest("ets", **fields), _backtest("naive"), independent, kind=kind)
        text = found.advice.en + found.advice.fr + found.sentence.en + found.sentence.fr
        if found.code == "not-better":
            assert ("volatil" in text) == market
        if not market:
            assert not any(word in text for word in ("volatil", "price", "cours", "market", "marché", "risk"))
