"""The Bilan: five blocks, each said as soon as it is known, whatever the series."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from boursa.analytics import bilan
from boursa.analytics.bilan import BLOCKS, Settings, as_forecast
from boursa.analytics.readings import bilan as readings
from boursa.analytics.readings import tables
from boursa.analytics.series import TimeSeries
from boursa.errors import Cancelled, InputError, NotFinite, TooFewObservations
from boursa.language import moment, number

Bilan = Mapping[str, Any]

DATE = re.compile(r"\"\d{4}-\d\d-\d\d")
QUICK = Settings(horizon=2, model="naive")


def _days(n: int) -> np.ndarray:
    days = np.busday_offset(np.datetime64("2015-01-01"), np.arange(n), roll="forward")
    return days.astype("datetime64[s]")


def _months(n: int) -> np.ndarray:
    return (np.datetime64("1990-01", "M") + np.arange(n)).astype("datetime64[s]")


def _noise(n: int, sd: float = 0.01, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, sd, n)


def _made(ds: np.ndarray | None, y: Any, kind: str = "price", settings: Settings = QUICK) -> dict[str, Any]:
    """Return the blocks by name, after a look at their form."""
    blocks = list(bilan.blocks(ds, np.asarray(y, dtype=float), name="cours", kind=kind, settings=settings))
    assert tuple(block.name for block in blocks) == BLOCKS
    return {block.name: json.loads(json.dumps(block.content, allow_nan=False)) for block in blocks}


def _answers(made: Bilan) -> dict[str, Any]:
    return {one["key"]: one for one in made["behaviour"]["answers"]}


def _p(made: Bilan, key: str) -> float:
    p = _answers(made)[key]["result"]["p_value"]
    assert isinstance(p, float)
    return p


@pytest.fixture(scope="module")
def walk() -> Bilan:
    """Seven hundred days of a price whose returns are pure chance."""
    return _made(_days(700), 100 * np.exp(_noise(700).cumsum()), settings=Settings(horizon=5))


@pytest.fixture(scope="module")
def seasonal() -> Bilan:
    """Fifteen years of monthly sales with a strong season."""
    t = np.arange(180)
    sales = 100 * np.exp(0.004 * t + 0.3 * np.sin(2 * np.pi * t / 12) + _noise(180, 0.03))
    return _made(_months(180), sales, settings=Settings(horizon=6))


@pytest.fixture(scope="module")
def echoing() -> Bilan:
    """Four hundred returns of which each repeats half of the one before."""
    returns = _noise(400)
    for i in range(1, 400):
        returns[i] += 0.5 * returns[i - 1]
    return _made(_days(400), returns, "return", Settings(horizon=2))


@pytest.fixture(scope="module")
def undated() -> Bilan:
    """A price without dates."""
    return _made(None, 100 * np.exp(_noise(150).cumsum()), settings=Settings(horizon=3))


def test_a_random_walk_is_said_to_be_one(walk: Bilan) -> None:
    # The usual answer for prices: nothing is remembered, and nothing beats the naive forecast.
    assert walk["conclusion"]["verdict"]["code"] == "not-better"
    assert walk["conclusion"]["verdict"]["recommended"] == "naive"
    assert _p(walk, "memory") > 0.01
    assert _p(walk, "level-root") > 0.05
    assert _p(walk, "moves-root") < 0.01


def test_a_season_is_forecast_better_than_naive(seasonal: Bilan) -> None:
    # Where there is something to know, BoursA says so.
    assert seasonal["conclusion"]["verdict"]["code"] == "better"
    assert seasonal["conclusion"]["verdict"]["skill"] > 0.5
    assert seasonal["forecast"]["season"] == 12
    assert seasonal["forecast"]["chosen"] != "naive"
    assert seasonal["volatility"]["periods_per_year"] == 12


def test_a_memory_of_returns_is_found(echoing: Bilan) -> None:
    # By both questions about it; and the returns are taken as they are, not differenced again.
    assert echoing["behaviour"]["moves"] == "return"
    assert echoing["behaviour"]["description"]["n"] == 400
    assert _p(echoing, "memory") < 1e-6
    assert _p(echoing, "yesterday") < 1e-6
    assert _answers(echoing)["yesterday"]["result"]["statistic"] > 0


def test_returns_are_forecast_as_returns(echoing: Bilan) -> None:
    # Naive for a return is zero: the last return repeated would be beaten by anything.
    study = echoing["forecast"]
    assert study["target"] == "difference"
    assert study["naive"]["mean"] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert all(abs(value) < 0.05 for value in study["forecast"]["mean"])


def test_the_level_of_returns_is_not_asked_about(echoing: Bilan, walk: Bilan) -> None:
    # Returns have no level of their own: the moves are the series.
    assert not {"level-root", "level-stable"} & set(_answers(echoing))
    assert {"level-root", "level-stable"} <= set(_answers(walk))


def test_the_description_is_that_of_other_programs(walk: Bilan) -> None:
    # Moments by SciPy and NumPy, from the same prices.
    moves = np.diff(np.log(100 * np.exp(_noise(700).cumsum())))
    expected = {
        "n": 699,
        "mean": moves.mean(),
        "median": np.median(moves),
        "std": np.std(moves, ddof=1),
        "skewness": stats.skew(moves),
        "excess_kurtosis": stats.kurtosis(moves),
        "min": moves.min(),
        "max": moves.max(),
        "share_zero": 0.0,
    }
    assert walk["behaviour"]["moves"] == "log-return"
    assert walk["behaviour"]["description"] == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_year_of_volatility_has_as_many_steps_as_the_calendar(walk: Bilan) -> None:
    # Business days: 252; the standard deviation grows with the root of time.
    volatility = walk["volatility"]
    assert volatility["periods_per_year"] == 252
    assert volatility["vol_annual"] == pytest.approx(volatility["vol"] * math.sqrt(252))
    assert 0 < volatility["ewma_rank"] <= 1


def test_without_dates_everything_is_numbered(undated: Bilan) -> None:
    # No date is made up, least of all 1970: forecasts go on counting, and no year is known.
    assert not DATE.search(json.dumps(undated))
    assert (undated["quality"]["start"], undated["quality"]["end"]) == (None, None)
    assert undated["behaviour"]["frequency"] == undated["forecast"]["freq"] == "n"
    assert undated["forecast"]["forecast"]["ds"] == [151, 152, 153]
    assert undated["forecast"]["naive"]["ds"] == [151, 152, 153]
    assert "vol_annual" not in undated["volatility"]
    assert "periods_per_year" not in undated["volatility"]
    for backtest in undated["forecast"]["backtests"]:
        for row in backtest["rows"]:
            assert 1 <= row["cutoff"] < row["ds"] <= 150


def test_with_dates_the_forecast_goes_on_in_the_calendar(walk: Bilan) -> None:
    # The first forecast is of the next business day, not of a Saturday.
    following = np.busday_offset(_days(700)[-1].astype("datetime64[D]"), np.arange(1, 6))
    assert walk["forecast"]["forecast"]["ds"] == [str(day) for day in following]
    assert DATE.search(json.dumps(walk))


def test_dates_that_are_all_missing_are_no_dates() -> None:
    # A column of failed dates must not number from 1970.
    made = _made(np.full(60, np.datetime64("NaT", "s"), dtype="datetime64[s]"), 100 + _noise(60).cumsum())
    assert made["forecast"]["freq"] == "n"
    assert not DATE.search(json.dumps(made))


def test_negative_values_are_looked_at_by_differences() -> None:
    # A temperature or a spread has no logarithm.
    y = _noise(80, 1).cumsum()
    assert y.min() < 0
    made = _made(_days(80), y, "unknown")
    assert made["behaviour"]["moves"] == made["volatility"]["unit"] == "difference"
    assert made["behaviour"]["description"]["mean"] == pytest.approx(np.diff(y).mean())


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("kind", ["price", "return", "unknown"])
def test_a_short_series_is_refused_question_by_question(n: int, kind: str) -> None:
    # Each block says what it lacks; nothing is guessed from three values.
    made = _made(_days(n), _noise(n, seed=4) + (1 if kind == "price" else 0), kind)
    assert made["forecast"]["refused"]["code"] == "too-few"
    assert made["conclusion"]["verdict"]["code"] == "undecided"
    assert made["conclusion"]["verdict"]["sentence"]["fr"] == made["forecast"]["refused"]["fr"]
    assert f"present: {made['forecast']['refused']['n']})" in made["conclusion"]["next"][-1]["en"]
    for answer in made["behaviour"]["answers"]:
        assert (answer["result"] is None) == (answer["refused"] is not None)
    if n < 3:
        assert {one["refused"]["code"] for one in made["behaviour"]["answers"]} == {"too-few"}


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize(
    ("level", "kind"), [(5.0, "price"), (0.0, "unknown"), (0.0, "return"), (-2.0, "rate")]
)
def test_a_constant_series_has_no_answers(dated: bool, level: float, kind: str) -> None:
    # The earlier BoursA called it normal; the advice is not to bring more of it.
    made = _made(_days(60) if dated else None, np.full(60, level), kind, Settings(horizon=2))
    refused = {one["refused"]["code"] for one in made["behaviour"]["answers"]}
    assert refused == {"constant-series"}
    assert made["forecast"]["refused"]["code"] == "constant-series"
    said = " ".join(step["en"] for step in made["conclusion"]["next"])
    assert "nothing to forecast" in said
    assert "right column" in said
    assert not any(wrong in said for wrong in ("longer series", "flagged", "wrong value"))
    assert made["behaviour"]["description"]["skewness"] is None


@pytest.mark.parametrize("y", [np.arange(60.0) + 1, np.tile([1.0, 2.0], 30), np.r_[np.ones(59), 2.0]])
def test_a_degenerate_series_is_answered(y: np.ndarray) -> None:
    # Straight lines and zigzags divide by zero in one test or another: refused there, JSON everywhere.
    made = _made(_days(60), y, settings=Settings(horizon=2))
    assert all(one["refused"] or one["result"]["p_value"] is not None for one in _answers(made).values())


@pytest.mark.parametrize(
    ("y", "error"),
    [
        (np.full(30, np.nan), TooFewObservations),
        (np.array([]), TooFewObservations),
        (np.r_[np.arange(29.0), np.inf], NotFinite),
        (np.r_[np.arange(29.0), -np.inf], NotFinite),
    ],
)
@pytest.mark.parametrize("dated", [True, False])
def test_what_has_no_usable_value_is_an_error_after_its_quality(
    y: np.ndarray, error: type[InputError], dated: bool
) -> None:
    # The quality is shown first: it says where the infinite values are.
    blocks = bilan.blocks(_days(y.size) if dated else None, y, name="cours")
    quality = next(blocks)
    assert quality.name == "quality"
    assert quality.content["n"] == y.size
    json.dumps(quality.content, allow_nan=False)
    with pytest.raises(error, match="cours"):
        next(blocks)


def test_dates_and_values_belong_together() -> None:
    # A file error, not a crash in the midst of a computation.
    with pytest.raises(InputError, match="3 dates for 2 values"):
        next(bilan.blocks(_days(3), np.array([1.0, 2.0]), name="cours"))


def test_disorder_gaps_and_repetitions_are_repaired_and_said() -> None:
    # What was done to the data stands beside what came out of them.
    ds, y = _days(60), 100 * np.exp(_noise(60).cumsum())
    ds, y = np.append(ds[::-1], ds[-1]), np.append(y[::-1], 500.0)
    y[7] = np.nan
    made = _made(ds, y)
    assert {one["code"] for one in made["behaviour"]["repairs"]} == {
        "missing",
        "unsorted",
        "conflicting-dates",
    }
    assert made["behaviour"]["description"]["n"] == 58
    assert made["quality"]["n_missing"] == 1


def test_a_long_series_is_not_put_to_a_test_that_has_no_tables_for_it() -> None:
    # Shapiro-Wilk ends at 5,000; Jarque-Bera answers alone.
    y = 100 * np.exp(_noise(5002, 0.001).cumsum())
    blocks = bilan.blocks(_days(5002), y, name="cours", kind="price", settings=QUICK)
    next(blocks)
    keys = [one["key"] for one in next(blocks).content["answers"]]
    assert "normal-shape" not in keys
    assert "normal" in keys


def test_progress_goes_from_nothing_to_all() -> None:
    # Never backwards: a bar that does is believed by nobody.
    seen: list[float] = []
    y = 100 * np.exp(_noise(60).cumsum())
    list(bilan.blocks(_days(60), y, name="x", settings=QUICK, progress=lambda part, _: seen.append(part)))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert seen[0] >= 0


def test_a_cancelled_bilan_stops_where_it_is() -> None:
    # The blocks before it were handed over, the rest is not computed.
    def stop(*_: Any) -> None:
        raise Cancelled("stop")

    def taken() -> Iterator[str]:
        y = 100 * np.exp(_noise(60).cumsum())
        for block in bilan.blocks(_days(60), y, name="x", settings=QUICK, progress=stop):
            names.append(block.name)
            yield block.name

    names: list[str] = []
    with pytest.raises(Cancelled):
        list(taken())
    assert names == ["quality", "behaviour", "volatility"]


def test_choices_of_the_person_are_followed() -> None:
    # Horizon, levels, model and frequency are theirs to say.
    y = 100 * np.exp(_noise(80).cumsum())
    wish = Settings(horizon=4, levels=(50,), model="drift", freq="D")
    study = _made(_days(80), y, settings=wish)["forecast"]
    assert (study["horizon"], study["chosen"], study["freq"], study["selected"]) == (4, "drift", "D", False)
    assert [one["level"] for one in study["forecast"]["intervals"]] == [50]


def test_a_return_is_modelled_as_the_change_of_its_sum() -> None:
    # Everything else is modelled as it is.
    series = TimeSeries(np.arange(1, 4), np.array([0.1, -0.2, 0.3]), "r")
    summed, target = as_forecast(series, "return")
    np.testing.assert_allclose(np.diff(summed.y), [0.1, -0.2, 0.3])
    assert target == "difference"
    assert as_forecast(series, "rate") == (series, "price")


def test_a_refusal_stands_in_for_a_bilan() -> None:
    # With its code and both sentences.
    said = bilan.refusal(TooFewObservations("too few"))["refused"]
    assert said["code"] == "too-few"
    assert {"fr", "en"} <= set(said)


def test_a_horizon_beyond_the_data_is_answered_with_one_that_they_allow() -> None:
    # More data is not the only way out; and the horizon that is named works.
    y = 100 * np.exp(_noise(40).cumsum())
    advice = _made(_days(40), y, settings=Settings(horizon=35))["conclusion"]["next"][-1]["en"]
    found = re.search(r"shorter horizon \(at most (\d+)\).*at least (\d+) values; present: 40", advice)
    assert found, advice
    longest, needed = int(found[1]), int(found[2])
    assert _made(_days(40), y, settings=Settings(horizon=longest))["forecast"]["refused"] is None
    assert _made(_days(40), y, settings=Settings(horizon=longest + 1))["forecast"]["refused"]
    longer = 100 * np.exp(_noise(needed).cumsum())
    assert _made(_days(needed), longer, settings=Settings(horizon=35))["forecast"]["refused"] is None


def test_a_constant_series_that_is_short_too_is_not_asked_to_be_longer() -> None:
    # More of the same would be as constant.
    made = _made(_days(5), np.full(5, 3.0))
    assert made["forecast"]["refused"]["code"] == "too-few"
    assert "nothing to forecast" in made["conclusion"]["next"][-1]["en"]


@pytest.mark.parametrize("kind", ["count", "unknown"])
def test_what_is_no_market_is_not_told_about_prices_and_risks(kind: str) -> None:
    # Sales have no volatility that anyone sizes a risk by.
    moves = _noise(300) * np.repeat([0.2, 3.0, 0.2, 3.0, 0.2, 3.0], 50)
    made = _made(_days(300), 100 * np.exp(moves.cumsum()), kind)
    market = _made(_days(300), 100 * np.exp(moves.cumsum()), "price")
    words = ("olatil", "price", "cours", "risk", "risque", "secur", "titres")
    assert any(word in json.dumps(market["conclusion"]) for word in words)
    assert not [word for word in words if word in json.dumps(made["conclusion"], ensure_ascii=False)]
    assert "clusters" in json.dumps(made["conclusion"])


def test_steps_within_the_hour_are_not_called_hours() -> None:
    """Five-minute bars are forecast every five minutes, and no year is made of them by guess."""
    ds = np.datetime64("2026-11-16T09:00:00") + 300 * np.arange(400).astype("timedelta64[s]")
    made = _made(ds, 100 * np.exp(_noise(400, 0.001).cumsum()))
    assert made["quality"]["frequency"] == made["behaviour"]["frequency"] == made["forecast"]["freq"] == "min"
    assert made["forecast"]["forecast"]["ds"] == [
        str(ds[-1] + step * np.timedelta64(300, "s")) for step in (1, 2)
    ]
    assert made["volatility"]["vol"] > 0
    assert "vol_annual" not in made["volatility"]
    assert "periods_per_year" not in made["volatility"]


@pytest.mark.parametrize("letter", ["B", "D", "W", "M", "h", "n"])
def test_every_return_is_forecast_from(letter: str) -> None:
    """The Bilan describes 40 returns and forecasts from 40, at the frequency that the dates have."""
    y, n = _noise(40), 40
    dated = {
        "B": _days(n + 2)[2:],  # 2015-01-05, a Monday: the day before it is none of business
        "D": np.datetime64("2015-01-05T00:00:00") + np.arange(n).astype("timedelta64[D]"),
        "W": np.datetime64("2015-01-05T00:00:00") + (7 * np.arange(n)).astype("timedelta64[D]"),
        "M": _months(n),
        "h": np.datetime64("2015-01-05T00:00:00") + np.arange(n).astype("timedelta64[h]"),
        "n": None,
    }
    made = _made(dated[letter], y, "return")
    assert made["behaviour"]["frequency"] == made["forecast"]["freq"] == letter
    assert made["quality"]["n"] == made["behaviour"]["description"]["n"] == 40
    assert made["forecast"]["n"] == made["forecast"]["forecast"]["n"] == 40


def test_the_naive_forecast_of_changes_is_called_what_it_is(echoing: Bilan) -> None:
    """It says zero: "last value" would be read as the last return."""
    study = echoing["forecast"]
    called = " ".join(row[0] for row in tables.race(study["backtests"], study["chosen"], "fr")["rows"])
    assert "Naïf (variation nulle)" in called
    assert "dernière valeur" not in called
    cautions = [caution for one in study["backtests"] for caution in one["warnings"]]
    said = json.dumps([study["verdict"], study["warnings"], cautions], ensure_ascii=False)
    assert "dernière valeur)" not in said


@pytest.mark.parametrize(
    ("y", "rank"),
    [
        ([0.01] * 30, 0.0),  # never changes: higher than no part of the past
        ([0.01] * 29 + [0.5], 1.0),
        ([0.5] + [0.01] * 29, 0.0),
        ([0.01, 0.03, 0.02], 0.5),  # root mean squares of 1, 2.2 and 2.2 percent: higher than one of two
    ],
)
def test_the_rank_of_the_present_volatility_is_strict(y: list[float], rank: float) -> None:
    """It is said as "higher than": what equals all of its past is higher than none of it."""
    assert _made(_days(len(y)), y, "return")["volatility"]["ewma_rank"] == rank


@pytest.mark.parametrize(("n", "yearly"), [(20, False), (21, True)])
def test_a_year_is_not_told_from_a_handful_of_moves(n: int, yearly: bool) -> None:
    """Nineteen daily moves, multiplied by the root of 252, would look like knowledge."""
    volatility = _made(_days(n), 100 * np.exp(_noise(n).cumsum()))["volatility"]
    assert volatility["vol"] > 0
    assert ("vol_annual" in volatility) == ("periods_per_year" in volatility) == yearly


def test_the_day_before_is_spoken_of_for_days_only(walk: Bilan, seasonal: Bilan, undated: Bilan) -> None:
    """Of monthly sales "la veille" is no move."""
    assert "veille" in _answers(walk)["yesterday"]["question"]["fr"]
    for other in (seasonal, undated):
        assert "veille" not in _answers(other)["yesterday"]["question"]["fr"]


def test_the_figure_and_the_card_count_the_same_values() -> None:
    """Of 60 rows whose first and some others are empty, both speak of what is there, and from when on."""
    y = 100 * np.exp(_noise(60).cumsum())
    y[[0, 7, 8, 30]] = np.nan
    ds = _days(60)
    ds[50] = np.datetime64("NaT", "s")
    quality = _made(ds, y)["quality"]
    assert (quality["n"], quality["n_missing"], tables.present(quality)) == (60, 4, 55)
    said = quality["figures"]["series"]["summary"]["fr"]
    assert said.startswith(
        f"55 valeurs du {moment(quality['start'], 'fr')} au {moment(quality['end'], 'fr')},"
    )


@pytest.mark.parametrize(
    ("y", "said"), [([5.0] * 60, "all equal"), ([5.0] * 5, "all equal"), ([5.0, 6.0], "too few values")]
)
def test_what_has_no_answer_is_said_once(y: list[float], said: str) -> None:
    """Eleven times the same refusal tells no more than one sentence."""
    answers = _made(_days(len(y)), y)["behaviour"]["answers"]
    assert all(one["refused"] for one in answers)
    told = readings.unanswered(answers)
    assert told is not None
    assert said in told.en


def test_one_answer_is_enough_to_show_them_all(walk: Bilan) -> None:
    """What is refused beside an answer is told in its place."""
    answers = walk["behaviour"]["answers"]
    refused = {"result": None, "refused": {"code": "too-few"}}
    assert readings.unanswered(answers) is None
    assert readings.unanswered([*answers, refused]) is None
    assert readings.unanswered([]) is None


def test_returns_are_said_in_percent_and_differences_are_not() -> None:
    """Percent exists on screen: sentence and table say it, the numbers of the result stay fractions."""
    y = 100 * np.exp((0.02 + _noise(100)).cumsum())
    drift = _answers(_made(_days(100), y))["drift"]["result"]
    centre = drift["estimate"]["hodges_lehmann"]
    assert 0.01 < centre < 0.03
    said = number(100 * centre, "en") + "%"
    assert f"estimated at {said} (" in drift["reading"]["en"]
    assert "differs from 0% (" in drift["reading"]["en"]
    assert dict(tables.measures(drift, "en"))["centre (Hodges-Lehmann)"].startswith(f"{said} [")
    assert dict(tables.measures(drift, "en"))["positive values"].isdigit()
    falls = _answers(_made(_days(100), y - y.mean(), "unknown"))
    assert falls["drift"]["result"]["unit"] == falls["calmer"]["result"]["unit"] == ""
    assert "%" not in falls["drift"]["result"]["reading"]["en"].replace("95%", "")
