"""What a job computes: complete parameters in, a record that can be kept out."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from boursa.errors import Cancelled, ColumnUnknown, ConstantSeries, InputError, NameUnknown, NotFound
from boursa.ingest import read
from boursa.ingest.tables import Table
from boursa.services import computations
from boursa.services.history import Record
from boursa.storage.blobs import DirectoryBlobs

BLOCKS = ["quality", "behaviour", "volatility", "forecast", "conclusion"]
QUICK = {"model": "naive", "horizon": 2}


class Report:
    """A report that remembers what it heard; told to, it stops at the first word about progress."""

    def __init__(self, *, cancelled: bool = False) -> None:
        self.fractions: list[float] = []
        self.notes: list[Mapping[str, str] | None] = []
        self.parts: list[tuple[str, Any]] = []
        self._cancelled = cancelled

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None:
        if self._cancelled:
            raise Cancelled("stop")
        self.fractions.append(fraction)
        self.notes.append(note)

    def partial(self, name: str, content: Mapping[str, Any]) -> None:
        self.parts.append((name, content))


def _table(columns: Mapping[str, Any], n: int = 60) -> Table:
    days = np.busday_offset("2020-01-01", np.arange(n), roll="forward").astype("datetime64[D]")
    rows = [",".join(map(str, row)) for row in zip(days, *columns.values(), strict=True)]
    return read("\n".join([",".join(["date", *columns]), *rows]).encode(), name="cours.csv")


def _walk(seed: int, n: int = 60) -> list[float]:
    prices = 100 * np.exp(np.random.default_rng(seed).normal(0, 0.01, n).cumsum())
    return [round(float(price), 4) for price in prices]


def _strict(record: Record) -> Any:
    return json.loads(json.dumps(record.result, allow_nan=False))


@pytest.fixture
def two() -> Table:
    """Two prices, side by side."""
    return _table({"alpha": _walk(1), "beta": _walk(2)})


def test_a_job_reads_its_table_from_the_blob_store(two: Table, tmp_path: Path) -> None:
    # And says what versions computed it.
    blobs, parquet = DirectoryBlobs(tmp_path), io.BytesIO()
    two.to_parquet(parquet)
    parameters = {"test": "spearman", "columns": ["alpha", "beta"]}
    payload = {"table": blobs.put(parquet.getvalue()), "parameters": parameters}
    record, versions = computations.compute("test", payload, blobs, Report())
    assert (record.kind, record.name, record.parameters) == ("test", "spearman", parameters)
    assert "numpy" in versions
    with pytest.raises(NameUnknown, match="horoscope"):
        computations.compute("horoscope", payload, blobs, Report())
    with pytest.raises(NotFound):
        computations.compute("test", {**payload, "table": "0" * 64}, blobs, Report())


def test_the_quality_of_every_series_comes_before_the_rest_of_any(two: Table) -> None:
    # The first screen is there while the first backtest still runs.
    report = Report()
    record = computations.analysis(two, QUICK, report)
    names = [name for name, _ in report.parts]
    assert names[:2] == ["alpha/quality", "beta/quality"]
    assert names[2:] == [f"{one}/{block}" for one in ("alpha", "beta") for block in BLOCKS[1:]]
    result = _strict(record)
    assert [one["name"] for one in result["series"]] == ["alpha", "beta"]
    assert result["left_out"] == []
    for name, part in report.parts:
        series, block = name.split("/")
        (kept,) = (one for one in result["series"] if one["name"] == series)
        assert json.loads(json.dumps(part["content"])) == kept[block]
        assert (part["series"], part["block"]) == (series, block)


def test_progress_runs_once_over_all_series(two: Table) -> None:
    # Not from nothing to all for each of them; what is tried is said in both languages.
    for work in (computations.analysis, computations.forecast, computations.backtest):
        report = Report()
        work(two, {**QUICK, "model": "drift"}, report)
        assert report.fractions == sorted(report.fractions)
        assert report.fractions[-1] == 1.0
        assert all(note is not None and set(note) == {"fr", "en"} for note in report.notes)


@pytest.mark.parametrize("work", [computations.analysis, computations.forecast, computations.backtest])
def test_a_cancelled_computation_stops(two: Table, work: Any) -> None:
    # The report may raise: nothing swallows it on the way.
    with pytest.raises(Cancelled):
        work(two, QUICK, Report(cancelled=True))


def test_one_column_can_be_asked_for(two: Table) -> None:
    # And one that is not there is named.
    record = computations.analysis(two, {**QUICK, "column": "beta"}, Report())
    assert [one["name"] for one in record.result["series"]] == ["beta"]
    with pytest.raises(ColumnUnknown, match="gamma"):
        computations.analysis(two, {**QUICK, "column": "gamma"}, Report())


def test_a_universe_is_cut_and_says_what_was_left_out() -> None:
    # Never silently: the rest is named.
    many = _table({f"s{number:02d}": _walk(number, 12) for number in range(15)}, 12)
    result = computations.analysis(many, {"model": "naive", "horizon": 1}, Report()).result
    assert len(result["series"]) == computations.MOST_SERIES == 12
    assert result["left_out"] == ["s12", "s13", "s14"]


def test_a_series_without_values_does_not_spoil_the_others() -> None:
    # Its refusal stands in its place, also in what is handed over early.
    table = _table({"full": _walk(1), "holed": _walk(2)})
    nothing = pa.nulls(table.rows, pa.float64())
    emptied = dataclasses.replace(table, data=table.data.set_column(2, "holed", nothing))
    report = Report()
    full, holed = computations.analysis(emptied, QUICK, report).result["series"]
    assert set(BLOCKS) <= set(full)
    assert holed["refused"]["code"] == "too-few"
    assert "holed/refused" in [name for name, _ in report.parts]


def test_a_file_in_which_nothing_can_be_analysed_has_no_bilan() -> None:
    # There is no result to keep: the first reason is the answer.
    words = read(b"avis,pays\nbon,SN\nmauvais,CI\nbon,SN\n", name="x.csv")
    for work in (computations.analysis, computations.forecast, computations.backtest):
        with pytest.raises(InputError, match="no column of numbers"):
            work(words, QUICK, Report())


def test_a_test_takes_its_samples_options_and_alternative() -> None:
    # As they stand in the parameters, so that a replay asks the very same.
    table = read(b"g,v\na,1\nb,2\na,3\nb,4.5\na,5\nb,6\na,2\nb,8\n", name="x.csv")
    parameters = {
        "test": "mann-whitney",
        "value": "v",
        "group": "g",
        "groups": ["b", "a"],
        "alternative": "greater",
        "options": {"method": "exact"},
    }
    result = _strict(computations.test(table, parameters, Report()))
    assert [one["name"] for one in result["samples"]] == ["b", "a"]
    assert result["alternative"] == "greater"
    assert "exact" in result["method"]


@pytest.mark.parametrize(
    ("name", "columns", "drawn"),
    [
        ("jarque-bera", ["alpha"], {"histogram", "qq"}),
        ("wilcoxon", ["alpha"], {"histogram", "qq"}),
        ("wilcoxon", ["alpha", "beta"], {"scatter"}),
        ("spearman", ["alpha", "beta"], {"scatter"}),
        ("mann-whitney", ["alpha", "beta"], {"boxes"}),
        ("adf", ["alpha"], {"series"}),
    ],
)
def test_a_test_is_drawn_by_what_it_takes(two: Table, name: str, columns: list[str], drawn: set[str]) -> None:
    # Pairs as points, independent samples side by side, a series along time.
    result = _strict(computations.test(two, {"test": name, "columns": columns}, Report()))
    assert set(result["figures"]) == drawn


@pytest.mark.parametrize(
    ("target", "unit", "last"),
    [("price", "price", 110.0), ("return", "fraction", 0.1), ("difference", "difference", 10.0)],
)
def test_the_past_left_of_a_forecast_is_in_its_unit(target: str, unit: str, last: float) -> None:
    # A fan of returns does not continue a line of prices.
    table = _table({"close": [*_walk(1, 58), 100.0, 110.0]})
    (series,) = _strict(computations.forecast(table, {**QUICK, "target": target}, Report()))["series"]
    recent = series["figures"]["recent"]
    assert recent["unit"] == unit
    assert recent["y"][-1] == pytest.approx(last)
    assert recent["x"][-1] < series["forecast"]["ds"][0]


def test_a_forecast_keeps_a_line_for_itself_and_for_naive(two: Table) -> None:
    # Lists of forecasts are made of these lines; the naive model stands there once.
    record = computations.forecast(two, {"model": "drift", "horizon": 2, "column": "alpha"}, Report())
    lines = list(record.forecasts)
    assert [(one["unique_id"], one["model"], one["horizon"]) for one in lines] == [
        ("alpha", "drift", 2),
        ("alpha", "naive", 2),
    ]
    assert lines[1]["skill"] == 0
    (series,) = _strict(record)["series"]
    assert (
        lines[0]["mase"] == next(b for b in series["backtests"] if b["model"] == "drift")["accuracy"]["mase"]
    )
    naive = computations.forecast(two, {**QUICK, "column": "alpha"}, Report())
    assert [one["model"] for one in naive.forecasts] == ["naive"]


def test_a_backtest_keeps_no_forecast(two: Table) -> None:
    # It says how good the past ones were, not what comes.
    record = computations.backtest(two, {"model": "drift", "horizon": 2}, Report())
    assert (record.kind, record.name, list(record.forecasts)) == ("backtest", "drift", [])
    assert [one["model"] for one in _strict(record)["series"]] == ["drift", "drift"]


def test_a_bilan_keeps_the_forecasts_that_it_made() -> None:
    # None for the series whose forecast was refused.
    table = _table({"good": _walk(1), "flat": [5.0] * 60})
    record = computations.analysis(table, {**QUICK, "model": "drift"}, Report())
    assert {one["unique_id"] for one in record.forecasts} == {"good"}


def test_a_constant_series_cannot_be_forecast() -> None:
    # Asked for by itself, the refusal is the answer.
    with pytest.raises(ConstantSeries):
        computations.forecast(_table({"flat": [5.0] * 60}), QUICK, Report())


def test_the_kind_of_a_series_decides_the_target_unless_it_is_said() -> None:
    # Returns are forecast as changes of their sum; a person may want them as they are.
    returns = [round(float(x), 6) for x in np.random.default_rng(3).normal(0, 0.01, 60)]
    table = _table({"rendement": returns})
    (series,) = computations.forecast(table, QUICK, Report()).result["series"]
    assert series["target"] == "difference"
    (series,) = computations.forecast(table, {**QUICK, "target": "price"}, Report()).result["series"]
    assert series["target"] == "price"


def test_the_same_parameters_give_the_same_record(two: Table) -> None:
    # To the last digit: history rests on it.
    for work, parameters in (
        (computations.analysis, {"model": "theta", "horizon": 2, "column": "alpha"}),
        (computations.forecast, {"model": "ets", "horizon": 2, "column": "alpha"}),
    ):
        first, second = (work(two, parameters, Report()) for _ in range(2))
        assert _strict(first) == _strict(second)


def test_moves_of_two_columns_are_those_of_the_same_dates() -> None:
    """What is compared date by date must not slip where one column has a gap."""
    first, second = _walk(1), _walk(2)
    second[10] = float("nan")
    shown = [*second[:10], "", *second[11:]]
    asked = {"test": "spearman", "columns": ["A", "B"], "moves": True}
    found = computations.test(_table({"A": first, "B": shown}), asked, Report()).result
    # Of B the eleventh price is missing: its move of two days stands at the twelfth date.
    a = np.diff(np.log(first))
    b = np.diff(np.log([one for one in second if one == one]))
    expected = stats.spearmanr(np.delete(a, 9), b)
    assert found["n"] == 58
    assert found["estimate"]["rho"] == pytest.approx(expected.statistic, rel=1e-12)
    assert [one["name"] for one in found["samples"]] == ["Δ A", "Δ B"]


def test_moves_of_independent_columns_are_each_ones_own() -> None:
    """Samples that are not compared date by date keep all they have, and returns stay what they are."""
    first, second = _walk(1), [*_walk(2)[:-1], ""]
    asked = {"test": "mann-whitney", "columns": ["A", "B"], "moves": True}
    found = computations.test(_table({"A": first, "B": second}), asked, Report()).result
    assert [one["n"] for one in found["samples"]] == [59, 58]
    returns = [round(0.01 * (-1) ** n * (n % 7), 4) for n in range(60)]
    asked = {"test": "wilcoxon", "columns": ["rendement"], "moves": True}
    found = computations.test(_table({"rendement": returns}), asked, Report()).result
    assert [(one["name"], one["n"]) for one in found["samples"]] == [("rendement", 60)]
