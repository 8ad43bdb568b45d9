"""The short words of results: every form that a test writes is said in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from boursa.analytics import statistics
from boursa.analytics.readings import tables, words
from boursa.analytics.statistics import CATALOGUE, Option, StatisticalTest
from boursa.errors import InputError

each_test = pytest.mark.parametrize("test", CATALOGUE, ids=lambda test: test.name)


def _values(option: Option) -> list[Any]:
    """Return what an option may be: each choice, yes and no, one lag; nothing for the others."""
    found: list[Any] = [None, *option.choices]
    if option.kind == "boolean":
        found += [True, False]
    return [*found, 1] if option.name == "lags" else found


def _results(test: StatisticalTest) -> Iterator[dict[str, Any]]:
    """Yield the results of a test on few and many values, with ties and without, by all its options."""
    rng = np.random.default_rng(3)
    choices = [[(one.name, value) for value in _values(one)] for one in test.options]
    for n, ties in ((8, False), (8, True), (60, False), (60, True), (1400, False)):
        columns = [rng.normal(size=n) for _ in range(test.columns[1])]
        samples = [np.round(2 * one) for one in columns] if ties else columns
        for options in product(*choices):
            try:
                yield statistics.run(test.name, samples, options=dict(options)).to_dict()
            except InputError:  # too few, or too many for an exact distribution
                continue


@pytest.fixture(scope="module")
def results() -> dict[str, list[dict[str, Any]]]:
    """What every test of the catalogue answers."""
    return {test.name: list(_results(test)) for test in CATALOGUE}


@each_test
def test_no_part_of_a_method_stays_as_programs_write_it(
    test: StatisticalTest, results: dict[str, list[dict[str, Any]]]
) -> None:
    """The JSON says "asymptotic, 10 lags" in every language; a French page does not."""
    written = {result["method"] for result in results[test.name]}
    assert written
    parts = {part.rpartition(": ")[2] for one in written for part in one.replace("; ", ", ").split(", ")}
    for part in parts:
        assert words.method(part, "fr") != part, part
    for one in written:
        # Whole, it is as many parts, and none of them English.
        shown = words.method(one, "fr").replace("\u202f; ", ", ").split(", ")
        assert len(shown) == len(one.replace("; ", ", ").split(", "))
        assert not {"lags", "lag", "regression", "asymptotic", "series"} & set(" ".join(shown).split())


@each_test
def test_every_measure_has_its_name(test: StatisticalTest, results: dict[str, list[dict[str, Any]]]) -> None:
    """A name with spaces for its underscores would be the name that programs use."""
    for result in results[test.name]:
        for name, value in tables.measures(result, "fr"):
            assert name.lower() not in result["estimate"]
            assert name.replace(" ", "_") not in result["estimate"]
            assert value
        if result["effect"]:
            assert result["effect"]["name"] in words.MEASURES


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("exact", "loi exacte", "exact distribution"),
        (
            "asymptotic, continuity correction",
            "loi approchée, correction de continuité",
            "approximate distribution, continuity correction",
        ),
        ("asymptotic, 10 lags", "loi approchée, 10_retards", "approximate distribution, 10_lags"),
        (
            "asymptotic, 1 lags, mean subtracted",
            "loi approchée, 1_retard, moyenne soustraite",
            "approximate distribution, 1_lag, mean subtracted",
        ),
        (
            "regression c, 0 lags (aic)",
            "avec constante, 0_retard (choix par AIC)",
            "with a constant, 0_lags (chosen by AIC)",
        ),
        (
            "ADF: regression ct, 2 lags (fixed); KPSS: regression ct, 4 lags",
            "ADF_: avec constante et tendance, 2_retards (fixe)-; "
            "KPSS_: avec constante et tendance, 4_retards",
            "ADF: with a constant and a trend, 2_lags (fixed); KPSS: with a constant and a trend, 4_lags",
        ),
        ("a law of tomorrow, 3 lags", "a law of tomorrow, 3_retards", "a law of tomorrow, 3_lags"),
    ],
)
def test_a_method_is_said_part_by_part(written: str, french: str, english: str) -> None:
    """What is not known is shown as it is written: never an error, never nothing."""
    assert words.method(written, "fr") == french.replace("_", "\u00a0").replace("-", "\u202f")
    assert words.method(written, "en") == english.replace("_", "\u00a0")
