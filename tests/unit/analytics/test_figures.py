"""Chart data: small whatever the length, true to the extremes, with a sentence that says the same."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from boursa.analytics import bilan, figures, risk
from boursa.errors import ConstantSeries, InputError, NotFinite, TooFewObservations

NAN = float("nan")
QUICK = bilan.Settings(horizon=2, model="naive")


def _days(n: int) -> np.ndarray:
    return (np.datetime64("2015-01-01") + np.arange(n)).astype("datetime64[s]")


def _walk(n: int, seed: int = 1) -> np.ndarray:
    return 100 + np.random.default_rng(seed).normal(size=n).cumsum()


def _normal(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.1, 2.0, n)


def _heavy(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(3, n) * 0.01


def _json(figure: Any) -> dict[str, Any]:
    """Return a figure as a page gets it: strict JSON."""
    content = json.loads(json.dumps(figure.to_dict(), allow_nan=False))
    assert isinstance(content, dict)
    return content


# Lines


@pytest.mark.parametrize("n", [1, 6, 599, 600, 601, 5031, 20_000])
def test_no_peak_is_lost(n: int) -> None:
    # Nor the ends: at most 600 points of any length, each of them a value of its own date.
    y, ds = _walk(n), _days(n)
    drawn = figures.line(ds, y)
    assert drawn.n == n
    assert drawn.shown == len(drawn.x) == len(drawn.y) <= 600
    assert drawn.shown == n or n > 600
    assert (min(drawn.y), max(drawn.y)) == (y.min(), y.max())
    assert (drawn.y[0], drawn.y[-1]) == (y[0], y[-1])
    by_day = dict(zip(ds.astype("datetime64[D]").astype(str), y, strict=True))
    assert [by_day[day] for day in drawn.x] == list(drawn.y)
    assert list(drawn.x) == sorted(drawn.x)


@pytest.mark.parametrize("place", [0, 1, 777, 4998, 4999])
@pytest.mark.parametrize("size", [-1000.0, 1000.0])
def test_a_single_wild_value_is_seen_wherever_it_stands(place: int, size: float) -> None:
    # One value in five thousand is what a person looks at a chart for.
    y = _walk(5000)
    y[place] = size
    drawn = figures.line(None, y)
    assert (place + 1, size) in zip(drawn.x, drawn.y, strict=True)


def test_every_stretch_keeps_its_own_extremes() -> None:
    # Not only the whole series: a swing of every stretch stays as tall as it was.
    y = _walk(9000)
    drawn = figures.line(None, y, points=100)
    shown = np.array(drawn.x) - 1
    for stretch in np.array_split(np.arange(9000), 40):
        seen = y[shown[(shown >= stretch[0]) & (shown <= stretch[-1])]]
        width = 9000 // 48
        inner = y[stretch[width:-width]] if stretch.size > 2 * width else y[:0]
        assert inner.size == 0 or (seen.min() <= inner.min() and seen.max() >= inner.max())


@pytest.mark.parametrize("sign", [1, -1])
def test_a_missing_value_hides_no_peak_beside_it(sign: int) -> None:
    # It is neither the lowest nor the highest of its stretch, on whichever side of zero the series lies.
    y = sign * (1000 + _walk(5000))
    y[::7] = NAN
    drawn = figures.line(None, y)
    assert np.nanmin(drawn.y) == np.nanmin(y)
    assert np.nanmax(drawn.y) == np.nanmax(y)
    assert not np.isnan(drawn.y[1:-1]).any()


def test_a_missing_stretch_is_a_gap() -> None:
    # A line across two years without a value would be made up; a day that nobody can see may go.
    y = _walk(6000)
    y[2000:2500] = NAN
    y[4000] = NAN
    drawn = _json(figures.line(None, y))
    missing = [x for x, value in zip(drawn["x"], drawn["y"], strict=True) if value is None]
    assert missing
    assert all(2001 <= x <= 2500 for x in missing)
    assert drawn["n"] == 5499
    assert drawn["shown"] == len(drawn["x"]) - len(missing)
    assert "missing: 501" in drawn["summary"]["en"]


def test_a_short_series_shows_each_missing_value() -> None:
    # What cannot be drawn (an infinity, a number beyond all scales) is a gap like a missing one.
    drawn = _json(figures.line(None, [NAN, 1.0, float("inf"), 1e200, 3.0]))
    assert drawn["y"] == [None, 1.0, None, None, 3.0]
    assert (drawn["n"], drawn["shown"]) == (2, 2)


def test_a_line_is_in_time_order() -> None:
    # Whatever the file's; a value without a date has no place.
    ds = _days(3)[[2, 0, 1]]
    ds = np.append(ds, np.datetime64("NaT", "s"))
    drawn = figures.line(ds, [3.0, 1.0, 2.0, 99.0])
    assert drawn.x == ["2015-01-01", "2015-01-02", "2015-01-03"]
    assert drawn.y == [1.0, 2.0, 3.0]
    assert figures.line(np.full(2, np.datetime64("NaT", "s")), [4.0, 5.0]).x == [1, 2]


def test_the_dates_of_one_axis_have_one_form() -> None:
    # A browser reads a bare day as UTC and a day with a time as local: mixed, midnight would jump.
    hours = np.datetime64("2024-01-01T23:00:00") + np.arange(3) * np.timedelta64(3600, "s")
    assert figures.line(hours, [1.0, 2.0, 3.0]).x == [
        "2024-01-01T23:00:00",
        "2024-01-02T00:00:00",
        "2024-01-02T01:00:00",
    ]


def test_a_line_needs_a_value_and_a_date_for_each() -> None:
    # Refused in a sentence, not with an index out of bounds.
    with pytest.raises(TooFewObservations):
        figures.line(None, [NAN, float("inf")])
    with pytest.raises(InputError, match="2 dates for 3 values"):
        figures.line(_days(2), [1.0, 2.0, 3.0])


def test_the_sentence_of_a_line_names_its_extremes() -> None:
    # With dates as people write them; returns in percent.
    summary = figures.line(_days(4), [735.0, 3024.0, 900.0, 1000.0], unit="price").summary
    assert (
        summary.en
        == "4 values from 2015-01-01 to 2015-01-04; lowest 735.0 on 2015-01-01, highest 3,024 on 2015-01-02."
    )
    assert summary.fr == (
        "4 valeurs du 01/01/2015 au 04/01/2015\u202f; la plus basse 735,0 le 01/01/2015, "
        "la plus haute 3\u202f024 le 02/01/2015."
    )
    numbered = figures.line(None, [0.01, -0.025], unit="fraction").summary
    assert numbered.en == "2 moves (no. 1 to 2); lowest −2.50% (no. 2), highest 1.00% (no. 1)."


def test_volatility_is_that_of_risk() -> None:
    # The same numbers as in the block above the chart, with their peak and the level of the whole.
    r = _heavy(3000)
    drawn = figures.volatility(_days(3000), r, 0.97)
    ewma = risk.ewma_vol(r, decay=0.97)
    assert drawn.level == pytest.approx(r.std(ddof=1))
    assert max(drawn.y) == pytest.approx(ewma.max(), rel=1e-5)
    assert drawn.y[-1] == pytest.approx(ewma[-1], rel=1e-5)
    assert drawn.shown <= 600
    with pytest.raises(ConstantSeries):
        figures.volatility(_days(3), np.full(3, 0.01))


@pytest.mark.parametrize(("horizon", "shown"), [(1, 60), (12, 60), (20, 100), (50, 250), (250, 250)])
def test_five_observations_stand_left_of_each_step(horizon: int, shown: int) -> None:
    # At least sixty, at most a trading year: a fan without its past says nothing.
    y = _walk(400)
    drawn = figures.recent(_days(400), y, horizon=horizon)
    assert (drawn.n, drawn.shown, len(drawn.x)) == (400, shown, shown)
    assert drawn.y == pytest.approx(y[-shown:].tolist())
    assert drawn.x[-1] == "2016-02-04"
    assert figures.recent(_days(7), y[:7], horizon=horizon).shown == 7


# One sample


@pytest.mark.parametrize("n", [3, 10, 500, 20_000])
@pytest.mark.parametrize("values", [_normal, _heavy])
def test_the_counts_of_a_histogram_make_the_sample(n: int, values: Any) -> None:
    # No value falls between two bins or off the end.
    drawn = figures.histogram(values(n))
    assert sum(drawn.counts) == drawn.n == n
    assert len(drawn.edges) == len(drawn.counts) + 1 == len(drawn.normal) + 1 <= 61
    assert (drawn.edges[0], drawn.edges[-1]) == (values(n).min(), values(n).max())
    assert all(np.diff(drawn.edges) > 0)


def test_the_normal_law_beside_a_histogram_fits_a_normal_sample() -> None:
    # By the chi-square test; of a heavy-tailed one it does not.
    def misfit(values: np.ndarray) -> float:
        drawn = figures.histogram(values, most=40)
        counts, normal = np.array(drawn.counts), np.array(drawn.normal)
        usual = normal > 5
        return float(stats.chi2.sf(((counts - normal)[usual] ** 2 / normal[usual]).sum(), usual.sum() - 3))

    assert sum(figures.histogram(_normal(5000)).normal) == pytest.approx(5000, rel=2e-3)
    assert misfit(_normal(5000)) > 0.01
    assert misfit(_heavy(5000)) < 1e-9


def test_bins_are_those_of_freedman_and_diaconis() -> None:
    # As NumPy has them; Sturges' where half of all values are the same, and never beyond the most.
    values = _normal(400)
    assert figures.histogram(values).edges == pytest.approx(np.histogram_bin_edges(values, "fd"))
    assert len(figures.histogram([0.0] * 50 + [1.0, 2.0, 3.0]).counts) == 7
    assert len(figures.histogram(_heavy(100_000)).counts) == 60


def test_neighbours_among_the_doubles_have_one_bin() -> None:
    # Between them no edge exists.
    drawn = figures.histogram([1.0, 1.0, np.nextafter(1.0, 2.0)])
    assert drawn.counts == [3]


def test_the_order_of_a_sample_does_not_matter() -> None:
    # A histogram and a quantile plot know no time.
    values = _heavy(700)
    shuffled = np.random.default_rng(5).permutation(values)
    one, two = figures.histogram(values), figures.histogram(shuffled)
    assert (one.edges, one.counts) == (two.edges, two.counts)
    assert one.normal == pytest.approx(two.normal, rel=1e-5)
    assert figures.qq(values).sample == figures.qq(shuffled).sample


@pytest.mark.parametrize("n", [3, 50, 200, 201, 5000, 30_000])
def test_exact_normal_quantiles_lie_on_the_line(n: int) -> None:
    # And well inside the band; both ends and the whole length of the tails are there.
    exact = 5 + 3 * stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    drawn = figures.qq(exact)
    line = drawn.intercept + drawn.slope * np.array(drawn.theoretical)
    # The standard deviation of exact quantiles is a little small: 2 % at 50 values.
    assert drawn.sample == pytest.approx(line, abs=0.03 * 3 * max(drawn.theoretical) if n > 3 else 0.5)
    assert np.all(np.array(drawn.low) < drawn.sample)
    assert np.all(np.array(drawn.high) > drawn.sample)
    assert drawn.shown == len(drawn.sample) == len(drawn.low) == len(drawn.high) <= 200
    assert list(drawn.theoretical) == sorted(drawn.theoretical)
    tail = min(n, 50)
    assert drawn.sample[:tail] == pytest.approx(exact[:tail])
    assert drawn.sample[-tail:] == pytest.approx(exact[-tail:])


def test_the_band_holds_each_order_statistic_of_a_normal_sample() -> None:
    # 95 % of the time: with mean and standard deviation given, as SciPy's beta quantiles say.
    rng = np.random.default_rng(11)
    drawn = figures.qq(_normal(40))
    z_low, z_high = ((np.array(side) - drawn.intercept) / drawn.slope for side in (drawn.low, drawn.high))
    ranks = np.arange(1, 41)
    assert z_low == pytest.approx(stats.norm.ppf(stats.beta.ppf(0.025, ranks, 41 - ranks)))
    assert z_high == pytest.approx(stats.norm.ppf(stats.beta.ppf(0.975, ranks, 41 - ranks)))
    samples = np.sort(rng.normal(size=(4000, 40)), axis=1)
    covered = ((samples >= z_low) & (samples <= z_high)).mean(axis=0)
    assert covered == pytest.approx(np.full(40, 0.95), abs=0.015)  # four standard errors


def test_the_band_covers_normal_samples_and_not_heavy_tails() -> None:
    # As it is used: around the sample's own mean and standard deviation it is a little wide, never narrow.
    def outside(values: np.ndarray) -> float:
        drawn = figures.qq(values)
        y = np.array(drawn.sample)
        return float(((y < drawn.low) | (y > drawn.high)).mean())

    assert np.mean([outside(_normal(150, seed)) for seed in range(60)]) < 0.05
    assert outside(_heavy(1000)) > 0.3


def test_a_shape_on_a_high_level_is_kept() -> None:
    # A price near a million that moves by cents: rounding must not flatten it.
    values = 1_234_567 + _normal(100) / 100
    drawn = figures.qq(values)
    assert len(set(drawn.sample)) == 100
    assert len(figures.histogram(values).counts) > 5


@pytest.mark.parametrize("make", [figures.histogram, figures.qq])
def test_a_sample_without_a_shape_has_no_figure(make: Any) -> None:
    # Each refusal has its class, and `possible` leaves the figure out.
    for values, refusal in (
        ([1.0, 2.0, NAN], TooFewObservations),
        ([1.0] * 9, ConstantSeries),
        ([1.0, 2.0, float("inf")], NotFinite),
    ):
        with pytest.raises(refusal):
            make(values)
        assert figures.possible(drawn=lambda values=values: make(values)) == {}


# Several samples


def test_boxes_are_tukeys() -> None:
    # Whiskers at the last value within 1.5 boxes; each sample drops its own missing values.
    drawn = figures.boxes(["a", "b"], [[1.0, 2.0, 3.0, 4.0, 50.0, NAN], [7.0]])
    assert drawn.five == ([1.0, 2.0, 3.0, 4.0, 4.0], [7.0] * 5)
    assert drawn.outliers == ([50.0], [])
    assert drawn.n == (5, 1)
    values = _heavy(5000)
    low, first, median, third, high = figures.boxes(["x"], [values]).five[0]
    assert [first, median, third] == pytest.approx(np.quantile(values, [0.25, 0.5, 0.75]))
    assert low == values[values >= first - 1.5 * (third - first)].min()
    assert high == values[values <= third + 1.5 * (third - first)].max()
    (beyond,) = figures.boxes(["x"], [values]).outliers
    assert len(beyond) == 50
    assert {values.min(), values.max()} <= set(beyond)


def test_whiskers_never_end_inside_the_box() -> None:
    # Of four values a quartile lies between two of them, and the last one inside may lie beyond it.
    low, first, _, third, high = figures.boxes(["x"], [[0.0, 10.0, 10.0, 10.0]]).five[0]
    assert low == first == 7.5
    assert third == high == 10.0


def test_pairs_are_thinned_to_the_same_five_hundred() -> None:
    # With the extremes of both sides; a row with a missing value is no pair.
    x, y = _heavy(4000, 1), _heavy(4000, 2)
    x[5] = NAN
    drawn = figures.scatter(["x", "y"], [x, y])
    assert drawn == figures.scatter(["x", "y"], [x, y])
    assert (drawn.n, len(drawn.x)) == (3999, drawn.shown)
    assert 490 <= drawn.shown <= 500
    assert {np.nanmin(x), np.nanmax(x)} <= set(drawn.x)
    assert {y.min(), y.max()} <= set(drawn.y)
    rows = set(zip(x, y, strict=True))
    assert all(pair in rows for pair in zip(drawn.x, drawn.y, strict=True))
    assert figures.scatter(["x", "y"], [[1.0, NAN, 3.0], [4.0, 5.0, 6.0]]).y == [4.0, 6.0]


@pytest.mark.parametrize(
    ("count", "choices", "expected"),
    [
        (1, {}, {"histogram", "qq"}),
        (1, {"paired": True}, {"histogram", "qq"}),
        (1, {"ordered": True}, {"series"}),
        (2, {}, {"boxes"}),
        (2, {"paired": True}, {"scatter"}),
        (5, {}, {"boxes"}),
    ],
)
def test_samples_are_drawn_as_the_question_sees_them(count: int, choices: Any, expected: set[str]) -> None:
    # One sample by its shape, two by their place, pairs by their points, a series along time.
    columns = [_normal(30, seed) for seed in range(count)]
    drawn = figures.samples([f"x{k}" for k in range(count)], columns, **choices)
    assert set(drawn) == expected
    json.dumps(drawn, allow_nan=False)


def test_many_samples_are_not_all_read_out() -> None:
    # The sentence names six and counts the rest.
    summary = figures.boxes([f"s{k}" for k in range(9)], [_normal(9, k) for k in range(9)]).summary
    assert "s5 (n = 9)" in summary.en
    assert "s6" not in summary.en
    assert summary.en.endswith("; and 3 more.")
    assert summary.fr.endswith("et 3 autres.")


# In the Bilan


def _blocks(ds: Any, y: Any, kind: str = "price") -> dict[str, Any]:
    made = bilan.blocks(ds, np.asarray(y, dtype=float), name="cours", kind=kind, settings=QUICK)
    return {block.name: json.loads(json.dumps(block.content, allow_nan=False)) for block in made}


def test_a_bilan_carries_its_figures() -> None:
    # Each in the block that it belongs to, of the values that the block speaks of.
    ds, y = _days(900), np.exp(_heavy(900).cumsum())
    made = _blocks(ds, y)
    series = made["quality"]["figures"]["series"]
    assert (series["unit"], series["n"]) == ("price", 900)
    histogram, qq = (made["behaviour"]["figures"][name] for name in ("histogram", "qq"))
    assert sum(histogram["counts"]) == qq["n"] == made["behaviour"]["description"]["n"]
    assert qq["intercept"] == pytest.approx(made["behaviour"]["description"]["mean"])
    assert qq["slope"] == pytest.approx(made["behaviour"]["description"]["std"])
    volatility = made["volatility"]["figures"]["volatility"]
    assert volatility["level"] == pytest.approx(made["volatility"]["vol"])
    assert volatility["y"][-1] == pytest.approx(made["volatility"]["ewma_vol"], rel=1e-5)
    assert (volatility["x"][0], volatility["x"][-1]) == ("2015-01-02", "2017-06-18")
    recent = made["forecast"]["figures"]["recent"]
    assert recent["y"] == pytest.approx(y[-60:].tolist())
    assert recent["x"][-1] < made["forecast"]["forecast"]["ds"][0]


def test_returns_stand_left_of_a_forecast_of_returns() -> None:
    # Not their running sum, which only the models see.
    r = _heavy(300)
    made = _blocks(_days(300), r, "return")
    recent = made["forecast"]["figures"]["recent"]
    assert recent["y"] == pytest.approx(r[-60:].tolist())
    assert recent["unit"] == made["quality"]["figures"]["series"]["unit"] == "fraction"


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([5.0], {"quality": {"series"}}),
        ([5.0, 6.0], {"quality": {"series"}}),
        ([5.0] * 80, {"quality": {"series"}}),
        (
            [5.0, 6.0, 8.0, 7.0],
            {"quality": {"series"}, "behaviour": {"histogram", "qq"}, "volatility": {"volatility"}},
        ),
    ],
)
def test_a_series_that_allows_no_figure_gets_none(y: list[float], expected: dict[str, set[str]]) -> None:
    # Never an error: what there is stands there.
    made = _blocks(_days(len(y)), y)
    for block in ("quality", "behaviour", "volatility", "forecast"):
        assert set(made[block]["figures"]) == expected.get(block, set())


def test_the_quality_of_values_that_no_analysis_takes_is_drawn() -> None:
    # The first block comes before the refusal: an infinity is seen as a gap.
    blocks = bilan.blocks(None, np.array([1.0, float("inf"), 2.0]), name="x", settings=QUICK)
    assert next(blocks).content["figures"]["series"]["y"] == [1.0, None, 2.0]
    with pytest.raises(NotFinite):
        next(blocks)
    empty = bilan.blocks(None, np.array([NAN]), name="x", settings=QUICK)
    assert next(empty).content["figures"] == {}
