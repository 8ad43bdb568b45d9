"""Quality findings, and the rule that makes a series ready for analysis."""

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from boursa.analytics.cleaning import assess, prepare, robust_z
from boursa.analytics.frequencies import gaps, infer
from boursa.analytics.results import Finding
from boursa.errors import InputError, NotFinite, TooFewObservations, Undefined


def days(first: str, count: int, step: str = "D") -> NDArray[np.datetime64]:
    if step == "B":
        return np.busday_offset(first, np.arange(count), roll="forward").astype("datetime64[s]")
    unit = {"D": "D", "W": "W", "M": "M", "Q": "M", "Y": "Y", "h": "h", "min": "m"}[step]
    factor = 3 if step == "Q" else 1
    start = np.datetime64(first, unit if unit in "MY" else "D")
    return (start + factor * np.arange(count).astype(f"timedelta64[{unit}]")).astype("datetime64[s]")


def walk(count: int, seed: int = 1) -> NDArray[np.float64]:
    return 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def found(code: str, ds: object, y: object, kind: str = "price") -> Finding | None:
    return next((one for one in assess(ds, y, "x", kind).findings if one.code == code), None)


@pytest.mark.parametrize("step", ["D", "B", "W", "M", "Q", "Y", "h", "min"])
def test_regular_dates_have_their_frequency_and_no_gaps(step: str) -> None:
    """A complete calendar is recognised, and nothing is missing from it."""
    ds = days("2020-01-06", 60, step)
    assert infer(ds) == step
    assert gaps(ds) == (0, [])


def test_too_few_and_irregular_dates() -> None:
    """Two dates have no frequency; random ones none that is regular."""
    assert infer(days("2020-01-06", 2)) is None
    jumps = np.cumsum(np.random.default_rng(3).integers(1, 40, 80))
    assert infer(np.datetime64("2020-01-06", "s") + jumps.astype("timedelta64[D]")) == "irregular"


@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [("2024-04-05", "2024-04-08", 0), ("2024-03-28", "2024-04-02", 0), ("2001-09-10", "2001-09-17", 4)],
)
def test_weekends_and_holidays_are_no_gaps(first: str, last: str, missing: int) -> None:
    """A weekend and Easter are expected; the four days after 11 September 2001 are not."""
    before = np.busday_offset(first, np.arange(-30, 1), roll="backward")
    after = np.busday_offset(last, np.arange(31), roll="forward")
    ds = np.concatenate([before, after]).astype("datetime64[s]")
    assert infer(ds) == "B"
    count, places = gaps(ds)
    assert count == missing
    if missing:
        assert places == [
            {"from": np.datetime64(first, "s"), "to": np.datetime64(last, "s"), "missing": missing}
        ]


@pytest.mark.parametrize(("step", "lost"), [("D", 5), ("W", 5), ("M", 5), ("Q", 5), ("Y", 5)])
def test_a_gap_counts_what_the_calendar_expects(step: str, lost: int) -> None:
    """Five observations taken out of a regular calendar are five missing ones."""
    ds = np.delete(days("1990-01-01", 80, step), slice(40, 40 + lost))
    assert gaps(ds)[0] == lost


def test_clean_prices_have_no_finding() -> None:
    """Silence is the answer to sound data."""
    quality = assess(days("2020-01-06", 500, "B"), walk(500), "x", "price")
    assert quality.findings == ()
    assert (quality.n, quality.n_missing, quality.frequency) == (500, 0, "B")
    assert quality.start == np.datetime64("2020-01-06", "s")


def test_missing_values_are_counted_and_left_out() -> None:
    """They are named by date and never filled in."""
    ds, y = days("2020-01-06", 50), walk(50)
    y[[3, 7]] = np.nan
    finding = found("missing", ds, y)
    assert finding is not None
    assert (finding.count, finding.severity) == (2, "info")
    assert [one["date"] for one in finding.examples] == [ds[3], ds[7]]
    y[:10] = np.nan
    worse = found("missing", ds, y)
    assert worse is not None
    assert worse.severity == "warning"
    series, done = prepare(ds, y)
    assert np.array_equal(series.y, y[10:])
    assert [one.code for one in done] == ["missing"]


