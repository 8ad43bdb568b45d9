"""Two languages: choosing one, and writing numbers as its readers do."""

from __future__ import annotations

import math
import re

import pytest

from boursa.language import (
    DEFAULT_LANGUAGE,
    Text,
    choose_language,
    fixed,
    integer,
    ngettext,
    number,
    p_value,
    percent,
    translate,
)

NARROW, NO_BREAK, MINUS = "\u202f", "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("wishes", "chosen"),
    [
        (("fr_FR.UTF-8",), "fr"),
        (("fr",), "fr"),
        (("FR_ca",), "fr"),
        (("en-GB",), "en"),
        (("en_US.UTF-8", "fr"), "en"),
        (("de_DE.UTF-8", "en_GB"), "en"),
        (("C",), "en"),
        (("C.UTF-8", "fr"), "en"),
        (("POSIX",), "en"),
        ((None, "", "fr_SN"), "fr"),
        (("de", "wolof"), DEFAULT_LANGUAGE),
        ((None,), DEFAULT_LANGUAGE),
        ((), DEFAULT_LANGUAGE),
        (("frisian", "english"), DEFAULT_LANGUAGE),
    ],
)
def test_the_first_wish_that_is_spoken_decides(wishes: tuple[str | None, ...], chosen: str) -> None:
    # Whatever form a locale or a browser writes it in; a word that only begins alike is no wish.
    assert choose_language(*wishes) == chosen


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (5031, f"5{NARROW}031", "5,031"),
        (12345678, f"12{NARROW}345{NARROW}678", "12,345,678"),
        (-5031, f"{MINUS}5{NARROW}031", f"{MINUS}5,031"),
    ],
)
def test_a_count_groups_its_thousands(value: int, french: str, english: str) -> None:
    # With a space that no line is broken at, and the minus sign that all other numbers have.
    assert (integer(value, "fr"), integer(value, "en")) == (french, english)


@pytest.mark.parametrize(
    ("value", "digits", "french", "english"),
    [
        (0.0, 4, "0", "0"),
        (-0.0, 4, "0", "0"),
        (1234.5, 5, f"1{NARROW}234,5", "1,234.5"),
        (1234.5678, 4, f"1{NARROW}235", "1,235"),
        (0.0123456, 4, "0,01235", "0.01235"),
        (-2.5, 2, f"{MINUS}2,5", f"{MINUS}2.5"),
        (1.23456e-7, 2, "1,2_×_10⁻⁷", "1.2_×_10⁻⁷"),
        (-1.23456e-7, 2, f"{MINUS}1,2_×_10⁻⁷", f"{MINUS}1.2_×_10⁻⁷"),
        (1.23456e12, 3, "1,23_×_10¹²", "1.23_×_10¹²"),
        (5e-324, 1, "5_×_10⁻³²⁴", "5_×_10⁻³²⁴"),
        (math.inf, 4, "—", "—"),
        (-math.inf, 4, "—", "—"),
        (math.nan, 4, "—", "—"),
    ],
)
def test_a_number_keeps_its_significant_digits(value: float, digits: int, french: str, english: str) -> None:
    # From the smallest to the largest, powers of ten as people write them; what is no number is a dash,
    # never "nan".
    written = (number(value, "fr", digits), number(value, "en", digits))
    assert written == (french.replace("_", NO_BREAK), english.replace("_", NO_BREAK))


def _plain(written: str) -> str:
    digits = written.replace(MINUS, "-").replace(f"{NO_BREAK}×{NO_BREAK}10", "e")
    return digits.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))


@pytest.mark.parametrize("exponent", range(-12, 15))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_can_be_read_back(exponent: int, sign: int) -> None:
    # Four significant digits mean an error of at most five in the fifth, in both languages.
    value = sign * 1.23456789 * 10.0**exponent
    french = _plain(number(value, "fr").replace(NARROW, "").replace(",", "."))
    english = _plain(number(value, "en").replace(",", ""))
    assert float(french) == float(english) == pytest.approx(value, rel=5e-4)


@pytest.mark.parametrize(
    ("value", "decimals", "french", "english"),
    [
        (1234567.891, 2, f"1{NARROW}234{NARROW}567,89", "1,234,567.89"),
        (-0.5, 1, f"{MINUS}0,5", f"{MINUS}0.5"),
        (0.0, 2, "0,00", "0.00"),
        (-0.001, 2, "0,00", "0.00"),
        (3.0, 0, "3", "3"),
        (math.nan, 2, "—", "—"),
        (math.inf, 2, "—", "—"),
    ],
)
def test_fixed_decimals_stay_fixed(value: float, decimals: int, french: str, english: str) -> None:
    # Zero has no sign, however it was rounded to.
    assert (fixed(value, "fr", decimals), fixed(value, "en", decimals)) == (french, english)


@pytest.mark.parametrize(
    ("fraction", "french", "english"),
    [
        (0.0123, f"1,2{NO_BREAK}%", "1.2%"),
        (12.3456, f"1{NARROW}234,6{NO_BREAK}%", "1,234.6%"),
        (-0.5, f"{MINUS}50,0{NO_BREAK}%", f"{MINUS}50.0%"),
        (0.0, f"0,0{NO_BREAK}%", "0.0%"),
        (-0.0001, f"0,0{NO_BREAK}%", "0.0%"),
    ],
)
def test_a_fraction_is_shown_as_a_percentage(fraction: float, french: str, english: str) -> None:
    # Percent exists on the screen only, and in French a no-break space stands before its sign.
    assert (percent(fraction, "fr"), percent(fraction, "en")) == (french, english)


