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
        (0.1, -3.0, 0.003, 4, "undecided", "ets"),
        (0.1, -1.0, 0.3, 9, "undecided", "ets"),
        (-0.1, 1.0, 0.3, 9, "undecided", "naive"),
        (0.1, None, None, 50, "undecided", "ets"),
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