def test_repeated_dates_are_told_apart_and_the_last_is_kept() -> None:
    """Equal values are harmless; conflicting ones are a warning, and the last of the file counts."""
    ds = np.array(
        ["2020-01-02", "2020-01-01", "2020-01-02", "2020-01-03", "2020-01-03"], dtype="datetime64[s]"
    )
    y = np.array([1.0, 2.0, 5.0, 4.0, 4.0])
    codes = {one.code: one for one in assess(ds, y).findings}
    assert (codes["duplicate-dates"].count, codes["duplicate-dates"].severity) == (1, "info")
    assert (codes["conflicting-dates"].count, codes["conflicting-dates"].severity) == (1, "warning")
    assert codes["conflicting-dates"].to_dict()["examples"] == [{"date": "2020-01-02", "values": [1.0, 5.0]}]
    series, done = prepare(ds, y)
    assert series.ds.astype("datetime64[D]").astype(str).tolist() == [
        "2020-01-01",
        "2020-01-02",
        "2020-01-03",
    ]
    assert series.y.tolist() == [2.0, 5.0, 4.0]
    assert {one.code for one in done} == {"duplicate-dates", "conflicting-dates", "unsorted"}


def test_a_missing_value_does_not_replace_a_known_one_of_the_same_date() -> None:
    """The last value that exists is kept."""
    ds = np.array(["2020-01-01", "2020-01-02", "2020-01-02"], dtype="datetime64[s]")
    assert prepare(ds, [1.0, 2.0, np.nan])[0].y.tolist() == [1.0, 2.0]


def test_order_is_restored_and_said() -> None:
    """Newest first is usual and only mentioned; disorder is a warning."""
    ds, y = days("2020-01-06", 20), walk(20)
    assert found("descending", ds[::-1], y) is not None
    shuffled = np.random.default_rng(5).permutation(20)
    finding = found("unsorted", ds[shuffled], y[shuffled])
    assert finding is not None
    assert finding.severity == "warning"
    series, _ = prepare(ds[shuffled], y[shuffled])
    assert np.array_equal(series.y, y)


def test_values_without_a_date_are_left_out_and_counted() -> None:
    """Nobody invents a date."""
    ds, y = days("2020-01-06", 20), walk(20)
    ds[4] = np.datetime64("NaT", "s")
    series, done = prepare(ds, y)
    assert (len(series), [(one.code, one.count) for one in done]) == (19, [("without-date", 1)])


def test_a_series_without_dates_keeps_its_order_and_gets_none() -> None:
    """No forecast may ever be dated 1970."""
    for ds in (None, np.full(5, np.datetime64("NaT", "s"), dtype="datetime64[s]")):
        series, done = prepare(ds, [3.0, np.nan, 1.0, 2.0, 2.5])
        assert series.y.tolist() == [3.0, 1.0, 2.0, 2.5]
        assert series.ds.tolist() == [1, 2, 3, 4]
        assert {one.code for one in done} == {"missing", "undated"}
        quality = assess(ds, [3.0, np.nan, 1.0, 2.0, 2.5])
        assert (quality.start, quality.end, quality.frequency) == (None, None, None)


def test_stale_values_are_found() -> None:
    """Five equal values in a row are, four are not."""
    y = walk(100)
    y[10:14] = y[10]
    assert found("stale", days("2020-01-06", 100), y) is None
    y[10:15] = y[10]
    finding = found("stale", days("2020-01-06", 100), y)
    assert finding is not None
    assert (finding.count, finding.examples[0]["length"]) == (1, 5)
    assert finding.examples[0]["date"] == days("2020-01-06", 100)[10]


def test_a_typing_error_is_a_reverted_outlier() -> None:
    """A price ten times too high for one day jumps away and back."""
    y = walk(300)
    y[150] *= 10
    finding = found("outlier", days("2020-01-06", 300, "B"), y)
    assert finding is not None
    assert (finding.count, finding.severity) == (2, "warning")
    assert finding.examples[0]["reverted"] or finding.examples[1]["reverted"]


