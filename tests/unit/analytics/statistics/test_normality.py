"""Normality: Royston's weights, exact small cases, and what is said about shape."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from boursa.analytics.results import TestResult
from boursa.analytics.statistics.normality import jarque_bera, shapiro_wilk


@pytest.mark.parametrize("n", [3, 4, 5, 6, 11, 12, 100, 1000])
def test_shapiro_agrees_with_scipy_as_far_as_scipy_is_exact(n: int) -> None:
    """SciPy approximates the normal quantiles; to that accuracy two implementations agree."""
    x = np.random.default_rng(n).standard_t(5, size=n)
    ours, theirs = shapiro_wilk(x), stats.shapiro(x)
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-8)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-4)


def test_three_equally_spaced_values_are_perfectly_straight() -> None:
    """W is 1 and, by the exact law for three values, p is 1."""
    result = shapiro_wilk([1.0, 2.0, 3.0])
    assert result.statistic == pytest.approx(1, abs=1e-15)
    assert result.p_value == pytest.approx(1, abs=1e-7)


def test_jarque_bera_of_a_two_point_series() -> None:
    """By hand: values +-1 have skewness 0 and kurtosis 1, so JB is n (1 - 3)^2 / 24."""
    result = jarque_bera([1.0, -1.0] * 60)
    assert result.statistic == pytest.approx(120 * 4 / 24)
    assert result.p_value == pytest.approx(math.exp(-10))  # a chi-square with 2 degrees is exponential
    assert result.estimate == {"skewness": 0.0, "excess_kurtosis": pytest.approx(-2.0)}


def test_a_p_value_below_the_smallest_number_is_said_and_not_zero() -> None:
    """Zero would be false: the p-value is only too small to be written."""
    x = np.random.default_rng(1).standard_t(3, size=20_000)
    result = jarque_bera(x)
    assert result.p_value is not None
    assert 0 < result.p_value < 1e-300
    assert [caution.code for caution in result.warnings] == ["p-below-range"]
    assert "p\u00a0<\u00a00,001" in result.reading.fr


def test_few_values_bring_a_caution_for_jarque_bera() -> None:
    """Its chi-square law holds for long series only."""
    x = np.random.default_rng(1).normal(size=99)
    assert [caution.code for caution in jarque_bera(x).warnings] == ["small-sample"]
    assert jarque_bera(np.append(x, 0.1)).warnings == ()


def test_the_reading_names_the_shape_and_what_not_to_conclude() -> None:
    """A compatible sample is not a proof; a rejected one is described."""
    rng = np.random.default_rng(2)
    compatible = shapiro_wilk(rng.normal(size=50), names=["r"]).reading
    assert "no proof of normality" in compatible.en
    assert "pas la preuve" in compatible.fr
    skewed = shapiro_wilk(rng.exponential(size=200), names=["r"]).reading
    assert "étirée vers les grandes valeurs" in skewed.fr
    assert "stretched towards large values" in skewed.en


@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize("test", [shapiro_wilk, jarque_bera])
def test_so_few_values_show_no_shape(test: Callable[..., TestResult], n: int) -> None:
    """Up to seven values, "roughly symmetric" and "compatible" would be read as findings."""
    few = test(np.random.default_rng(4).normal(size=n), names=["r"]).reading
    assert f"{n} values are too few" in few.en
    assert f"{n} valeurs sont trop peu" in few.fr
    assert "symétri" not in few.fr
    assert "étirée" not in few.fr
    assert "symétri" in test(np.linspace(-1, 1, 8), names=["r"]).reading.fr


def test_a_rejection_by_few_values_describes_no_shape_either() -> None:
    """One value far away among seven rejects, and nothing more is known."""
    result = shapiro_wilk([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 90.0], names=["r"])
    assert result.p_value is not None
    assert result.p_value < 0.001
    assert "does not seem to follow" in result.reading.en
    assert "skewness" not in result.reading.en
