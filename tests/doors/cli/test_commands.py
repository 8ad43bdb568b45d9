"""The commands do what their help says, and everything that ran is in History."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from boursa.analytics.statistics import catalogue


def test_the_bilan_of_a_french_file_names_everything(installed: Any, prices: str) -> None:
    # Quality, tests, forecast, the naive one beside it, accuracy, coverage and verdict, per series.
    answer = installed("analyse", prices, "--json")
    assert answer.status == 0
    (series,) = answer.json["series"]
    assert series["kind"] == "price"
    assert {"n", "start", "end", "frequency", "findings"} <= set(series["quality"])
    answers = {one["key"]: one for one in series["behaviour"]["answers"]}
    assert {
        "normal",
        "drift",
        "memory",
        "yesterday",
        "clusters",
        "calmer",
        "level-root",
        "level-stable",
    } <= set(answers)
    assert all(one["result"]["p_value"] is not None for one in answers.values())
    assert series["volatility"]["vol_annual"] > 0
    forecast = series["forecast"]
    assert forecast["naive"]["model"] == "naive"
    assert len(forecast["forecast"]["mean"]) == len(forecast["naive"]["mean"]) == forecast["horizon"]
    for backtest in forecast["backtests"]:
        assert backtest["accuracy"]["mase"] > 0
        assert {row["level"] for row in backtest["coverage"]} == {80, 95}
    assert series["conclusion"]["verdict"]["code"] in ("better", "not-better", "worse", "undecided")
    assert series["conclusion"]["next"]


def test_the_bilan_as_text_is_in_the_language_of_the_person(installed: Any, prices: str) -> None:
    # One command, two languages, the same numbers.
    french, english = (installed("analyse", prices, "--lang", language).out for language in ("fr", "en"))
    for heading in ("Les données", "Comportement", "Volatilité", "Prévision", "Et maintenant"):
        assert heading in french
    for heading in ("The data", "How it moves", "Volatility", "Forecast", "What next"):
        assert heading in english
        if heading != "Volatility":
            assert heading not in french


def test_a_test_answers_in_the_form_that_programs_rely_on(boursa: Any, prices: str) -> None:
    # Every field of the public form, and none of them a NaN.
    answer = boursa("test", "mann-whitney", prices, "--columns", "Clôture,Clôture", "--json")
    assert answer.status == 0
    fields = (
        "test statistic statistic_name df p_value p_adjusted method alternative n n_dropped estimate effect "
        "critical_values post_hoc assumptions warnings null reading reference"
    )
    assert set(fields.split()) <= set(answer.json)
    assert answer.json["effect"]["level"] == 0.95


def test_groups_of_a_long_file_are_compared_in_the_order_asked_for(boursa: Any, folder: Path) -> None:
    # First appearance decides, unless --groups says otherwise; the sign of the effect turns with it.
    rows = [f"{name};{value}" for name, values in (("a", range(10)), ("b", range(5, 15))) for value in values]
    (folder / "long.csv").write_text("groupe;valeur\n" + "\n".join(rows))
    words = ["test", "mann-whitney", "long.csv", "--value", "valeur", "--group", "groupe", "--json"]
    first = boursa(*words).json
    turned = boursa(*words, "--groups", "b,a").json
    assert [one["name"] for one in first["samples"]] == ["a", "b"]
    assert [one["name"] for one in turned["samples"]] == ["b", "a"]
    assert first["effect"]["value"] == pytest.approx(-turned["effect"]["value"])
    assert first["p_value"] == pytest.approx(turned["p_value"])


def test_missing_values_are_dropped_per_sample(boursa: Any, folder: Path) -> None:
    # The earlier BoursA dropped whole rows, and with them values of the other group.
    (folder / "gaps.csv").write_text(
        "a;b\n" + "\n".join(f"{i};{i + 2 if i % 3 else ''}" for i in range(1, 13))
    )
    answer = boursa("test", "mann-whitney", "gaps.csv", "--columns", "a,b", "--json").json
    assert [(one["n"], one["n_dropped"]) for one in answer["samples"]] == [(12, 0), (8, 4)]


def test_the_catalogue_is_listed(boursa: Any) -> None:
    # Names, questions and options, as text and as JSON.
    assert [one["name"] for one in boursa("test", "list", "--json").json] == list(catalogue.names())
    assert "jarque-bera" in boursa("test", "list").out


def test_a_forecast_stands_next_to_the_naive_one(boursa: Any, folder: Path, prices: str) -> None:
    # In the JSON and in the file, with lower and upper bounds by level.
    words = ["forecast", prices, "--horizon", "5", "--model", "theta", "--out", "out.csv", "--json"]
    answer = boursa(*words).json
    assert (answer["forecast"]["model"], answer["naive"]["model"]) == ("theta", "naive")
    rows = _rows(folder / "out.csv")
    assert len(rows) == 5
    assert list(rows[0]) == [
        *("unique_id", "ds", "theta", "theta-lo-80", "theta-hi-80", "theta-lo-95", "theta-hi-95"),
        *("naive", "naive-lo-80", "naive-hi-80", "naive-lo-95", "naive-hi-95"),
    ]
    assert all(float(row["naive-lo-95"]) < float(row["naive"]) < float(row["naive-hi-95"]) for row in rows)


def test_a_backtest_writes_every_forecast_with_what_came(boursa: Any, folder: Path, prices: str) -> None:
    # cutoff < ds, and y is there to check it against.
    answer = boursa(
        "backtest", prices, "--horizon", "5", "--model", "drift", "--out", "out.csv", "--json"
    ).json
    rows = _rows(folder / "out.csv")
    assert len(rows) == 5 * answer["origins"]
    assert all(row["cutoff"] < row["ds"] and float(row["y"]) > 0 for row in rows)


def test_everything_that_ran_is_in_history_after_a_restart(installed: Any, folder: Path, prices: str) -> None:
    # A new process finds it, shows it, and computes the same digits again.
    installed("test", "jarque-bera", prices, "--columns", "Clôture")
    installed("forecast", prices, "--horizon", "3", "--model", "drift")
    installed("analyse", prices, "--no-history")
    listed = installed("history", "list", "--json").json
    assert [(one["kind"], one["name"], one["data"]) for one in listed] == [
        ("forecast", "drift", "cours.csv v1"),
        ("test", "jarque-bera", "cours.csv v1"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "boursa.cli", "history", "show", "1", "--json"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert '"jarque-bera"' in done.stdout
    for number in ("1", "2"):
        assert "the same result" in installed("history", "replay", number).out
        assert installed("history", "show", number).status == 0


def test_without_an_installation_nothing_is_written(boursa: Any, folder: Path, prices: str) -> None:
    # `boursa test FILE` needs no database, and makes none.
    assert boursa("test", "jarque-bera", prices, "--columns", "Clôture").status == 0
    assert [path.name for path in folder.iterdir()] == ["cours.csv"]


def test_data_come_in_and_go_out_byte_for_byte(installed: Any, folder: Path, prices: str) -> None:
    # Import, show, export, delete; the export is what was brought.
    imported = installed("data", "import", prices, "--name", "VIX", "--json").json
    assert (imported["name"], imported["version"]) == ("VIX", 1)
    number = str(imported["id"])
    assert installed("data", "show", number, "--json").json["profile"]["rows"] == imported["rows"]
    assert installed("data", "export", number, "--to", "back.csv").status == 0
    assert (folder / "back.csv").read_bytes() == (folder / prices).read_bytes()
    assert installed("data", "delete", number).status == 0
    assert installed("data", "list", "--json").json == []
    assert installed("data", "show", number).status == 66


def test_samples_are_fetched_like_any_provider(installed: Any) -> None:
    # The offline provider obeys the same options.
    answer = installed(
        "data", "fetch", "EURUSD=X", "--provider", "samples", "--start", "2024-01-01", "--json"
    )
    assert answer.json["name"] == "EURUSD=X.csv"
    assert "European Central Bank" in answer.err
    assert installed("data", "fetch", "EURUSD=X", "--start", "yesterday").status == 64


def test_jobs_are_requested_cancelled_and_retried(installed: Any, prices: str) -> None:
    # Without a worker a job waits; the row says so.
    installed("data", "import", prices)
    job = installed("jobs", "request", "analysis", "1", "--json").json
    assert job["state"] == "queued"
    number = str(job["id"])
    assert installed("jobs", "cancel", number, "--json").json["state"] == "cancelled"
    assert installed("jobs", "retry", number, "--json").json["state"] == "queued"
    assert installed("jobs", "show", number).status == 0
    assert "queued" in installed("jobs", "list").out


def test_the_demo_lists_its_samples_and_shows_one(boursa: Any) -> None:
    # Real data, licences named.
    assert "usdxof" in boursa("demo", "--list").out
    answer = boursa("demo", "vix", "--horizon", "3")
    assert answer.status == 0
    assert "FRED" in answer.out


@pytest.mark.parametrize(
    "words", [["--help"], ["data", "--help"], ["forecast", "--help"], ["history", "--help"]]
)
def test_help_speaks_both_languages(boursa: Any, words: list[str]) -> None:
    # --lang may stand anywhere.
    french, english = boursa(*words, "--lang", "fr"), boursa("--lang", "en", *words)
    assert french.status == english.status == 0
    assert french.out != english.out


def test_the_database_answers(installed: Any) -> None:
    # The one-line connection check, and the agreement of models and migrations.
    assert "sqlite" in installed("db", "ping").out
    assert "current" in installed("db", "check").out


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_what_has_no_answer_is_said_once_on_a_terminal(boursa: Any, tmp_path: Path) -> None:
    # Not once for each of the questions.
    flat = tmp_path / "flat.csv"
    flat.write_text("Taux\n" + "5\n" * 40, "utf-8")
    said = " ".join(boursa("analyse", str(flat), "--no-history", "--lang", "en").out.split())
    assert said.count("None of the questions about the moves has an answer") == 1
    assert "? Are the moves" not in said


def test_a_method_is_said_in_the_language_of_the_person(boursa: Any, prices: str) -> None:
    # "asymptotic, 10 lags" is what programs read.
    asked = ("test", "ljung-box", prices, "--columns", "Clôture", "--no-history", "--lang", "fr")
    assert "méthode : loi approchée, 10 retards" in " ".join(
        boursa(*asked).out.replace("\u00a0", " ").split()
    )