def test_a_real_crash_is_mentioned_but_is_no_error() -> None:
    """A fall that stays is information."""
    y = walk(300)
    y[150:] *= 0.8
    finding = found("outlier", days("2020-01-06", 300, "B"), y)
    assert finding is not None
    assert (finding.count, finding.severity) == (1, "info")


@pytest.mark.parametrize("factor", [2, 3, 4, 5, 7, 10, 20, 1 / 2, 1 / 10])
def test_splits_and_consolidations_are_found(factor: float) -> None:
    """A jump by a usual factor after which the level stays, in either direction."""
    y, ds = walk(300), days("2020-01-06", 300, "B")
    y[150:] /= factor
    finding = found("split-like", ds, y)
    assert finding is not None
    assert finding.examples[0]["date"] == ds[150]
    assert found("outlier", ds, y) is None


def test_an_error_by_a_factor_that_comes_back_is_no_split() -> None:
    """A halved price for one day is a mistake, not a split."""
    y = walk(300)
    y[150] /= 2
    assert found("split-like", days("2020-01-06", 300, "B"), y) is None


def test_prices_must_be_positive_and_returns_need_not() -> None:
    """Log returns of zero do not exist."""
    y = walk(50)
    y[[3, 4]] = 0.0, -1.0
    finding = found("non-positive", days("2020-01-06", 50), y)
    assert finding is not None
    assert (finding.count, finding.severity) == (2, "error")
    assert found("non-positive", days("2020-01-06", 50), y, kind="return") is None


def test_a_constant_series_is_said() -> None:
    """One sentence, not a list of stale runs."""
    quality = assess(days("2020-01-06", 50), np.full(50, 3.0), "x", "price")
    assert [one.code for one in quality.findings] == ["constant"]


def test_infinite_values_are_an_error() -> None:
    """Looked at they are a finding; prepared they are refused."""
    ds, y = days("2020-01-06", 50), walk(50)
    y[7] = np.inf
    finding = found("infinite", ds, y)
    assert finding is not None
    assert finding.severity == "error"
    with pytest.raises(NotFinite):
        prepare(ds, y)


@pytest.mark.parametrize("ds", [None, days("2020-01-06", 3)])
def test_nothing_usable_is_refused_and_still_assessed(ds: NDArray[np.datetime64] | None) -> None:
    """All missing is a finding first and a refusal afterwards."""
    assert assess(ds, [np.nan] * 3).n_missing == 3
    with pytest.raises(TooFewObservations):
        prepare(ds, [np.nan] * 3)


def test_empty_single_and_mismatched_input() -> None:
    """The smallest inputs are answered, unequal lengths refused."""
    assert assess(np.array([], dtype="datetime64[s]"), []).n == 0
    assert assess(days("2020-01-06", 1), [1.0]).n == 1
    assert len(prepare(days("2020-01-06", 1), [1.0])[0]) == 1
    with pytest.raises(InputError):
        assess(days("2020-01-06", 2), [1.0])


def test_findings_are_serialisable_in_both_languages() -> None:
    """Each finding carries a sentence in French and one in English, and its examples are JSON."""
    ds, y = days("2020-01-06", 300, "B"), walk(300)
    y[[3, 50, 51]] = np.nan, -1.0, 0.0
    y[100:120] = 5.0
    ds[7] = ds[6]
    told = assess(np.delete(ds, slice(200, 220)), np.delete(y, slice(200, 220)), "x", "price").to_dict()
    assert len({one["code"] for one in told["findings"]}) >= 5
    for one in told["findings"]:
        assert one["note"]["fr"] != one["note"]["en"]
    assert told["findings"][0]["severity"] == "error"


def test_robust_z_is_the_published_formula() -> None:
    """Distance from the median over 1.4826 times the median absolute deviation, computed by hand."""
    values = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    assert robust_z(values)[4] == pytest.approx((100 - 3) / (1.4826 * 1))
    assert robust_z(np.array([5.0, 5.0, 5.0])).tolist() == [0.0, 0.0, 0.0]
    mostly = np.array([0.0] * 9 + [10.0])
    assert robust_z(mostly)[9] == pytest.approx(10 / (1.2533 * 1.0))


