"""`run`: samples, options and alternatives are checked before a test sees them."""

from typing import Any

import numpy as np
import pytest

from boursa.analytics import statistics
from boursa.analytics.results import TestResult
from boursa.analytics.statistics import location
from boursa.errors import OptionUnknown, UsageError

X = np.random.default_rng(7).normal(size=40)
Y = np.random.default_rng(8).normal(0.5, 1, size=40)


def test_text_options_are_read() -> None:
    """The command line hands over text; the result is that of the typed call."""
    said = statistics.run(
        "wilcoxon",
        [X],
        options={"mu": "0,25", "correction": "false", "method": "Asymptotic", "confidence": "0.9"},
    )
    typed = location.wilcoxon(X, mu=0.25, correction=False, method="asymptotic", confidence=0.9)
    assert said.to_dict() == typed.to_dict()


def test_lags_take_a_number_or_a_rule() -> None:
    """An integer option with choices takes either."""
    assert statistics.run("kpss", [X], options={"lags": "3"}).estimate["lags"] == 3
    assert statistics.run("kpss", [X], options={"lags": "long"}).estimate["lags"] == 9


def test_an_option_left_empty_is_the_default() -> None:
    """None stands for "not given"."""
    plain = statistics.run("adf", [X]).to_dict()
    assert statistics.run("adf", [X], options={"lags": None}).to_dict() == plain


@pytest.mark.parametrize(
    ("test", "options", "said"),
    [
        ("adf", {"lag": 1}, "adf has no option “lag”; known options: lags, lag_selection, regression."),
        ("jarque-bera", {"lags": 1}, "jarque-bera takes no options; “lags” was given."),
        ("adf", {"regression": "cc"}, "regression cannot be “cc”; known values: n, c, ct."),
        ("kpss", {"regression": "n"}, "regression cannot be “n”; known values: c, ct."),
        ("kpss", {"lags": "wide"}, "lags must be a number; “wide” is not."),
        ("adf", {"lags": 1.5}, "lags must be a whole number; 1.5 is not."),
        ("adf", {"lags": "nan"}, "lags must be a number; “nan” is not."),
        ("wilcoxon", {"correction": "maybe"}, "correction cannot be “maybe”"),
        ("wilcoxon", {"confidence": 1}, "confidence must lie between 0 and 1, both excluded; 1 does not."),
        ("wilcoxon", {"confidence": "95%"}, "confidence must be a number"),
    ],
)
def test_a_wrong_option_is_refused_with_what_is_known(test: str, options: dict[str, Any], said: str) -> None:
    """No option is ever ignored: it is taken or refused."""
    with pytest.raises(OptionUnknown) as refused:
        statistics.run(test, [X], options=options)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("value", [-1, "-1"])
def test_a_value_out_of_range_is_refused(value: Any) -> None:
    """Bounds of the catalogue hold for numbers and text alike."""
    with pytest.raises(OptionUnknown, match="must be at least"):
        statistics.run("adf", [X], options={"lags": value})


def test_an_alternative_is_refused_where_there_is_none() -> None:
    """A one-sided request is never silently answered two-sided."""
    with pytest.raises(OptionUnknown, match="adf takes no alternative"):
        statistics.run("adf", [X], alternative="less")
    with pytest.raises(OptionUnknown, match="known values: two-sided, less, greater"):
        statistics.run("mann-whitney", [X, Y], alternative="two.sided")


@pytest.mark.parametrize(
    ("test", "columns"), [("mann-whitney", 1), ("wilcoxon", 3), ("adf", 2), ("spearman", 0)]
)
def test_the_number_of_columns_is_checked(test: str, columns: int) -> None:
    """A column too many is no column to drop."""
    with pytest.raises(UsageError, match="column"):
        statistics.run(test, [X] * columns)


def test_names_must_match_the_columns() -> None:
    """Each column has one name in the sentences."""
    with pytest.raises(UsageError, match="1 names were given for 2 columns"):
        statistics.run("mann-whitney", [X, Y], names=["a"])


@pytest.mark.parametrize("test", statistics.CATALOGUE, ids=lambda test: test.name)
def test_every_result_is_complete(test: statistics.StatisticalTest) -> None:
    """Null, reading and reference stand in each result, in both languages; the names appear in them."""
    names = ["cours", "volume"][: test.columns[0]]
    result: TestResult = statistics.run(test.name, [X, Y][: test.columns[0]], names=names)
    answer = result.to_dict()
    assert answer["test"] == test.name
    assert answer["n"] == sum(size["n"] for size in answer["samples"]) or test.inputs == "paired"
    assert "doi:10." in answer["reference"]
    for field in ("null", "reading"):
        assert answer[field]["fr"] != answer[field]["en"]
        for name in names:
            assert name in answer[field]["fr"]
            assert name in answer[field]["en"]
    assert "nan" not in str(answer).lower()
