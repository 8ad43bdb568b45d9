"""The language of the person at the terminal: asked for anywhere, else the locale's."""

from __future__ import annotations

import os

import pytest

from boursa.cli import speaking
from boursa.cli.speaking import in_language, language, say, take_language

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without a locale."""
    for name in (*LOCALE, "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        (["--lang", "en", "analyse", "x.csv"], ["analyse", "x.csv"]),
        (["analyse", "--lang", "en", "x.csv"], ["analyse", "x.csv"]),
        (["analyse", "x.csv", "--lang", "en"], ["analyse", "x.csv"]),
        (["analyse", "x.csv", "--lang=en", "--json"], ["analyse", "x.csv", "--json"]),
        (["--lang=en"], []),
    ],
)
def test_the_language_may_be_asked_for_anywhere(
    locale: pytest.MonkeyPatch, words: list[str], rest: list[str]
) -> None:
    # Nobody remembers whether it goes before the command or after; every other word stays.
    locale.setenv("LANG", "fr_FR.UTF-8")
    assert take_language(words) == ("en", rest)


def test_the_last_wish_counts(locale: pytest.MonkeyPatch) -> None:
    # As with every option: an alias sets one, the person corrects it.
    assert take_language(["--lang", "en", "demo", "--lang=fr"]) == ("fr", ["demo"])


def test_words_after_two_dashes_are_left_alone(locale: pytest.MonkeyPatch) -> None:
    # There a file may be called anything.
    locale.setenv("LANG", "en_GB.UTF-8")
    assert take_language(["analyse", "--", "--lang", "fr"]) == ("en", ["analyse", "--", "--lang", "fr"])


@pytest.mark.parametrize("words", [["--lang"], ["--lang="], ["--lang", "de"], ["demo", "--lang", "--json"]])
@pytest.mark.parametrize(("spoken", "word"), [("fr_FR.UTF-8", "attend"), ("en_GB.UTF-8", "takes")])
def test_another_language_is_refused_in_one_line(
    locale: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], spoken: str, word: str
) -> None:
    # In the language of the terminal, with the status of a wrong call.
    locale.setenv("LANG", spoken)
    with pytest.raises(SystemExit) as ended:
        take_language(words)
    said = capsys.readouterr()
    assert ended.value.code == 64
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert word in said.err


@pytest.mark.parametrize(
    ("variables", "chosen"),
    [
        ({}, "fr"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_SN"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB", "LANG": "fr_FR"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB", "LANG": "fr_FR"}, "en"),
        ({"LC_MESSAGES": "fr_FR", "LANG": "en_GB"}, "fr"),
    ],
)
def test_the_locale_decides_in_the_order_of_posix(
    locale: pytest.MonkeyPatch, variables: dict[str, str], chosen: str
) -> None:
    # Where nothing was asked for; an empty variable is not set.
    for name, value in variables.items():
        locale.setenv(name, value)
    assert take_language(["demo"]) == (chosen, ["demo"])


def test_a_sentence_is_said_in_the_language_of_the_block(locale: pytest.MonkeyPatch) -> None:
    # And what was before is there again afterwards, after an error too.
    before = language()
    with in_language("fr"):
        french = say("{name} does not exist.", name="cours.csv")
        with pytest.raises(ZeroDivisionError), in_language("en"):
            assert say("{name} does not exist.", name="cours.csv") == "cours.csv does not exist."
            raise ZeroDivisionError
        assert language() == "fr"
    assert language() == before
    assert french != "cours.csv does not exist."
    assert "cours.csv" in french


@pytest.mark.parametrize("value", [None, "de:en"])
def test_the_environment_is_left_as_it_was(locale: pytest.MonkeyPatch, value: str | None) -> None:
    # click's gettext reads LANGUAGE; programs that we start later must not inherit our choice.
    if value is not None:
        locale.setenv("LANGUAGE", value)
    with in_language("fr"):
        assert os.environ["LANGUAGE"] == "fr"
    assert os.environ.get("LANGUAGE") == value


def test_a_sentence_without_placeholders_may_hold_braces() -> None:
    # Only what is given values is filled in.
    with in_language("en"):
        assert say("a {b} c") == "a {b} c"


@pytest.mark.parametrize("message", speaking._CLICK)
def test_what_click_says_by_itself_is_in_the_catalogue(message: str) -> None:
    # A French help text must not have an English frame.
    with in_language("fr"):
        assert say(message) != message or message == "Options"
