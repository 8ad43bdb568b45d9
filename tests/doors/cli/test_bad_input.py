"""Bad input is answered with one sentence in the person's language; nothing is left half-done."""

from __future__ import annotations

import os
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + bytes(200)
ROWS = "\n".join(f"{day:02d}/01/2025;{day}" for day in range(13, 16))

FILES = {
    "empty.csv": b"",
    "picture.csv": PNG,
    "words.csv": b"Date;Avis\n13/01/2025;bon\n14/01/2025;mauvais\n15/01/2025;bon\n",
    "constant.csv": ("Date;Cours\n" + "\n".join(f"{d:02d}/01/2025;5" for d in range(1, 29))).encode(),
    "three.csv": ("Date;Cours\n" + ROWS).encode(),
    "missing.csv": b"Date;Cours\n13/01/2025;\n14/01/2025;\n15/01/2025;\n",
}

CASES = [
    (["analyse", "empty.csv"], 66, "empty", "vide"),
    (["test", "jarque-bera", "empty.csv"], 66, "empty", "vide"),
    (["analyse", "picture.csv"], 66, "PNG", "PNG"),
    (["data", "profile", "picture.csv"], 66, "PNG", "PNG"),
    (["test", "jarque-bera", "words.csv", "--columns", "Avis"], 65, "Avis", "Avis"),
    (["test", "jarque-bera", "constant.csv"], 65, "equal", "égales"),
    (["test", "adf", "constant.csv"], 65, "equal", "égales"),
    (["forecast", "constant.csv"], 65, "equal", "égales"),
    (["forecast", "three.csv", "--out", "out.csv"], 65, "observations", "observations"),
    (["backtest", "three.csv", "--out", "out.csv"], 65, "observations", "observations"),
    (["analyse", "missing.csv"], 65, "no value", "aucune valeur"),
    (["test", "jarque-bera", "missing.csv"], 65, "no value", "aucune valeur"),
    (["forecast", "missing.csv", "--out", "out.csv"], 65, "no value", "aucune valeur"),
    (["analyse", "absent.csv"], 66, "absent.csv", "absent.csv"),
    (["test", "nonsense", "three.csv"], 64, "nonsense", "nonsense"),
    (["test", "adf", "three.csv", "--option", "speed=9"], 64, "lags", "lags"),
    (["test", "adf", "three.csv", "--option", "lags"], 64, "key=value", "clé=valeur"),
    (["test", "adf", "three.csv", "--columns", "Volume"], 65, "Cours", "Cours"),
    (["forecast", "three.csv", "--model", "oracle"], 64, "naive", "naive"),
    (["forecast", "three.csv", "--level", "much"], 64, "80,95", "80,95"),
    (["analyse", "three.csv", "--decimal", "x"], 64, "decimal", "décimal"),
]


@pytest.mark.parametrize(("words", "status", "english", "french"), CASES)
def test_bad_input_gets_one_sentence_in_either_language(
    installed: Any, folder: Path, words: list[str], status: int, english: str, french: str
) -> None:
    # The exit status is of sysexits, standard output stays empty, and no trace of Python is shown.
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    for language, word in (("en", english), ("fr", french)):
        answer = installed(*words, "--lang", language)
        assert answer.status == status
        assert word in answer.err
        assert "Traceback" not in answer.err
        assert len(answer.err.strip().splitlines()) == 1
        assert answer.out == "" or words[0] == "analyse"
    assert not (folder / "out.csv").exists()
    assert installed("history", "list", "--json").json == []
    assert installed("data", "list", "--json").json == []


def test_an_ambiguous_file_is_asked_about(installed: Any, folder: Path) -> None:
    # 01/02/2025 is two dates; BoursA asks rather than guesses, and an option answers.
    (folder / "dates.csv").write_bytes(
        b"Date,Price\n01/02/2025,5\n02/02/2025,6\n03/02/2025,7.5\n05/02/2025,7\n"
    )
    answer = installed("data", "profile", "dates.csv", "--json")
    assert answer.status == 65
    assert answer.json["questions"][0]["column"] == "Date"
    assert installed("data", "profile", "dates.csv", "--dates", "dmy", "--json").status == 0


