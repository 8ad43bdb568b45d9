"""Point forecasts and Diebold-Mariano against R's forecast package (see make_reference.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boursa.analytics.forecasting.catalogue import load
from boursa.analytics.forecasting.comparison import compare_losses, diebold_mariano

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference.json").read_text())
NILE, AIR = np.array(REFERENCE["nile"]), np.array(REFERENCE["air"])


@pytest.mark.parametrize(
    ("name", "y", "season"), [("naive", NILE, 1), ("drift", NILE, 1), ("seasonal-naive", AIR, 12)]
)
def test_simple_models_give_the_forecasts_of_r(name: str, y: np.ndarray, season: int) -> None:
    """What has no parameter to estimate agrees to the last digits."""
    expected = REFERENCE[name]["mean"]
    np.testing.assert_allclose(load(name)(y, len(expected), season), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "key", [f"dm {h} {p} {a}" for h in (1, 3, 8) for p in (1, 2) for a in ("two.sided", "less", "greater")]
)
def test_diebold_mariano_is_that_of_r(key: str) -> None:
    """Statistic and p-value of dm.test for both losses, three horizons and all alternatives."""
    expected = REFERENCE[key]
    found = diebold_mariano(
        np.array(REFERENCE["e1"]),
        np.array(REFERENCE["e2"]),
        horizon=expected["horizon"],
        power=expected["power"],
        alternative=expected["alternative"].replace(".", "-"),
    )
    assert found.variance == "rectangular"
    np.testing.assert_allclose(found.statistic, expected["statistic"][0], rtol=1e-8)
    np.testing.assert_allclose(found.p_value, expected["p_value"][0], rtol=1e-8)


def test_a_negative_long_run_variance_falls_back_to_bartlett_as_r_recommends() -> None:
    """Alternating losses: R's varestimator = "bartlett" gives the number, and the result says so."""
    expected = REFERENCE["dm bartlett"]
    first, second = np.array(REFERENCE["a1"]), np.array(REFERENCE["a2"])
    found = compare_losses(first**2 - second**2, horizon=2)
    assert found.variance == "bartlett"
    np.testing.assert_allclose(found.statistic, expected["statistic"][0], rtol=1e-8)
    np.testing.assert_allclose(found.p_value, expected["p_value"][0], rtol=1e-8)


def test_ets_on_the_nile_is_that_of_r() -> None:
    """Both searches choose ETS(A,N,N); the optimisers stop at 1e-4 of each other."""
    expected = np.array(REFERENCE["auto nile"]["mean"])
    np.testing.assert_allclose(load("ets")(NILE, 12, 1), expected, rtol=1e-3)


def test_ets_on_air_passengers_stays_inside_the_uncertainty_of_r() -> None:
    """With 17 numbers to search the optima differ: statsforecast's simplex stops after 1,000 steps,
    short of R's likelihood. R's own 80 % interval is the yardstick, and the season must agree."""
    reference = {key: np.array(value) for key, value in REFERENCE["auto air"].items()}
    found = load("ets")(np.log(AIR), 12, 12)
    assert (reference["low80"] < found).all()
    assert (found < reference["high80"]).all()
    assert np.corrcoef(found, reference["mean"])[0, 1] > 0.98


def test_theta_stays_near_the_standard_theta_of_r() -> None:
    """The dynamic form optimises what the standard one fixes: within three percent on the Nile."""
    expected = np.array(REFERENCE["theta nile"]["mean"])
    np.testing.assert_allclose(load("theta")(NILE, 12, 1), expected, rtol=0.03)


def test_theta_is_the_model_of_the_paper() -> None:
    """The recursion written out from Fiorucci et al. with trend lines by ordinary least squares."""
    from statsforecast.theta import auto_theta

    with np.errstate(all="ignore"):
        fitted = auto_theta(NILE - NILE[0], 1, model="DOTM")["par"]
    alpha, theta = fitted["alpha"], fitted["theta"]
    path, level = NILE - NILE[0], fitted["initial_smoothed"]
    for value in path:
        level = alpha * value + (1 - alpha) * level
    expected = []
    for _ in range(12):
        t = path.size
        slope, intercept = np.polyfit(np.arange(1, t + 1), path, 1)
        lines = (1 - alpha) ** t * intercept + (1 - (1 - alpha) ** (t + 1)) / alpha * slope
        expected.append(level + (1 - 1 / theta) * lines)
        level = alpha * expected[-1] + (1 - alpha) * level
        path = np.append(path, expected[-1])
    np.testing.assert_allclose(load("theta")(NILE, 12, 1) - NILE[0], expected, rtol=1e-6)
