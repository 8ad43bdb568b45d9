"""The models: what each says on series where the answer is known, and that none sees the future."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from boursa.analytics.forecasting import catalogue
from boursa.errors import NameUnknown

NAMES = catalogue.names()
WALK = np.cumsum(np.random.default_rng(7).normal(size=160)) + 50
SEASONAL = np.tile([1.0, 5.0, 2.0, 9.0], 15) + np.random.default_rng(8).normal(0, 0.1, 60)


def test_the_catalogue_names_the_first_five_models() -> None:
    """Naive stands first, since at equality the first one is chosen."""
    assert NAMES[:5] == ("naive", "seasonal-naive", "drift", "theta", "ets")


def test_listing_models_imports_no_numerical_library() -> None:
    """The web process lists models: NumPy and statsforecast stay out."""
    code = (
        "import sys\n"
        "from boursa.analytics.forecasting import catalogue\n"
        "assert 'ets' in catalogue.names()\n"
        "print(sorted({'numpy', 'scipy', 'pandas', 'statsforecast'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_an_unknown_model_is_refused_with_the_known_ones() -> None:
    """The sentence says what exists."""
    with pytest.raises(NameUnknown, match="ets"):
        catalogue.find("oracle")


def test_seasonal_models_are_no_candidates_without_a_season() -> None:
    """Without a season the seasonal naive forecast would be the naive one again."""
    assert "seasonal-naive" not in [model.name for model in catalogue.candidates(1)]
    assert "seasonal-naive" in [model.name for model in catalogue.candidates(12)]


@pytest.mark.parametrize("name", NAMES)
def test_a_straight_line_or_a_level_is_continued(name: str) -> None:
    """On a noiseless line drift goes on, naive stays."""
    line = np.arange(40.0) + 10
    found = catalogue.load(name)(line, 3, 4)
    expected = {"naive": [49, 49, 49], "seasonal-naive": [46, 47, 48], "drift": [50, 51, 52]}
    if name in expected:
        np.testing.assert_allclose(found, expected[name])
    else:
        assert (np.diff(found) >= 0).all()
        assert abs(found[0] - 50) < 1.5


@pytest.mark.parametrize("name", ["seasonal-naive", "theta", "ets"])
def test_a_season_is_repeated(name: str) -> None:
    """A clear pattern of four comes back in its order."""
    found = catalogue.load(name)(SEASONAL, 8, 4)
    np.testing.assert_allclose(found, np.tile([1.0, 5.0, 2.0, 9.0], 2), atol=0.5)


@pytest.mark.parametrize("season", [1, 4])
@pytest.mark.parametrize("name", NAMES)
def test_many_origins_say_what_one_says(name: str, season: int) -> None:
    """The first origin of a block is the model fitted there and asked there."""
    y = SEASONAL if season == 4 else WALK
    many = catalogue.load_rolling(name)(y, np.array([40, 47, 55]), 6, season)
    np.testing.assert_allclose(many[0], catalogue.load(name)(y[:40], 6, season), rtol=1e-9)


@pytest.mark.parametrize("season", [1, 4])
@pytest.mark.parametrize("name", NAMES)
def test_no_origin_reads_its_future(name: str, season: int) -> None:
    """What comes at or after an origin can be anything without moving its forecast."""
    y = SEASONAL if season == 4 else WALK
    origins = np.array([40, 47, 55])
    before = catalogue.load_rolling(name)(y, origins, 6, season)
    for place, origin in enumerate(origins):
        changed = y.copy()
        changed[origin:] = 1000 * np.arange(1, y.size - origin + 1)
        after = catalogue.load_rolling(name)(changed, origins, 6, season)
        np.testing.assert_array_equal(after[: place + 1], before[: place + 1])


@pytest.mark.parametrize("name", NAMES)
def test_states_move_on_between_origins(name: str) -> None:
    """A later origin knows the values in between: after a jump of 100 every model follows."""
    y = np.concatenate([WALK[:80], WALK[80:] + 100])
    found = catalogue.load_rolling(name)(y, np.array([80, 120]), 1, 1)
    assert found[1, 0] - found[0, 0] > 60


@pytest.mark.parametrize("name", NAMES)
def test_a_flat_stretch_is_continued_flat(name: str) -> None:
    """A peg that has not moved yet gives its level, not an optimiser's accident."""
    y = np.concatenate([np.full(40, 655.957), [656.0, 655.9, 656.1]])
    np.testing.assert_allclose(catalogue.load_rolling(name)(y, np.array([40]), 3, 1)[0], 655.957)


@pytest.mark.parametrize("name", ["theta", "ets"])
@pytest.mark.parametrize("season", [1, 4, 12, 52])
@pytest.mark.parametrize("extra", [0, 1, 5])
def test_the_shortest_series_are_fitted(name: str, season: int, extra: int) -> None:
    """From the shortest training window on, a fit gives finite numbers."""
    length = max(8, 2 * min(season, 12) + 2) + extra
    assert np.isfinite(catalogue.load(name)(WALK[:length], 4, season)).all()
