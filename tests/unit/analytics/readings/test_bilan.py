"""The sentences of the Bilan: whole, in both languages, and to the point."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from boursa.analytics import bilan
from boursa.analytics.readings.bilan import QUESTIONS, next_steps
from boursa.analytics.results import Finding, Quality
from boursa.language import Text

UNFINISHED = re.compile(r"[{}]|\b(None|nan|NaN|NaT|inf|True|False)\b|<[a-z]+ object|  ")
ADVICE = {"fr": "Gardez la prévision naïve.", "en": "Keep the naive forecast."}
ANSWERED = {"refused": None, "verdict": {"advice": ADVICE}}


def _quality(*findings: tuple[str, int], code: str = "x") -> Quality:
    notes = [Text(fr=f"Signalé {n}.", en=f"Found {n}.") for _, n in findings]
    found = tuple(
        Finding(code=code, severity=s, count=n, note=note)
        for (s, n), note in zip(findings, notes, strict=True)
    )
    return Quality(name="x", n=9, n_missing=0, start=None, end=None, frequency=None, findings=found)


def _answer(key: str, p: float | None) -> dict[str, Any]:
    return {"key": key, "result": {"p_value": p}}


def _steps(
    quality: Quality | None = None,
    answers: Any = (),
    study: Mapping[str, Any] = ANSWERED,
    kind: str = "price",
) -> list[str]:
    return [step.en for step in next_steps(quality or _quality(), answers, study, kind)]


def _texts(content: Any) -> Iterator[Mapping[str, str]]:
    """Yield every sentence that stands anywhere in two languages."""
    if isinstance(content, Mapping):
        if {"fr", "en"} <= set(content):
            yield content
        for item in content.values():
            yield from _texts(item)
    elif isinstance(content, list):
        for item in content:
            yield from _texts(item)


def _series() -> Iterator[tuple[str, Any]]:
    rng = np.random.default_rng(5)
    days = np.busday_offset(np.datetime64("2015-01-01"), np.arange(80), roll="forward")
    days = days.astype("datetime64[s]")
    prices = 100 * np.exp(rng.normal(0, 0.02, 80).cumsum())
    holed = prices.copy()
    holed[[3, 40]] = np.nan
    holed[60] *= 10
    yield "prices", (days, prices, "price")
    yield "numbered", (None, prices, "price")
    yield "returns", (days, rng.normal(0, 0.02, 80), "return")
    yield "spread", (days, rng.normal(0, 1, 80).cumsum(), "unknown")
    yield "constant", (days, np.full(80, 5.0), "price")
    yield "line", (days, np.arange(80.0) + 1, "count")
    yield "three", (days[:3], prices[:3], "price")
    yield "one", (None, prices[:1], "return")
    yield "faulty", (days[::-1], holed, "price")
    yield "non-positive", (days, prices - prices.mean(), "price")


CASES = dict(_series())


@pytest.mark.parametrize("case", CASES)
def test_every_sentence_of_a_bilan_is_finished_in_both_languages(case: str) -> None:
    # No placeholder, no None, no nan, whatever was missing or refused.
    ds, y, kind = CASES[case]
    blocks = bilan.blocks(ds, y, name="cours", kind=kind, settings=bilan.Settings(horizon=2, model="theta"))
    found = [text for block in blocks for text in _texts(block.content)]
    assert len(found) > 20
    for text in found:
        for language in ("fr", "en"):
            sentence = text[language]
            assert sentence
            assert sentence == sentence.strip()
            assert not UNFINISHED.search(sentence), sentence


@pytest.mark.parametrize("key", QUESTIONS)
def test_questions_are_questions(key: str) -> None:
    # In French with the no-break space that keeps the mark on the line.
    question = QUESTIONS[key]
    assert question.en.endswith("?")
    assert re.search(r"[\u00a0\u202f]\?$", question.fr), question.fr


def test_every_question_that_is_asked_has_its_words() -> None:
    # And no words are left over that nobody asks.
    ds, y, kind = CASES["prices"]
    blocks = bilan.blocks(ds, y, name="x", kind=kind, settings=bilan.Settings(horizon=2, model="naive"))
    next(blocks)
    assert [one["key"] for one in next(blocks).content["answers"]] == list(QUESTIONS)


def test_faulty_data_come_first() -> None:
    # The gravest one by name: three gaps and one wrong price are not four of anything.
    steps = _steps(_quality(("warning", 3), ("info", 50), ("error", 1)), [_answer("clusters", 0.001)])
    assert steps[0].startswith("First look at what is flagged")
    assert "2 points" in steps[0]
    assert "Found 1." in steps[0]
    assert not any(number in steps[0] for number in ("3", "4", "50"))
    assert "Found 7." in _steps(_quality(("warning", 7)))[0]
    assert not any("flagged" in step for step in _steps(_quality(("info", 50))))


@pytest.mark.parametrize(
    ("key", "p", "advised"),
    [
        ("normal", 0.049, "rank tests"),
        ("normal", 0.05, None),
        ("clusters", 0.01, "Volatility can be forecast better"),
        ("clusters", 0.5, None),
        ("level-root", 0.5, "Work on moves"),
        ("level-root", 0.01, None),
        ("normal", None, None),
        ("memory", 0.001, None),
    ],
)
def test_advice_follows_the_answers(key: str, p: float | None, advised: str | None) -> None:
    # Each at the customary threshold, and only where a test said so.
    steps = _steps(answers=[_answer(key, p)])
    assert steps[-1] == ADVICE["en"]
    assert len(steps) == (1 if advised is None else 2)
    assert advised is None or steps[0].startswith(advised) or advised in steps[0]


def test_a_question_that_was_refused_gives_no_advice() -> None:
    # No p-value is neither small nor large.
    assert _steps(answers=[{"key": "level-root", "result": None}]) == [ADVICE["en"]]


@pytest.mark.parametrize(
    ("code", "longer"), [("too-few", True), ("constant-series", False), ("input", False)]
)
def test_a_longer_series_is_asked_for_only_where_it_would_help(code: str, longer: bool) -> None:
    # More of a constant series is as constant.
    steps = _steps(study={"refused": {"code": code, "fr": "non", "en": "no"}})
    assert any("longer series" in step for step in steps) == longer
    assert len(steps) == 1
    assert steps != [ADVICE["en"]]


@pytest.mark.parametrize(
    ("minimum", "horizon", "n", "said"),
    [
        (29, 20, 15, ["at most 6", "at least 29"]),
        (29, 20, 10, ["at most 1)", "at least 29"]),
        (29, 20, 9, ["longer series to learn", "at least 29", "present: 9"]),
        (10, 1, 3, ["longer series to learn", "at least 10", "present: 3"]),
    ],
)
def test_too_few_values_are_told_how_many_are_needed(
    minimum: int, horizon: int, n: int, said: list[str]
) -> None:
    # And how near a forecast they do allow, if any.
    refused = {"code": "too-few", "fr": "non", "en": "no", "minimum": minimum, "horizon": horizon, "n": n}
    steps = _steps(study={"refused": refused})
    assert len(steps) == 1
    assert all(part in steps[0] for part in said)
    assert ("shorter horizon" in steps[0]) == ("longer series to learn" not in steps[0])


def test_a_constant_series_is_told_to_look_at_the_column() -> None:
    # Once: not also as a fault of a hundred values.
    refused = {"code": "constant-series", "fr": "non", "en": "no"}
    steps = _steps(_quality(("error", 100), code="constant"), study={"refused": refused})
    assert len(steps) == 1
    assert "right column" in steps[0]
    assert "100" not in steps[0]


@pytest.mark.parametrize("kind", ["count", "unknown"])
def test_values_that_are_no_prices_are_not_called_so(kind: str) -> None:
    # Volatility and risk are words for markets.
    answers = [_answer("clusters", 0.001), _answer("normal", 0.001), _answer("level-root", 0.5)]
    steps = " ".join(_steps(_quality(("error", 3)), answers, kind=kind))
    market = " ".join(_steps(_quality(("error", 3)), answers, kind="price"))
    for word in ("olatility", "risk"):
        assert word not in steps
        assert word in market
    assert "securit" not in steps + market
    assert "clusters" in steps
