"""Tests of series: agreement with statsmodels, cost on long input, cautions, verdicts."""

import time
import warnings

import numpy as np
import pytest

from boursa.analytics.statistics import least_squares
from boursa.analytics.statistics.autocovariance import autocovariances
from boursa.analytics.statistics.least_squares import factorise
from boursa.analytics.statistics.memory import ljung_box
from boursa.analytics.statistics.stationarity import adf, kpss, stationarity
from boursa.analytics.statistics.volatility import arch_lm
from boursa.language import p_value

RNG = np.random.default_rng(11)
NOISE = RNG.normal(size=400)
WALK = np.cumsum(NOISE)
PERSISTENT = np.convolve(RNG.normal(size=420), 0.7 ** np.arange(20), mode="valid")[:400]


@pytest.mark.parametrize("criterion", ["aic", "bic"])
@pytest.mark.parametrize("regression", ["n", "c", "ct"])
@pytest.mark.parametrize("values", [WALK, PERSISTENT, WALK[:35]], ids=["walk", "persistent", "short"])
def test_adf_selects_and_estimates_as_statsmodels(
    values: np.ndarray, regression: str, criterion: str
) -> None:
    """One nested factorisation gives the lags, statistic and p-value of forty regressions."""
    stattools = pytest.importorskip("statsmodels.tsa.stattools")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        statistic, p, lags, used, critical = stattools.adfuller(
            values, regression=regression, autolag=criterion
        )[:5]
    ours = adf(values, regression=regression, lag_selection=criterion)
    assert (ours.estimate["lags"], ours.estimate["n_used"]) == (lags, used)
    assert ours.statistic == pytest.approx(statistic, rel=1e-8)
    assert ours.p_value == pytest.approx(p, rel=1e-8)
    assert dict(ours.critical_values) == pytest.approx(critical, rel=1e-12)


@pytest.mark.parametrize("regression", ["c", "ct"])
@pytest.mark.parametrize("values", [WALK, PERSISTENT, NOISE], ids=["walk", "persistent", "noise"])
def test_the_automatic_window_of_kpss_is_that_of_statsmodels(values: np.ndarray, regression: str) -> None:
    """Hobijn's rule gives the same width, and the same statistic."""
    stattools = pytest.importorskip("statsmodels.tsa.stattools")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statistic, _, lags = stattools.kpss(values, regression=regression, nlags="auto")[:3]
    ours = kpss(values, regression=regression, lags="auto")
    assert ours.estimate["lags"] == lags
    assert ours.statistic == pytest.approx(statistic, rel=1e-8)


def test_a_level_far_from_zero_costs_no_digits() -> None:
    """An index at 1e6 with changes of 1 is as well conditioned as one around zero."""
    assert adf(WALK + 1e6).statistic == pytest.approx(adf(WALK).statistic, rel=1e-8)
    assert kpss(WALK + 1e6).statistic == pytest.approx(kpss(WALK).statistic, rel=1e-8)


@pytest.mark.parametrize(
    ("near", "tolerance"),
    [(1.0, 1e-10), (1e-6, 1e-4), (1e-12, 1e-2)],
    ids=["apart", "close", "almost copies"],
)
def test_a_long_regression_is_that_of_the_whole_matrix(near: float, tolerance: float) -> None:
    """Made block by block, the factor is that of all rows at once, as far as the columns determine it."""
    matrix = np.random.default_rng(1).normal(size=(9000, 4))
    matrix[:, 1] = matrix[:, 0] + near * matrix[:, 1]
    whole = np.linalg.qr(matrix, mode="r")
    found = factorise(lambda start, stop: matrix[start:stop].copy(), 9000)
    assert np.abs(np.diag(found.triangle)) == pytest.approx(np.abs(np.diag(whole)), rel=tolerance)
    assert found.residual_squares()[3] == pytest.approx(whole[3, 3] ** 2, rel=1e-3 * tolerance)