@pytest.mark.parametrize("scale", [0.001, 1.0, 1e6])
def test_findings_do_not_depend_on_the_unit_of_prices(scale: float) -> None:
    """A price in cents is as good as in euros."""
    y = walk(300, seed=9)
    y[150:] /= 2
    y[40] *= 3
    plain = assess(days("2020-01-06", 300, "B"), y, "x", "price").findings
    scaled = assess(days("2020-01-06", 300, "B"), scale * y, "x", "price").findings
    assert [(one.code, one.count) for one in plain] == [(one.code, one.count) for one in scaled]


def test_the_order_of_rows_does_not_change_the_prepared_series() -> None:
    """Where no date is repeated, shuffled input gives the same series."""
    ds, y = days("2020-01-06", 100, "B"), walk(100)
    mixed = np.random.default_rng(4).permutation(100)
    one, other = prepare(ds, y)[0], prepare(ds[mixed], y[mixed])[0]
    assert np.array_equal(one.ds, other.ds)
    assert np.array_equal(one.y, other.y)
    assert one.ds[0].astype(dt.datetime) == dt.datetime(2020, 1, 6)  # noqa: DTZ001 - numpy's moments are naive


def test_returns_in_percent_without_a_sign_are_an_error() -> None:
    """Read as fractions they give a volatility of 1,500 % a year, and nothing to report."""
    returns = np.random.default_rng(7).normal(0, 0.01, 300)
    ds = days("2020-01-06", 300, "B")
    assert found("looks-like-percent", ds, returns, "return") is None
    finding = found("looks-like-percent", ds, 100 * returns, "return")
    assert finding is not None
    assert (finding.severity, finding.count) == ("error", int((100 * returns < -1).sum()))
    assert "signe\u00a0%" in finding.note.fr
    assert "divide the column by 100" in finding.note.en
    assert {example["value"] < -1 for example in finding.examples} == {True}


def test_returns_that_are_usually_beyond_any_market_are_an_error_too() -> None:
    """No value below -1 is needed: half of all days beyond 20 % is enough."""
    rises = np.random.default_rng(7).uniform(0.3, 0.9, 100) * np.tile([1, -1], 50)
    finding = found("looks-like-percent", None, rises, "return")
    assert finding is not None
    assert (finding.severity, finding.count) == ("error", 100)
    assert f"{100 * np.median(np.abs(rises)):.1f}%" in finding.note.en


@pytest.mark.parametrize("kind", ["price", "rate", "count", "unknown"])
def test_only_returns_are_suspected_of_percent(kind: str) -> None:
    """A rate of 2.5 is 2.5 in whatever unit its file has."""
    assert found("looks-like-percent", None, [-2.5, 1.5, 2.5, 3.5], kind) is None


@pytest.mark.parametrize("kind", ["price", "return", "unknown"])
@pytest.mark.parametrize("size", [1e151, 1e308, np.inf])
def test_values_beyond_all_measure_are_reported_without_a_warning_of_numpy(kind: str, size: float) -> None:
    """Warnings are errors here: differences and squares of such values must not be taken at all."""
    y = np.random.default_rng(5).uniform(0.5, 1, 40)
    y[3:9] = np.array([1, 1, -1, 1, -1, -1]) * size
    finding = found("infinite" if np.isinf(size) else "huge", days("2020-01-06", 40), y, kind)
    assert finding is not None
    assert (finding.severity, finding.count) == ("error", 6)
    with pytest.raises(NotFinite if np.isinf(size) else Undefined):
        prepare(days("2020-01-06", 40), y, "x", kind)


def test_one_of_something_is_said_in_the_singular() -> None:
    """ "1 retours en arrière" and "1 jours" are no French, "1 days" no English."""
    ds = days("2020-01-06", 60)
    lost = found("gap", np.delete(ds, 30), walk(59))
    assert lost is not None
    assert "soit 1 jour sans" in lost.note.fr
    assert "1 day without" in lost.note.en
    swapped = ds.copy()
    swapped[[30, 31]] = ds[[31, 30]]
    back = found("unsorted", swapped, walk(60))
    assert back is not None
    assert "(retours en arrière\u00a0: 1)" in back.note.fr
    assert "(steps backwards: 1)" in back.note.en
