"""Forecast, backtest and study as a person asks for them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from boursa.analytics import forecasting
from boursa.analytics.forecasting import course, origins
from boursa.analytics.forecasting.cautions import coverage_off
from boursa.analytics.forecasting.evaluation import wilson
from boursa.analytics.forecasting.studies import ForecastStudy, choose
from boursa.analytics.results import Coverage
from boursa.analytics.series import TimeSeries, time_series
from boursa.errors import (
    Cancelled,
    ConstantSeries,
    InputError,
    NameUnknown,
    OptionUnknown,
    TooFewObservations,
)

START = np.datetime64("2015-01-01", "s")


def _months(y: np.ndarray, name: str = "sales") -> TimeSeries:
    months = np.datetime64("1990-01", "M") + np.arange(y.size)
    return time_series(months.astype("datetime64[s]"), y, name=name)


def _days(y: np.ndarray, name: str = "price") -> TimeSeries:
    days = np.busday_offset(START.astype("datetime64[D]"), np.arange(y.size), roll="forward")
    return time_series(days.astype("datetime64[s]"), y, name=name)


def _walk(n: int, seed: int = 1) -> TimeSeries:
    return _days(100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, n))))


def _sales(n: int = 180) -> TimeSeries:
    t = np.arange(n)
    noise = np.random.default_rng(2).normal(0, 0.03, n)
    return _months(100 * np.exp(0.004 * t + 0.3 * np.sin(2 * np.pi * t / 12) + noise))


@pytest.fixture(scope="module")
def walk_study() -> ForecastStudy:
    return forecasting.study(_walk(900), horizon=10)


@pytest.fixture(scope="module")
def sales_study() -> ForecastStudy:
    return forecasting.study(_sales(), horizon=6)


def test_a_random_walk_is_not_forecast_better_than_naive(walk_study: ForecastStudy) -> None:
    """The normal answer for prices, and the naive forecast is recommended."""
    assert walk_study.verdict.code == "not-better"
    assert walk_study.verdict.recommended == "naive"
    assert walk_study.verdict.model != "naive"
    assert walk_study.chosen == walk_study.forecast.model == "naive"


def test_a_season_is_forecast_better_than_naive(sales_study: ForecastStudy) -> None:
    """Half the error of naive, beyond chance."""
    assert sales_study.verdict.code == "better"
    assert sales_study.verdict.skill > 0.5
    assert sales_study.verdict.recommended == sales_study.chosen != "naive"


def test_a_study_holds_every_candidate_beside_naive(sales_study: ForecastStudy) -> None:
    """All five, on the same origins, the naive one with neither skill nor p-value."""
    by_name = {one.model: one for one in sales_study.backtests}
    assert list(by_name) == ["naive", "seasonal-naive", "drift", "theta", "ets"]
    assert len({one.origins for one in sales_study.backtests}) == 1
    assert by_name["naive"].skill == 0
    assert by_name["naive"].dm_p_value is None
    assert {one.naive for one in sales_study.backtests} == {by_name["naive"].accuracy}


def test_skill_and_p_value_are_those_of_the_errors(sales_study: ForecastStudy) -> None:
    """Recomputed from the single rows of the backtest."""
    found = forecasting.backtest(_sales(), model="theta", horizon=6)
    assert len(found.rows) == found.origins * 6
    y, mean = (np.log([getattr(row, key) for row in found.rows]) for key in ("y", "mean"))
    assert np.abs(y - mean).mean() == pytest.approx(found.accuracy.mae, rel=1e-9)
    assert found.skill == pytest.approx(1 - found.accuracy.mae / found.naive.mae)
    inside = [row.low[95] <= row.y <= row.high[95] for row in found.rows]
    overall = next(one for one in found.coverage if one.level == 95 and one.horizon is None)
    assert overall.measured == pytest.approx(np.mean(inside))
    assert overall.ci_low is not None
    assert overall.ci_high is not None
    assert overall.ci_low < overall.measured <= overall.ci_high


def test_coverage_is_told_for_each_step_and_together(walk_study: ForecastStudy) -> None:
    """Ten steps and one row for all of them, at both levels; overlap widens the interval."""
    rows = walk_study.backtests[0].coverage
    assert [(one.level, one.horizon) for one in rows] == [
        (level, step) for level in (80, 95) for step in (*range(1, 11), None)
    ]
    first, last = rows[0], rows[9]
    walk = walk_study.backtests[0]
    assert (first.ci_low, first.ci_high) == wilson(first.measured, walk.origins)
    assert (last.ci_low, last.ci_high) == wilson(last.measured, walk.origins * walk.step / 10)


def test_the_naive_forecast_stands_beside_the_chosen_one(sales_study: ForecastStudy) -> None:
    """With calibrated intervals of its own."""
    naive = sales_study.naive
    assert naive.model == "naive"
    assert len(set(naive.mean)) == 1
    assert [one.level for one in naive.intervals] == [80, 95]
    assert sales_study.forecast.ds == naive.ds


def test_a_study_is_json(sales_study: ForecastStudy) -> None:
    """Without NaN, dates in ISO 8601, sentences in both languages."""
    answer = json.loads(json.dumps(sales_study.to_dict(), allow_nan=False))
    assert answer["forecast"]["ds"][0] == "2005-01-01"
    assert set(answer["verdict"]["sentence"]) == {"fr", "en"}
    assert answer["forecast"]["intervals"][0]["basis"] == ["horizon"] * 6


def test_forecast_and_backtest_agree_with_the_study(sales_study: ForecastStudy) -> None:
    """The single steps say what the study says."""
    assert forecasting.forecast(_sales(), horizon=6) == sales_study.forecast
    single = forecasting.backtest(_sales(), horizon=6)
    whole = next(one for one in sales_study.backtests if one.model == sales_study.verdict.model)
    assert single.accuracy == whole.accuracy
    assert single.coverage == whole.coverage


def test_the_judged_half_has_no_say_in_the_choice() -> None:
    """Errors whose outcome was unknown at the first judged origin do not move the choice."""
    laid = course.lay(_walk(400), horizon=5, levels=(80,), season=1, freq=None, target="price")
    shape = laid.actual.shape
    good, bad = np.full(shape, 0.1), np.full(shape, 0.2)
    ends = laid.plan.origins[:, None] + np.arange(1, 6)
    late = ends > laid.plan.origins[laid.plan.judged]
    runs = {
        "naive": course.Run("naive", bad, np.where(late, 0.0, bad)),
        "drift": course.Run("drift", good, np.where(late, 9.0, good)),
    }
    assert choose(runs, laid) == "drift"


def test_at_equal_errors_the_naive_model_is_chosen() -> None:
    """Simplicity wins."""
    laid = course.lay(_walk(400), horizon=5, levels=(80,), season=1, freq=None, target="price")
    same = np.ones(laid.actual.shape)
    assert choose({name: course.Run(name, same, same) for name in ("naive", "ets")}, laid) == "naive"


def test_skill_is_rarely_found_on_random_walks() -> None:
    """Sixty walks without drift: at most seven p-values below 5 % in favour of drift (binomial: 98 %)."""
    found = [forecasting.backtest(_walk(400, seed), horizon=5, model="drift") for seed in range(60)]
    better = [one for one in found if one.skill > 0 and (one.dm_p_value or 1.0) < 0.05]
    assert len(better) <= 7


def test_returns_are_compared_with_no_change() -> None:
    """The naive return is zero, not the last return, so noise is not called forecastable."""
    found = forecasting.study(_walk(600), horizon=5, target="return")
    assert set(found.naive.mean) == {0.0}
    assert found.verdict.code in ("not-better", "worse")
    assert found.target == "return"


def test_prices_and_their_returns_tell_the_same_return_forecast() -> None:
    """Drift on returns is their mean; a file of returns is taken as it stands and says so."""
    prices = _walk(300)
    returns = _days(prices.y[1:] / prices.y[:-1] - 1)
    of_prices = forecasting.forecast(prices, horizon=3, target="return", model="drift")
    of_returns = forecasting.forecast(returns, horizon=3, target="return", model="drift")
    np.testing.assert_allclose(of_prices.mean, np.repeat(returns.y.mean(), 3))
    np.testing.assert_allclose(of_prices.mean, of_returns.mean)
    assert [one.code for one in of_returns.warnings] == ["taken-as-returns"]


def test_returns_forecast_as_a_price_carry_a_warning() -> None:
    """Against the last return anything looks good: the reader is told."""
    returns = _days(np.random.default_rng(4).normal(0, 0.01, 300))
    found = forecasting.forecast(returns, horizon=3)
    assert {"levels", "weak-rival"} <= {one.code for one in found.warnings}


def test_a_difference_is_the_change_from_value_to_value() -> None:
    """Drift forecasts the mean change."""
    y = np.cumsum(np.random.default_rng(6).normal(0.5, 1, 200))
    found = forecasting.forecast(_days(y), horizon=2, target="difference", model="drift")
    np.testing.assert_allclose(found.mean, np.repeat((y[-1] - y[0]) / 199, 2))


@pytest.mark.parametrize("n", [3, 9])
def test_three_rows_are_too_few_and_the_sentence_says_how_many_are_needed(n: int) -> None:
    """A forecast needs ten values even for one step."""
    with pytest.raises(TooFewObservations, match="at least 10 observations"):
        forecasting.study(_walk(n))
    assert len(forecasting.forecast(_walk(10)).mean) == 1


def test_what_is_needed_grows_with_horizon_and_season() -> None:
    """Two seasons to learn from and a whole horizon to compare with, twice."""
    with pytest.raises(TooFewObservations, match=str(origins.needed(20, 12))):
        forecasting.forecast(_sales(30), horizon=20)
    assert len(forecasting.forecast(_sales(origins.needed(20, 12)), horizon=20).mean) == 20


def test_a_short_series_says_that_its_interval_is_approximate() -> None:
    """Twenty values: the caution and the basis of each step say so; the verdict is undecided."""
    found = forecasting.study(_walk(20), horizon=4)
    assert found.verdict.code == "undecided"
    assert "pooled" in [one.code for one in found.forecast.warnings]
    assert set(found.forecast.intervals[-1].basis) == {"pooled"}


def test_too_few_past_forecasts_give_no_interval_and_a_caution() -> None:
    """Ten values: a point, no band, a sentence."""
    found = forecasting.forecast(_walk(10), horizon=1)
    assert found.intervals == ()
    assert "no-interval" in [one.code for one in found.warnings]


@pytest.mark.parametrize("target", ["price", "return", "difference"])
def test_a_constant_series_is_refused(target: str) -> None:
    """There is nothing to forecast, whatever the target."""
    with pytest.raises(ConstantSeries):
        forecasting.study(_days(np.full(100, 655.957)), target=target)


def test_values_that_are_neither_prices_nor_returns_are_refused() -> None:
    """Oil at minus 37 dollars has no return."""
    y = np.append(np.full(50, 20.0) + np.arange(50), -37.63)
    with pytest.raises(InputError, match=r"-37\.63"):
        forecasting.study(_days(y), target="return")


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"horizon": 0}, OptionUnknown),
        ({"horizon": 251}, OptionUnknown),
        ({"levels": (80, 100)}, OptionUnknown),
        ({"season": 0}, OptionUnknown),
        ({"freq": "fortnight"}, OptionUnknown),
        ({"target": "direction"}, OptionUnknown),
        ({"model": "seasonal-naive"}, OptionUnknown),
        ({"model": "oracle"}, NameUnknown),
    ],
    ids=str,
)
@pytest.mark.parametrize("door", [forecasting.forecast, forecasting.backtest, forecasting.study])
def test_wrong_options_are_refused_everywhere(
    door: Any, wrong: dict[str, Any], kind: type[Exception]
) -> None:
    """One sentence in each language, never a traceback."""
    with pytest.raises(kind) as caught:
        door(_walk(200), **wrong)
    assert caught.value.sentence("fr")
    assert caught.value.sentence("en")


def test_progress_runs_from_zero_to_one_and_may_cancel() -> None:
    """The fraction never falls; Cancelled passes through."""
    seen: list[tuple[float, str]] = []
    forecasting.study(_walk(200), horizon=3, progress=lambda fraction, note: seen.append((fraction, note)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert {"naive", "drift", "theta", "ets"} <= {note for _, note in seen}

    def stop(fraction: float, note: str) -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        forecasting.study(_walk(200), horizon=3, progress=stop)


def test_a_long_series_costs_what_its_last_part_costs() -> None:
    """Of 100,000 values the last 5,000 are used: the same answer as from those alone."""
    long = _walk(100_000)
    last = TimeSeries(long.ds[-5000:], long.y[-5000:], long.name)
    assert forecasting.forecast(long, model="drift", horizon=5) == forecasting.forecast(
        last, model="drift", horizon=5
    )


def test_dates_and_season_follow_the_frequency() -> None:
    """Business days for prices without weekends, months with a season of twelve."""
    assert forecasting.study(_walk(120), model="naive", horizon=2).freq == "B"
    months = forecasting.study(_sales(), model="naive", horizon=2)
    assert (months.freq, months.season) == ("M", 12)
    assert [str(day)[:7] for day in months.forecast.ds] == ["2005-01", "2005-02"]


def _turning(n: int = 300) -> TimeSeries:
    """Rises by 1 % a day for the first two thirds, then goes nowhere."""
    moves = np.random.default_rng(11).normal(0, 0.004, n) + np.where(np.arange(n) < 2 * n // 3, 0.01, 0.0)
    return _days(100 * np.exp(np.cumsum(moves)))


def test_a_model_that_was_good_once_is_not_shown_when_it_is_worse_than_naive() -> None:
    """The earlier origins choose a trend, the judged ones refute it: naive is shown and advised."""
    found = forecasting.study(_turning(), horizon=5)
    by_name = {one.model: one for one in found.backtests}
    assert by_name[found.verdict.model].skill <= -0.01
    assert found.verdict.code in ("worse", "not-better")
    assert found.chosen == found.forecast.model == found.verdict.recommended == "naive"
    assert found.forecast == forecasting.forecast(_turning(), horizon=5)
    judged = forecasting.backtest(_turning(), horizon=5)
    assert (judged.model, judged.skill) == (found.verdict.model, found.verdict.skill)


@pytest.mark.parametrize("series", [_turning(), _sales(), _walk(40)], ids=["turning", "sales", "short"])
@pytest.mark.parametrize("model", ["drift", "naive"])
def test_a_model_that_was_named_is_shown_whatever_is_advised(series: TimeSeries, model: str) -> None:
    """And the verdict speaks about it, or about the best rival where naive was named."""
    found = forecasting.study(series, horizon=3, model=model)
    assert (found.chosen, found.forecast.model, found.selected) == (model, model, False)
    assert (found.verdict.model == model) == (model == "drift")
    assert ("you asked for" in found.verdict.advice.en) == (found.verdict.recommended != model)


@pytest.mark.parametrize(("n", "given"), [(60, False), (300, True)])
def test_no_p_value_is_given_where_none_is_believed(n: int, given: bool) -> None:
    """Fewer than five judged forecasts that do not overlap: a caution stands in its place."""
    found = forecasting.study(_walk(n), horizon=12)
    rivals = [one for one in found.backtests if one.model != "naive"]
    assert (found.verdict.independent >= 5) == given
    for one in rivals:
        assert (one.dm_p_value is not None) == (one.dm_statistic is not None) == given
        assert ("few-judged" in [caution.code for caution in one.warnings]) != given
    assert found.verdict.dm_p_value == next(
        one.dm_p_value for one in rivals if one.model == found.verdict.model
    )
    assert ("few-judged" in [caution.code for caution in found.warnings]) != given
    assert "few-judged" not in [caution.code for caution in found.backtests[0].warnings]


def test_intervals_that_did_not_hold_are_said_to_be_too_narrow() -> None:
    """Months whose moves became five times as large: the scale of slow data does not follow."""
    sizes = np.where(np.arange(400) < 290, 0.01, 0.05)
    walk = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 1, 400) * sizes))
    found = forecasting.study(_months(walk), horizon=1, season=1, model="naive")
    rows = {row.level: row for row in found.backtests[0].coverage if row.horizon is None}
    assert rows[95].measured < 0.85
    for warnings in (found.backtests[0].warnings, found.forecast.warnings, found.warnings):
        notes = [one.note for one in warnings if one.code == "coverage-off"]
        assert [("80%" in note.en, "95%" in note.en) for note in notes] == [(True, False), (False, True)]
        assert all("too narrow" in note.en and "trop étroit" in note.fr for note in notes)
        assert f"{100 * rows[95].measured:.1f}%" in notes[1].en


def test_intervals_that_hold_as_they_say_carry_no_caution(walk_study: ForecastStudy) -> None:
    """Nobody reads a warning that is always there."""
    every = [*walk_study.warnings, *(one for test in walk_study.backtests for one in test.warnings)]
    assert "coverage-off" not in {one.code for one in every}


@pytest.mark.parametrize(
    ("measured", "low", "high", "n", "off"),
    [
        (0.90, 0.86, 0.93, 900, "wide"),
        (0.70, 0.65, 0.75, 900, "narrow"),
        (0.90, 0.79, 0.95, 900, None),  # its own uncertainty allows 80 %
        (0.84, 0.82, 0.86, 900, None),  # beyond chance, but four points mislead nobody
        (0.88, 0.82, 0.92, 60, None),  # few forecasts: ten points
        (0.92, 0.85, 0.96, 60, "wide"),
    ],
)
def test_a_coverage_is_off_beyond_its_own_uncertainty_and_a_margin(
    measured: float, low: float, high: float, n: int, off: str | None
) -> None:
    """Both, and over all steps together only."""
    laid = course.lay(_walk(n), horizon=5, levels=(80,), season=1, freq=None, target="price")
    fields: dict[str, Any] = {"level": 80, "measured": measured, "ci_low": low, "ci_high": high}
    rows = [Coverage(**fields, horizon=step, width=1.0, n=99) for step in (1, None)]
    found = coverage_off("ets", rows, laid)
    assert [one.code for one in found] == (["coverage-off"] if off else [])
    assert all((off or "") in one.note.en and "80" in one.note.fr for one in found)


@pytest.mark.parametrize("model", ["naive", "drift", "theta", "ets"])
def test_an_interval_without_width_is_not_given(model: str) -> None:
    """A price that moved once in a hundred days is not certain to stay."""
    y = np.r_[np.full(60, 5.0), np.full(60, 6.0)]
    found = forecasting.forecast(_days(y), horizon=5, model=model)
    rows = forecasting.backtest(_days(y), horizon=5, model=model).rows
    if model == "naive":  # nothing but zeros at every step, at 80 % as at 95 %
        assert found.intervals == ()
        assert "no-width" in [one.code for one in found.warnings]
    for one in found.intervals:
        assert (np.array(one.high) - one.low > 1e-6).all()
    assert all(row.high[level] - row.low[level] > 1e-6 for row in rows for level in row.low)


def _years(y: np.ndarray) -> TimeSeries:
    years = np.datetime64("1960", "Y") + np.arange(y.size)
    return time_series(years.astype("datetime64[s]"), y, name="output")


def test_yearly_series_go_on_by_amounts_unless_they_span_decades_of_growth() -> None:
    """Drift adds the mean difference up to a tenfold range, and multiplies beyond it."""
    noise = np.random.default_rng(8).normal(0, 0.5, 40)
    narrow, wide = 100 + 20 * np.arange(40) + noise, 10 * np.exp(0.1 * np.arange(40)) + noise
    assert narrow.max() / narrow.min() < 10 < wide.max() / wide.min()
    by_amount = forecasting.forecast(_years(narrow), horizon=3, model="drift")
    step = (narrow[-1] - narrow[0]) / 39
    np.testing.assert_allclose(by_amount.mean, narrow[-1] + step * np.arange(1, 4))
    by_percent = forecasting.forecast(_years(wide), horizon=3, model="drift")
    factor = (wide[-1] / wide[0]) ** (1 / 39)
    np.testing.assert_allclose(by_percent.mean, wide[-1] * factor ** np.arange(1, 4))
    assert "levels" not in {one.code for one in by_amount.warnings}  # nothing is zero or negative


def test_no_bound_of_a_positive_yearly_series_is_negative() -> None:
    """In levels too: a fleet cannot have fewer than no ships."""
    y = np.linspace(100, 11, 40) + np.random.default_rng(9).normal(0, 6, 40).clip(-1, 12)
    assert 0 < y.min() < y.max() < 10 * y.min()
    found = forecasting.forecast(_years(y), horizon=10, levels=(80,), model="drift")
    bounds = [found.mean, *(getattr(one, key) for one in found.intervals for key in ("low", "high"))]
    assert len(bounds) == 3
    assert min(min(one) for one in bounds) == 0.0
