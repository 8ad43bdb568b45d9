"""Rank tests: exact laws by enumeration, intervals that hold their level, cautions."""

import itertools

import numpy as np
import pytest

from boursa.analytics.statistics import hodges_lehmann, pairs
from boursa.analytics.statistics.location import mann_whitney, wilcoxon
from boursa.analytics.statistics.permutation import matching, rank_sum, signed_rank
from boursa.analytics.statistics.ranks import midranks

TIED = np.array([2.0, 2.0, 3.0, 5.0, 5.0, 5.0, 8.0])


def test_midranks_share_the_mean_rank() -> None:
    """Equal values have the mean of the ranks that they fill."""
    ranks, groups = midranks(np.array([5.0, 2.0, 9.0, 2.0]))
    assert ranks.tolist() == [3.0, 1.5, 4.0, 1.5]
    assert groups.tolist() == [2.0, 1.0, 1.0]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_the_rank_sum_law_is_that_of_all_choices(size: int) -> None:
    """Every way of choosing the first sample is equally likely, ties included."""
    ranks, _ = midranks(TIED)
    sums = np.array([sum(chosen) for chosen in itertools.combinations(ranks, size)])
    law = rank_sum(ranks, size)
    for value in np.unique(sums):
        assert law.at_most(value) == pytest.approx((sums <= value).mean(), rel=1e-12)
        assert law.at_least(value) == pytest.approx((sums >= value).mean(), rel=1e-12)
        far = np.abs(sums - sums.mean()) >= abs(value - sums.mean()) - 1e-9
        assert law.p_value(value, "two-sided") == pytest.approx(far.mean(), rel=1e-12)


def test_the_signed_rank_law_is_that_of_all_signs() -> None:
    """Every pattern of signs is equally likely, ties included."""
    ranks, _ = midranks(TIED)
    sums = np.array([np.dot(signs, ranks) for signs in itertools.product((0, 1), repeat=ranks.size)])
    law = signed_rank(ranks)
    for value in np.unique(sums):
        assert law.at_most(value) == pytest.approx((sums <= value).mean(), rel=1e-12)
        assert law.p_value(value, "greater") == pytest.approx((sums >= value).mean(), rel=1e-12)


def test_the_matching_law_is_that_of_all_permutations() -> None:
    """Every pairing of ranks is equally likely, ties included."""
    x, y = midranks(TIED[:6])[0], midranks(np.array([1.0, 4.0, 4.0, 2.0, 7.0, 3.0]))[0]
    sums = np.array([((x - np.array(order)) ** 2).sum() for order in itertools.permutations(y)])
    law = matching(x, y)
    for value in np.unique(sums):
        assert law.at_most(value) == pytest.approx((sums <= value).mean(), rel=1e-12)


@pytest.mark.parametrize("decimals", [1, 6])
def test_order_statistics_of_pairs_need_no_list_of_pairs(
    monkeypatch: pytest.MonkeyPatch, decimals: int
) -> None:
    """The enclosing search finds what sorting all pairs finds, ties included."""
    monkeypatch.setattr(pairs, "_FEW", 200)
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=70).round(decimals), rng.normal(size=45).round(decimals)
    apart = np.sort(np.subtract.outer(x, y).ravel())
    together = np.sort(np.add.outer(x, x)[np.triu_indices(x.size)])
    assert pairs.differences(x, y).count == apart.size
    assert pairs.walsh_sums(x).count == together.size
    for k in (1, 2, 500, 1000, apart.size):
        assert pairs.differences(x, y).kth(k) == pytest.approx(apart[k - 1], abs=1e-14)
    for k in (1, 3, 700, together.size):
        assert pairs.walsh_sums(x).kth(k) == pytest.approx(together[k - 1], abs=1e-14)
    assert pairs.differences(x, y).median() == pytest.approx(np.median(apart), abs=1e-14)


def test_millions_of_equal_pairs_are_found_at_once() -> None:
    """Rounded data have few distinct differences; the search must not go on for ever."""
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=4000).round(), rng.normal(1, 1, size=4000).round()
    assert pairs.differences(x, y).median() == -1.0


def test_ties_bring_a_caution_and_exact_takes_it_away() -> None:
    """`auto` says that its p-value is approximate, and how to have the exact one."""
    x, y = [1.0, 2.0, 2.0, 4.0, 7.0, 9.0], [2.0, 3.0, 5.0, 8.0, 8.0, 9.5]
    automatic, exact = mann_whitney(x, y), mann_whitney(x, y, method="exact")
    assert "ties" in [caution.code for caution in automatic.warnings]
    assert automatic.method == "asymptotic, continuity correction"
    assert exact.method == "exact"
    assert "ties" not in [caution.code for caution in exact.warnings]


def test_five_values_cannot_be_significant_and_that_is_said() -> None:
    """Two sided, the smallest p-value of five signs is 1/16."""
    result = wilcoxon([1.0, 2.0, 3.5, 4.0, 6.0])
    assert result.p_value == pytest.approx(1 / 16)
    assert [caution.code for caution in result.warnings] == ["too-small-to-reject", "effect-at-bound"]
    assert result.effect is not None
    assert (result.effect.value, result.effect.ci_low) == (1.0, None)


def test_the_probability_of_superiority_counts_pairs() -> None:
    """By hand: of the six pairs four are larger and one is equal."""
    result = mann_whitney([3.0, 5.0], [1.0, 3.0, 4.0])
    assert result.statistic == 4.5
    assert result.estimate["probability_of_superiority"] == 0.75
    assert result.effect is not None
    assert result.effect.value == 0.5


def test_zeros_are_dropped_or_ranked_as_asked() -> None:
    """By hand: without the zero the ranks are 1, 2, 3; with it 2, 3, 4."""
    values = [0.0, 1.0, -2.0, 3.0]
    assert wilcoxon(values).statistic == 1 + 3
    assert wilcoxon(values, zeros="pratt").statistic == 2 + 4


def test_the_interval_of_the_shift_holds_its_level() -> None:
    """Over repeated samples the 90 % interval covers the true shift about 90 times in a hundred."""
    rng = np.random.default_rng(12)
    held = 0
    for _ in range(400):
        found = hodges_lehmann.shift(rng.normal(1, 1, size=60), rng.normal(size=55), None, True, 0.90)
        assert found.ci_low is not None
        assert found.ci_high is not None
        held += found.ci_low <= 1 <= found.ci_high
    assert 0.86 <= held / 400 <= 0.94


def test_a_hundred_thousand_values_a_side_take_seconds_not_memory() -> None:
    """Ten thousand million differences are never listed."""
    rng = np.random.default_rng(5)
    result = mann_whitney(rng.normal(0.02, 1, size=100_000), rng.normal(size=100_000))
    assert 0 < result.estimate["hodges_lehmann_ci_low"] < result.estimate["hodges_lehmann"] < 0.05
    assert result.p_value is not None
    assert result.p_value < 0.001


@pytest.mark.parametrize(("alternative", "claim"), [("greater", "exceeds"), ("less", "is below")])
def test_the_reading_follows_the_alternative(alternative: str, claim: str) -> None:
    """A one-sided question is answered in its own words."""
    values = np.random.default_rng(6).normal(0.8, 1, size=40)
    assert claim in wilcoxon(values, alternative=alternative).reading.en
