"""Bad input is answered with one sentence in the person's language; nothing is left half-done."""

from __future__ import annotations

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