@pytest.mark.parametrize(
    ("p", "french", "english"),
    [
        (0.0576, "p = 0,058", "p = 0.058"),
        (0.001, "p = 0,001", "p = 0.001"),
        (0.000999, "p < 0,001", "p < 0.001"),
        (1e-300, "p < 0,001", "p < 0.001"),
        (0.0, "p < 0,001", "p < 0.001"),
        (1.0, "p = 1,000", "p = 1.000"),
        (math.nan, "p = —", "p = —"),
    ],
)
def test_a_p_value_is_never_zero(p: float, french: str, english: str) -> None:
    # Rounding to "0.000" would claim a certainty that no test gives; and no line breaks inside.
    written = (p_value(p, "fr"), p_value(p, "en"))
    assert written == (french.replace(" ", NO_BREAK), english.replace(" ", NO_BREAK))


@pytest.mark.parametrize(
    ("p", "bound", "french", "english"),
    [
        (0.01, "upper", "p < 0,01", "p < 0.01"),
        (0.1, "lower", "p > 0,1", "p > 0.1"),
        (0.025, "upper", "p < 0,025", "p < 0.025"),
        (1e-12, "upper", "p < 0,001", "p < 0.001"),
        (0.01, None, "p = 0,010", "p = 0.010"),
        (0.01, "", "p = 0,010", "p = 0.010"),
    ],
)
def test_a_bound_of_p_is_written_as_the_table_gives_it(
    p: float, bound: str | None, french: str, english: str
) -> None:
    # "p < 0,010" would claim a digit that no published table has.
    written = (p_value(p, "fr", bound), p_value(p, "en", bound))
    assert written == (french.replace(" ", NO_BREAK), english.replace(" ", NO_BREAK))


@pytest.mark.parametrize("value", [-1234567.891, -0.0001, 0.0, 1e-9, 42.0, 1e15, math.nan])
def test_no_line_is_broken_inside_a_number(value: float) -> None:
    # Ordinary spaces are where text wraps: a number holds none.
    for written in (number(value, "fr"), fixed(value, "fr"), percent(value, "fr"), number(value, "en")):
        assert " " not in written
        assert not re.search(r"nan|inf|None", written)


def test_a_sentence_without_translation_is_said_in_english() -> None:
    # A missing entry of the catalogue shows English rather than nothing or an error.
    unknown = "No catalogue has this {sentence}."
    assert translate(unknown, "fr") == unknown
    assert translate(unknown, "en") == unknown


def test_a_sentence_of_the_catalogue_is_said_in_french() -> None:
    # The catalogue is compiled and found, placeholders stay.
    french = translate("{name} does not exist.", "fr")
    assert french != "{name} does not exist."
    assert "{name}" in french


def test_a_text_is_read_by_language_and_kept_in_both() -> None:
    # JSON holds both, a reader sees one.
    text = Text(fr="oui", en="yes")
    assert (text["fr"], text["en"], text.to_dict()) == ("oui", "yes", {"fr": "oui", "en": "yes"})


def test_a_french_text_gets_its_no_break_spaces() -> None:
    # Written with ordinary spaces in the code; set once, however often it passes through.
    text = Text(fr="« Oui » : 5 % ; non ? si !", en="Yes: 5% ?")
    expected = "«_Oui_»_: 5_%-; non-? si-!".replace("_", NO_BREAK).replace("-", NARROW)
    assert text.fr == Text(fr=text.fr, en="").fr == expected
    assert text.en == "Yes: 5% ?"


@pytest.mark.parametrize(
    ("french", "shown"),
    [
        ("La variation suit-elle la précédente ?", "La variation suit~elle la précédente-?"),
        ("Les variations reviennent-elles, y en a-t-il ?", "Les variations reviennent~elles, y en a~t~il-?"),
        (
            "Les variations penchent-elles d’un demi-point ?",
            "Les variations penchent~elles d’un demi_point-?",
        ),
        ("La colonne « suit-elle » va de 1 à 2.", "La colonne «+suit_elle+» va de 1 à 2."),
    ],
)
def test_a_french_question_is_not_broken_before_its_pronoun(french: str, shown: str) -> None:
    # "suit-" at the end of a line reads badly; a statement, which may hold a name, keeps its hyphens.
    expected = shown.replace("-", NARROW).replace("_", "-").replace("~", "\u2011").replace("+", NO_BREAK)
    assert Text(fr=french, en="").fr == Text(fr=expected, en="").fr == expected


def test_a_sentence_goes_with_its_count() -> None:
    """English is singular for 1 alone, French for 0 and 1."""
    forms = "{n} cell was left out.", "{n} cells were left out."
    assert [ngettext(*forms, n, "en") for n in (0, 1, 2)] == [forms[1], forms[0], forms[1]]
    singular, also, plural = (ngettext(*forms, n, "fr") for n in (0, 1, 2))
    assert singular == also == "{n} cellule a été écartée."
    assert plural == "{n} cellules ont été écartées."