def test_nearly_dependent_columns_go_another_way() -> None:
    """Cross products would lose them: the second pass notices, and reflections decide."""
    matrix = np.random.default_rng(1).normal(size=(9000, 4))
    matrix[:, 1] = matrix[:, 0] + 1e-12 * matrix[:, 1]
    assert least_squares._by_cross_products(lambda start, stop: matrix[start:stop], 9000) is None
    matrix[:, 1] = 0.0
    assert least_squares._by_cross_products(lambda start, stop: matrix[start:stop], 9000) is None


def test_coefficients_and_errors_are_those_of_the_textbook() -> None:
    """Slope and standard error by the normal equations, residual squares of nested models by lstsq."""
    matrix = np.random.default_rng(1).normal(size=(9000, 4))
    regressors, response = matrix[:, :3], matrix[:, 3]
    factor = factorise(lambda start, stop: matrix[start:stop].copy(), 9000)
    slopes, squares, *_ = np.linalg.lstsq(regressors, response)
    variance = squares[0] / (9000 - 3) * np.linalg.inv(regressors.T @ regressors)[1, 1]
    assert factor.coefficient(1) == pytest.approx((slopes[1], np.sqrt(variance)), rel=1e-10)
    nested = [np.linalg.lstsq(regressors[:, :k], response)[1][0] for k in (1, 2, 3)]
    assert factor.residual_squares() == pytest.approx([response @ response, *nested], rel=1e-10)


def test_autocovariances_by_transform_are_those_by_products() -> None:
    """Many lags take the Fourier transform, few the dot products; both are the definition."""
    x = NOISE - NOISE.mean()
    products = [float(x[k:] @ x[: x.size - k]) for k in range(x.size)]
    assert autocovariances(x, x.size - 1) == pytest.approx(products, rel=1e-9, abs=1e-10)
    assert autocovariances(x, 10) == pytest.approx(products[:11], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "seconds"),
    [("adf", 5), ("kpss", 1), ("ljung_box", 1), ("ljung_box with 20000 lags", 1), ("arch_lm", 3)],
)
def test_a_hundred_thousand_values_are_no_denial_of_service(name: str, seconds: float) -> None:
    """statsmodels takes 35 s for ADF and O(n^2) for Ljung-Box; an upload must not."""
    x = np.cumsum(np.random.default_rng(2).normal(size=100_000))
    calls = {
        "adf": lambda: adf(x),
        "kpss": lambda: kpss(x),
        "ljung_box": lambda: ljung_box(x),
        "ljung_box with 20000 lags": lambda: ljung_box(x, lags=20_000),
        "arch_lm": lambda: arch_lm(np.diff(x)),
    }
    start = time.process_time()
    calls[name]()
    assert time.process_time() - start < seconds


def test_a_p_value_off_the_table_is_a_bound_and_says_so() -> None:
    """The KPSS table ends at 0.01 and 0.10, the ADF surface far out on the left."""
    low, high = kpss(WALK), kpss(NOISE)
    assert (low.p_value, high.p_value) == (0.01, 0.1)
    for result in (low, high, adf(NOISE, lags=0)):
        assert "p-bound" in [caution.code for caution in result.warnings]
        assert result.p_value is not None
        assert result.p_value > 0
    assert "p\u00a0<\u00a00.01" in low.reading.en
    assert "p\u00a0>\u00a00,1" in high.reading.fr


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (NOISE, "stationary"),
        (WALK, "unit-root"),
        (NOISE + 0.8 * (np.arange(400) > 200), "contradictory"),
    ],
    ids=["noise", "walk", "break"],
)
def test_the_joint_verdict(values: np.ndarray, verdict: str) -> None:
    """Opposite nulls: agreement gives a verdict, a break in level makes both reject."""
    result = stationarity(values)
    assert result.estimate["verdict"] == verdict
    assert result.p_value is None
    assert result.statistic == adf(values).statistic
    assert result.estimate["kpss_statistic"] == kpss(values).statistic


