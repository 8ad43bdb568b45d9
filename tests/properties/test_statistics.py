"""What must not change an answer: units, order of independent values, the naming of samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boursa.analytics import statistics

few = settings(max_examples=25, deadline=None, derandomize=True)
# Whole numbers: ties and zeros are frequent, and shifting or scaling them is exact.
whole = st.integers(-40, 40).map(float)
column = st.lists(whole, min_size=12, max_size=60).filter(lambda values: len(set(values)) > 4)
seeds = st.integers(0, 10_000)
powers = st.sampled_from([0.25, 0.5, 2.0, 1024.0])
shifts = st.integers(-1000, 1000).map(float)

ONE = ("shapiro-wilk", "jarque-bera", "kpss", "ljung-box", "adf")


@few
@given(seed=seeds, scale=powers, shift=shifts)
@pytest.mark.parametrize("test", ONE)
def test_units_and_origin_do_not_matter(test: str, seed: int, scale: float, shift: float) -> None:
    """Euros or cents, Celsius or Kelvin: the p-value is the same."""
    values = np.random.default_rng(seed).normal(size=60)
    plain, moved = statistics.run(test, [values]), statistics.run(test, [values * scale + shift])
    assert moved.p_value == pytest.approx(plain.p_value, rel=1e-6)
    assert moved.statistic == pytest.approx(plain.statistic, rel=1e-6)


@few
@given(seed=seeds, scale=powers)
def test_arch_is_free_of_units_and_of_sign(seed: int, scale: float) -> None:
    """Squares forget the sign; R squared forgets the unit."""
    values = np.random.default_rng(seed).normal(size=80)
    plain = statistics.run("arch-lm", [values]).statistic
    assert statistics.run("arch-lm", [values * scale]).statistic == pytest.approx(plain, rel=1e-9)
    assert statistics.run("arch-lm", [-values]).statistic == pytest.approx(plain, rel=1e-9)


@few
@given(values=column, seed=seeds)
@pytest.mark.parametrize("test", ["shapiro-wilk", "jarque-bera", "wilcoxon"])
def test_order_of_independent_values_does_not_matter(test: str, values: list[float], seed: int) -> None:
    """A sample is a set of values, not a sequence."""
    shuffled = np.random.default_rng(seed).permutation(values)
    plain = statistics.run(test, [values])
    assert statistics.run(test, [shuffled]).p_value == pytest.approx(plain.p_value, rel=1e-9)


@few
@given(x=column, y=column, method=st.sampled_from(["auto", "exact", "asymptotic"]))
def test_swapping_samples_mirrors_mann_whitney(x: list[float], y: list[float], method: str) -> None:
    """U and its mirror make all pairs; the effect and the shift change sign; p stays."""
    options = {"method": method}
    one = statistics.run("mann-whitney", [x, y], options=options)
    two = statistics.run("mann-whitney", [y, x], options=options)
    assert one.statistic + two.statistic == len(x) * len(y)
    assert one.p_value == pytest.approx(two.p_value, rel=1e-9)
    assert one.estimate["hodges_lehmann"] == pytest.approx(-two.estimate["hodges_lehmann"])
    less = statistics.run("mann-whitney", [x, y], options=options, alternative="less")
    greater = statistics.run("mann-whitney", [y, x], options=options, alternative="greater")
    assert less.p_value == pytest.approx(greater.p_value, rel=1e-9)


@few
@given(
    values=column,
    method=st.sampled_from(["auto", "exact", "asymptotic"]),
    zeros=st.sampled_from(["wilcoxon", "pratt"]),
)
def test_turning_the_signs_mirrors_wilcoxon(values: list[float], method: str, zeros: str) -> None:
    """Gains read as losses give the same two-sided p and the opposite centre."""
    options = {"method": method, "zeros": zeros}
    one = statistics.run("wilcoxon", [values], options=options)
    two = statistics.run("wilcoxon", [[-value for value in values]], options=options)
    assert one.p_value == pytest.approx(two.p_value, rel=1e-9)
    assert one.estimate["hodges_lehmann"] == pytest.approx(-two.estimate["hodges_lehmann"])
    assert one.effect is not None
    assert two.effect is not None
    assert one.effect.value == pytest.approx(-two.effect.value, abs=1e-12)


@few
@given(values=column, mu=st.integers(-50, 50).map(float))
def test_mu_is_a_shift_of_the_values(values: list[float], mu: float) -> None:
    """Testing against mu is testing the deviations from mu against zero."""
    against = statistics.run("wilcoxon", [values], options={"mu": mu})
    deviations = statistics.run("wilcoxon", [[value - mu for value in values]])
    assert against.p_value == deviations.p_value
    assert against.estimate["hodges_lehmann"] == pytest.approx(deviations.estimate["hodges_lehmann"] + mu)


@few
@given(x=column, seed=seeds)
def test_spearman_sees_ranks_only(x: list[float], seed: int) -> None:
    """Any increasing transformation, and swapping the columns, changes nothing; turning one mirrors rho."""
    y = np.random.default_rng(seed).normal(size=len(x))
    plain = statistics.run("spearman", [x, y])
    curved = statistics.run("spearman", [np.array(x) ** 3, np.exp(y)])
    swapped = statistics.run("spearman", [y, x])
    turned = statistics.run("spearman", [x, -y])
    assert curved.p_value == plain.p_value
    assert swapped.p_value == pytest.approx(plain.p_value, rel=1e-9)
    assert turned.estimate["rho"] == pytest.approx(-plain.estimate["rho"], abs=1e-12)


@few
@given(values=column)
@pytest.mark.parametrize(
    "test", ["shapiro-wilk", "jarque-bera", "wilcoxon", "adf", "kpss", "ljung-box", "arch-lm"]
)
def test_a_p_value_is_a_probability_and_never_zero(test: str, values: list[float]) -> None:
    """Whatever the sample, p lies in (0, 1]."""
    p = statistics.run(test, [values]).p_value
    assert p is not None
    assert 0 < p <= 1
