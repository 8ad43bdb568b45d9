"""Rank correlation: exact, series and Student's law where each belongs, never zero."""

import math

import numpy as np
import pytest

from boursa.analytics.statistics.association import spearman

RNG = np.random.default_rng(21)


@pytest.mark.parametrize(("n", "method"), [(9, "exact"), (10, "Edgeworth series"), (1291, "Student's t")])
def test_auto_chooses_the_law_as_r_does(n: int, method: str) -> None:
    """Enumeration up to 9 rows, the series up to 1290, then Student's law."""
    assert spearman(RNG.normal(size=n), RNG.normal(size=n)).method == method


def test_ties_take_students_law_and_few_rows_are_warned() -> None:
    """R does so too; the person learns that method=exact exists."""
    result = spearman([1.0, 2.0, 2.0, 3.0, 5.0], [2.0, 1.0, 4.0, 3.0, 5.0])
    assert (result.method, result.df) == ("Student's t", 3.0)
    assert "ties" in [caution.code for caution in result.warnings]


@pytest.mark.parametrize("n", [4, 9, 30])
def test_a_perfect_order_has_its_exact_p_value(n: int) -> None:
    """One permutation of n! rises perfectly and one falls: two sided 2/n!."""
    x = RNG.normal(size=n)
    result = spearman(x, np.exp(x))
    assert result.p_value == pytest.approx(2 / math.factorial(n), rel=1e-9)
    assert result.effect is not None
    assert (result.effect.value, result.effect.ci_low) == (1.0, None)
    assert spearman(x, -x, alternative="greater").p_value == 1.0


def test_where_the_series_fails_p_is_small_but_not_zero() -> None:
    """Far out the series of AS 89 turns negative; R writes zero, Student's law does not."""
    x = np.arange(100.0)
    y = x.copy()
    y[[3, 50]] = y[[50, 3]]
    result = spearman(x, y)
    assert result.method == "Student's t"
    assert result.p_value is not None
    assert 0 < result.p_value < 1e-20


def test_the_interval_holds_its_level() -> None:
    """Over repeated normal samples the 90 % interval covers the true rho about 90 times in a hundred."""
    true = 6 / math.pi * math.asin(0.5 / 2)  # rho of a bivariate normal with correlation 0.5
    rng, held = np.random.default_rng(5), 0
    for _ in range(500):
        x, e = rng.normal(size=(2, 60))
        effect = spearman(x, 0.5 * x + math.sqrt(0.75) * e, confidence=0.90).effect
        assert effect is not None
        assert effect.ci_low is not None
        assert effect.ci_high is not None
        held += effect.ci_low <= true <= effect.ci_high
    assert 0.86 <= held / 500 <= 0.94