def test_clustered_volatility_is_found_and_named() -> None:
    """A series whose spread follows its own past rejects; independent noise does not."""
    rng, variance, values = np.random.default_rng(9), 1.0, []
    for _ in range(1500):
        values.append(np.sqrt(variance) * rng.normal())
        variance = 0.1 + 0.25 * values[-1] ** 2 + 0.65 * variance
    found, quiet = arch_lm(values), arch_lm(rng.normal(size=1500))
    assert found.p_value is not None
    assert quiet.p_value is not None
    assert found.p_value < 1e-6
    assert quiet.p_value > 0.01
    assert "come in clusters" in found.reading.en


def test_arch_on_prices_warns_that_squares_mirror_the_level() -> None:
    """Squares of prices are autocorrelated for a trivial reason."""
    assert "mean-not-small" in [caution.code for caution in arch_lm(WALK + 100).warnings]
    assert "mean-not-small" not in [caution.code for caution in arch_lm(WALK + 100, demean=True).warnings]


def test_fitted_parameters_cost_degrees_of_freedom() -> None:
    """Residuals of a model have less freedom than data."""
    raw, residual = ljung_box(PERSISTENT, lags=8), ljung_box(PERSISTENT, lags=8, fitted_parameters=2)
    assert raw.statistic == residual.statistic
    assert (raw.df, residual.df) == (8.0, 6.0)


def test_default_lags_are_those_documented() -> None:
    """Ten lags, or a fifth of a short series; Schwert's maximum; the short window."""
    assert ljung_box(NOISE).estimate["lags"] == 10
    assert ljung_box(NOISE[:22]).estimate["lags"] == 4
    assert arch_lm(NOISE).estimate["lags"] == 12
    assert kpss(NOISE).estimate["lags"] == 5  # trunc(4 * 4 ** 0.25)
    assert adf(NOISE, lag_selection="fixed").estimate["lags"] == 7  # trunc(399 ** (1 / 3))
    assert adf(NOISE, lags=3).method == "regression c, 3 lags (fixed)"


@pytest.mark.parametrize(
    ("values", "bound", "sign"), [(WALK, "upper", "<"), (NOISE, "lower", ">")], ids=["walk", "noise"]
)
def test_a_p_value_at_the_end_of_the_table_is_marked_as_a_bound(
    values: np.ndarray, bound: str, sign: str
) -> None:
    """A door that prints ``p = 0.010`` beside the sentence "p < 0.01" contradicts it: it can know better."""
    result = kpss(values)
    critical = sorted(result.critical_values.values())
    assert result.statistic > critical[-1] if bound == "upper" else result.statistic < critical[0]
    assert result.to_dict()["estimate"]["p_bound"] == bound
    assert p_value(result.p_value or 0, "en", bound) in result.reading.en
    assert f"p\u00a0{sign}" in result.reading.en
    assert stationarity(values).estimate["kpss_p_bound"] == bound


def test_a_p_value_inside_the_table_is_no_bound() -> None:
    """Between the ends p is interpolated."""
    inside = next(
        result
        for seed in range(100)
        if 0.01 < (result := kpss(np.random.default_rng(seed).normal(size=60).cumsum()[:15])).p_value < 0.1
    )
    assert "p_bound" not in inside.estimate


def test_adf_beyond_its_surface_is_a_bound_too() -> None:
    """The surface ends far out; below it p is only known to be smaller still."""
    beyond = adf(np.random.default_rng(1).normal(size=3000), lags=0)
    assert beyond.statistic < -18.83  # the end of MacKinnon's surface with a constant
    assert beyond.estimate["p_bound"] == "upper"
    assert "p_bound" not in adf(WALK).estimate


def test_a_half_life_below_one_observation_is_not_told() -> None:
    """Noise forgets at once; "halved within 0.15 observations" says nothing that can be seen."""
    fast = adf(NOISE[1:] + 0.2 * NOISE[:-1], lags=0)
    assert 0 < fast.estimate["half_life"] < 1
    assert "halved" not in fast.reading.en
    slow = adf(PERSISTENT)
    assert slow.estimate["half_life"] > 1
    assert "halved" in slow.reading.en
