"""A test that is undefined for its input refuses with a sentence; it never returns a number."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from boursa.analytics import statistics
from boursa.analytics.statistics import CATALOGUE, StatisticalTest
from boursa.errors import (
    BoursaError,
    ConstantSeries,
    InputError,
    NotFinite,
    NotNumeric,
    OptionUnknown,
    TooFewObservations,
    TooLarge,
    Undefined,
)

RANDOM = np.random.default_rng(1)
each_test = pytest.mark.parametrize("test", CATALOGUE, ids=lambda test: test.name)


def _filled(test: StatisticalTest, make: Callable[[], Any]) -> list[Any]:
    return [make() for _ in range(test.columns[0])]


@each_test
@pytest.mark.parametrize("value", [0.0, 5.0, 0.1, -1e149])
def test_a_constant_series_is_refused(test: StatisticalTest, value: float) -> None:
    """All values equal: there is no question to answer."""
    with pytest.raises(ConstantSeries):
        statistics.run(test.name, _filled(test, lambda: np.full(60, value)))


@each_test
def test_two_values_are_too_few(test: StatisticalTest) -> None:
    """Nothing is said about two values, except by Mann-Whitney, which warns."""
    if test.name == "mann-whitney":
        result = statistics.run(test.name, [[1.0, 2.0], [3.0, 4.0]])
        assert [caution.code for caution in result.warnings] == ["too-small-to-reject", "effect-at-bound"]
        with pytest.raises(TooFewObservations):
            statistics.run(test.name, [[1.0], [3.0, 4.0]])
    else:
        with pytest.raises(TooFewObservations):
            statistics.run(test.name, _filled(test, lambda: [1.0, 2.0]))


@each_test
def test_a_column_of_missing_values_is_refused(test: StatisticalTest) -> None:
    """Nothing is left after dropping what is missing."""
    with pytest.raises(TooFewObservations):
        statistics.run(test.name, _filled(test, lambda: [np.nan] * 50))


@each_test
def test_an_infinity_is_refused(test: StatisticalTest) -> None:
    """An infinite value is an error upstream, not an extreme value."""
    with pytest.raises(NotFinite):
        statistics.run(test.name, _filled(test, lambda: np.append(RANDOM.normal(size=50), np.inf)))


@each_test
@pytest.mark.parametrize("size", [1e151, 1e308])
def test_values_whose_squares_overflow_are_refused(test: StatisticalTest, size: float) -> None:
    """An answer from overflowed squares would be false, and NumPy's warnings are no sentence."""
    samples = _filled(test, lambda: np.random.default_rng(3).uniform(-1, 1, 60) * size)
    with pytest.raises(Undefined, match="x: values beyond 1\u00a0×\u00a010¹⁵⁰"):
        statistics.run(test.name, samples)


@each_test
def test_text_is_refused(test: StatisticalTest) -> None:
    """A text column is refused by its name."""
    with pytest.raises(NotNumeric, match="x: numbers are needed"):
        statistics.run(test.name, _filled(test, lambda: ["a", "b", "c"] * 20))


@each_test
@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1e12, 1e149])
def test_the_unit_does_not_matter(test: StatisticalTest, scale: float) -> None:
    """Very small and very large numbers give the same p-value, not an overflow."""
    samples = [np.random.default_rng(place + 5).normal(size=80) for place in range(test.columns[0])]
    plain = statistics.run(test.name, samples)
    scaled = statistics.run(test.name, [sample * scale for sample in samples])
    assert scaled.p_value == (None if plain.p_value is None else pytest.approx(plain.p_value, rel=1e-9))


@pytest.mark.parametrize(
    ("test", "samples", "options", "error"),
    [
        ("shapiro-wilk", [RANDOM.normal(size=5001)], {}, TooLarge),
        ("spearman", [np.arange(10.0), np.arange(10.0) % 7], {"method": "exact"}, TooLarge),
        ("wilcoxon", [RANDOM.normal(size=5000)], {"method": "exact"}, TooLarge),
        ("mann-whitney", [RANDOM.normal(size=900), RANDOM.normal(size=900)], {"method": "exact"}, TooLarge),
        ("wilcoxon", [np.arange(9.0), np.arange(9.0) + 2], {}, ConstantSeries),
        ("wilcoxon", [np.arange(9.0), np.arange(8.0)], {}, InputError),
        ("adf", [np.arange(60.0)], {}, Undefined),
        ("adf", [np.arange(60.0) ** 2], {"regression": "ct"}, Undefined),
        ("adf", [RANDOM.normal(size=30)], {"lags": 14}, TooFewObservations),
        ("adf", [np.tile([1.0, -1.0], 30)], {}, Undefined),
        ("kpss", [np.arange(60.0)], {"regression": "ct"}, Undefined),
        ("kpss", [RANDOM.normal(size=30)], {"lags": 30}, OptionUnknown),
        ("ljung-box", [RANDOM.normal(size=30)], {"lags": 30}, TooFewObservations),
        ("ljung-box", [RANDOM.normal(size=30)], {"lags": 3, "fitted_parameters": 3}, OptionUnknown),
        ("arch-lm", [np.tile([1.0, -1.0], 30)], {}, ConstantSeries),
        ("arch-lm", [RANDOM.normal(size=30)], {"lags": 14}, TooFewObservations),
        ("arch-lm", [np.tile([1.0, -2.0], 30)], {}, Undefined),
    ],
)
def test_what_a_test_cannot_answer_is_refused(
    test: str, samples: list[Any], options: dict[str, Any], error: type[BoursaError]
) -> None:
    """Singular regressions, empty remainders and endless computations have their own sentences."""
    with pytest.raises(error):
        statistics.run(test, samples, options=options)


@pytest.mark.parametrize(
    "test", [test for test in CATALOGUE if test.inputs == "series"], ids=lambda test: test.name
)
def test_gaps_in_a_series_are_closed_and_said(test: StatisticalTest) -> None:
    """Dropping a missing value joins its neighbours: the reader must know."""
    values = np.random.default_rng(3).normal(size=60)
    gappy = np.insert(values, [10, 30], np.nan)
    result = statistics.run(test.name, [gappy])
    whole = statistics.run(test.name, [values])
    assert (result.statistic, result.n_dropped) == (whole.statistic, 2)
    assert "gaps-closed" in [caution.code for caution in result.warnings]
    assert "gaps-closed" not in [caution.code for caution in whole.warnings]


def test_independent_samples_drop_their_own_missing_values_only() -> None:
    """A gap in one group must not take a value from the other."""
    x, y = RANDOM.normal(size=12), RANDOM.normal(size=9)
    plain = statistics.run("mann-whitney", [x, y])
    gappy = statistics.run("mann-whitney", [np.append(x, [np.nan, np.nan]), np.insert(y, 0, np.nan)])
    assert gappy.statistic == plain.statistic
    assert [(size.n, size.n_dropped) for size in gappy.samples] == [(12, 2), (9, 1)]


def test_paired_samples_drop_rows() -> None:
    """A gap in one column takes the whole row."""
    x, y = RANDOM.normal(size=12), RANDOM.normal(size=12)
    gappy = x.copy()
    gappy[4] = np.nan
    result = statistics.run("spearman", [gappy, y])
    assert result.statistic == statistics.run("spearman", [np.delete(x, 4), np.delete(y, 4)]).statistic
    assert (result.n, result.n_dropped) == (11, 1)