def test_what_to_type_stands_beside_what_it_means(installed: Any, folder: Path) -> None:
    # As the shell takes it: a bare semicolon would end the command.
    (folder / "dates.csv").write_bytes(b"Date,Price\n01/02/2025,5\n")
    (folder / "one.csv").write_bytes(b"0,1\n0,2\n")
    dates, one = (installed("data", "profile", name).out for name in ("dates.csv", "one.csv"))
    assert "--dates mdy  01/02/2025 = 2 January 2025 (month/day/year)" in dates
    assert "--separator ';'  One number, 0.1" in one


def test_what_is_still_asked_is_not_said_as_a_fact(installed: Any, folder: Path) -> None:
    # The first choice is a guess; without a question the marks are said.
    (folder / "open.csv").write_bytes(b'Date;x\n01/02/2025;"1,205"\n')
    line = installed("data", "profile", "open.csv").out.partition("Date")[0]
    assert "separator" in line
    assert not any(word in line for word in ("dates", "decimal", "thousands"))
    answered = installed("data", "profile", "open.csv", "--dates", "dmy", "--decimal", ",").out
    assert "decimal mark “,”" in answered.partition("Date")[0]


def test_every_problem_of_the_settings_is_said_at_once(boursa: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Exit status 78, and no value is repeated.
    monkeypatch.setenv("APP_CONFIG", "production")
    monkeypatch.setenv("SECRET_KEY", "changeme-12345")
    answer = boursa("check-env")
    assert answer.status == 78
    assert all(name in answer.err for name in ("SECRET_KEY", "DATABASE_URL", "CACHE_REDIS_URL"))
    assert "12345" not in answer.err


def test_a_missing_schema_is_said_and_the_result_shown_all_the_same(
    boursa: Any, folder: Path, prices: str
) -> None:
    # Who asked for a number gets it; that it was not kept is a second line.
    (folder / "instance").mkdir()
    (folder / "instance" / "boursa.db").touch()
    answer = boursa("test", "jarque-bera", prices, "--columns", "Clôture", "--json")
    assert answer.status == 0
    assert answer.json["history"] is None
    assert "boursa db upgrade" in answer.err


@pytest.mark.parametrize(
    "words", [["analyse"], ["bogus"], ["history", "show", "abc"], ["forecast", "--horizon", "x", "f"]]
)
def test_a_malformed_command_gets_one_line_too(boursa: Any, words: list[str]) -> None:
    # click's own four lines are folded into one that names the help.
    answer = boursa(*words)
    assert answer.status == 64
    assert len(answer.err.strip().splitlines()) == 1
    assert "--help" in answer.err


@pytest.mark.parametrize(
    "url", ["junk", "oracle://x/y", "sqlite:////dev/null/boursa.db", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_a_broken_database_does_not_cost_the_answer(
    boursa: Any, prices: str, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    # `boursa test FILE` needs no database; that nothing was kept is said in a second line.
    monkeypatch.setenv("DATABASE_URL", url)
    answer = boursa("test", "jarque-bera", prices, "--columns", "Clôture", "--json")
    assert answer.status == 0
    assert answer.json["p_value"] < 0.05
    assert "127.0.0.1" not in answer.err
    assert boursa("history", "list").status in (69, 78)


def test_a_file_that_is_no_database_is_said_to_be_none(
    boursa: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The person mistook one file for another.
    (folder / "notes.txt").write_text("not a database, but long enough to be looked at as one" * 40)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'notes.txt'}")
    for words in (["history", "list"], ["db", "upgrade"], ["db", "ping"]):
        answer = boursa(*words)
        assert answer.status == 69
        assert len(answer.err.strip().splitlines()) == 1


def test_looking_at_an_empty_place_makes_nothing(boursa: Any, folder: Path) -> None:
    # An empty database would make every later command say that its schema is missing.
    answer = boursa("history", "list")
    assert answer.status == 69
    assert "boursa db upgrade" in answer.err
    assert list(folder.iterdir()) == []


def test_the_env_file_of_another_program_is_not_read(boursa: Any, folder: Path, prices: str) -> None:
    # A person stands in a Flask project; its DATABASE_URL is none of our business.
    (folder / ".env").write_text("FLASK_ENV=production\nDATABASE_URL=postgresql://other@db/other\n")
    assert boursa("data", "profile", prices).status == 0
    assert boursa("test", "jarque-bera", prices, "--columns", "Clôture").err == ""


def test_a_pipe_is_read_once(installed: Any, folder: Path, french_prices: bytes) -> None:
    # Read a second time a pipe is empty, or waits for ever.
    pipe = folder / "pipe.csv"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(french_prices,))
    writer.start()
    imported = installed("data", "import", "pipe.csv", "--json").json
    writer.join()
    assert installed("data", "export", str(imported["id"]), "--to", "back.csv").status == 0
    assert (folder / "back.csv").read_bytes() == french_prices


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    installed: Any, folder: Path, prices: str
) -> None:
    # And nothing is left beside it, nor in History.
    (folder / "taken").mkdir()
    for target in ("taken", "absent/out.csv"):
        assert installed("forecast", prices, "--out", target).status == 65
    assert sorted(path.name for path in folder.iterdir()) == ["cours.csv", "instance", "taken"]
    assert installed("history", "list", "--json").json == []


def test_what_reading_left_out_is_said_by_every_command(boursa: Any, folder: Path) -> None:
    # Fifteen rows that silently vanish change an answer.
    lines = [f"{day:02d}/01/2025;{day + day % 3}" for day in range(1, 29)]
    lines[4] += ";7;8"
    (folder / "ragged.csv").write_text("Date;Cours\n" + "\n".join(lines))
    answer = boursa("test", "jarque-bera", "ragged.csv", "--columns", "Cours", "--json").json
    assert answer["data"]["rejected_total"] == 1
    assert "line 6" in boursa("test", "jarque-bera", "ragged.csv", "--columns", "Cours", "--lang", "en").out


def test_a_file_name_that_is_not_utf8_is_no_obstacle(
    installed: Any, folder: Path, french_prices: bytes
) -> None:
    # Old archives hold such names.
    name = os.fsdecode(b"caf\xe9.csv")
    (folder / name).write_bytes(french_prices)
    assert installed("data", "import", name).status == 0
    assert installed("data", "list", "--json").json[0]["name"] == "caf\ufffd.csv"


def test_one_constant_column_does_not_refuse_the_others(boursa: Any, folder: Path) -> None:
    # It is named with its reason; the good series have their forecast.
    rows = [f"{day:%Y-%m-%d},5,{100 + (number * 7) % 13}" for number, day in enumerate(_days(80))]
    (folder / "two.csv").write_text("date,flat,alive\n" + "\n".join(rows))
    series = boursa("forecast", "two.csv", "--horizon", "3", "--json").json["series"]
    assert [one.get("refused", {}).get("code") for one in series] == ["constant-series", None]


def test_results_stand_under_the_title_of_their_series(boursa: Any, folder: Path) -> None:
    # With several series a person must not read the forecast of one under the name of another.
    rows = [
        f"{day:%Y-%m-%d},{50 + (number * 5) % 11},{100 + (number * 7) % 13}"
        for number, day in enumerate(_days(80))
    ]
    (folder / "two.csv").write_text("date,north,south\n" + "\n".join(rows))
    titles = [
        line.split("  ·")[0]
        for line in boursa("analyse", "two.csv", "--horizon", "3").out.splitlines()
        if "  ·  " in line or line in ("Forecast", "What next") or line.startswith("Forecast")
    ]
    before_forecast = [titles[place - 1] for place, line in enumerate(titles) if line.startswith("Forecast")]
    assert before_forecast == ["north", "south"]


def _days(count: int) -> list[date]:
    return [date(2024, 1, 1) + timedelta(days=number) for number in range(count)]
