"""Every dialect in which people's files come, written here byte by byte."""

import datetime as dt
import math

import pytest

from boursa.ingest import ParseOptions, Table, read
from boursa.ingest.remarks import Rejected


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # noqa: DTZ001 - moments in a table have no zone


def table_of(text: str | bytes, encoding: str = "utf-8", **options: str) -> Table:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return read(data, name="fichier.csv", options=ParseOptions(**options))


def column(text: str, **options: str) -> list[object]:
    return table_of(text, **options).data.column(0).to_pylist()


def places(rejected: tuple[Rejected, ...]) -> list[tuple[int, str | None, str, str]]:
    return [(one.line, one.column, one.value, one.code) for one in rejected]


FRENCH = "Date;Clôture;Volume\r\n31/12/2025;1 234,56;1\u00a0000\r\n30/12/2025;1 200,5;20\r\n"


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("latin-1", "latin-1"),
        ("cp1252", "latin-1"),  # the two agree on these letters
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("mac_roman", "mac_roman"),
        ("cp850", "cp850"),
    ],
)
def test_french_excel_in_every_encoding_it_has_been_saved_in(encoding: str, said: str) -> None:
    """The same French sheet is read alike whatever encoding it was saved in."""
    table = table_of(FRENCH, encoding)
    assert table.data.to_pydict() == {
        "Date": [dt.date(2025, 12, 31), dt.date(2025, 12, 30)],
        "Clôture": [1234.56, 1200.5],
        "Volume": [1000, 20],
    }
    assert table.dialect.to_dict() == {
        "separator": ";",
        "encoding": said,
        "decimal": ",",
        "thousands": " ",
        "dates": "dmy",
    }
    assert (table.questions, table.rejected_total) == ((), 0)


def test_windows_letters_that_latin_1_lacks_are_read_as_cp1252() -> None:
    """€ and typographic quotes exist in cp1252 only."""
    table = table_of("Libellé;Prix\nL’action;1,5 €\nL’autre;2,5 €\n", "cp1252")
    assert table.dialect.encoding == "cp1252"
    assert table.data.to_pydict() == {"Libellé": ["L’action", "L’autre"], "Prix": [1.5, 2.5]}


def test_us_file_with_quoted_thousands() -> None:
    """Commas group thousands in a file where a point is seen to be decimal."""
    table = table_of('Date,Close,Volume\n12/31/2025,"1,234.56","1,000"\n12/30/2025,12.3,"2,345,678"\n')
    assert table.data.to_pydict() == {
        "Date": [dt.date(2025, 12, 31), dt.date(2025, 12, 30)],
        "Close": [1234.56, 12.3],
        "Volume": [1000, 2345678],
    }
    assert (table.dialect.decimal, table.dialect.thousands, table.dialect.dates) == (".", ",", "mdy")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|", "^", "~"])
def test_every_separator_is_found(separator: str) -> None:
    """Whatever even, sensible cut there is, it is found."""
    lines = ["date", "x", "y"], ["2025-12-30", "1.5", "a"], ["2025-12-31", "2.5", "b"]
    table = table_of("\n".join(separator.join(line) for line in lines))
    assert table.dialect.separator == separator
    assert table.columns == ("date", "x", "y")


def test_semicolon_beats_the_decimal_comma() -> None:
    """``1,5;2,5`` is cut by the semicolon although commas cut it as evenly."""
    table = table_of("13/01/2020;1,5;2,5\n14/01/2020;3,5;4,5\n")
    assert table.dialect.separator == ";"
    assert table.data.column(1).to_pylist() == [1.5, 3.5]


def test_excel_announces_its_separator() -> None:
    """Excel's first line ``sep=`` is obeyed and is no data."""
    table = table_of("sep=|\r\na|b\r\n1;2|3\r\n4;5|6\r\n")
    assert table.data.to_pydict() == {"a": ["1;2", "4;5"], "b": [3, 6]}
    assert table.dialect.header_line == 2


def test_quoted_separators_marks_and_line_ends_stay_in_the_value() -> None:
    """Inside quotation marks nothing separates."""
    table = table_of('nom;x\r\n"a;b";1\r\n"c ""d"" e";2\r\n"f\r\ng";3\r\nh;zut\r\ni;5\r\nj;6\r\n')
    assert table.data.column("nom").to_pylist() == ["a;b", 'c "d" e', "f\r\ng", "h", "i", "j"]
    # The quoted line end makes row 4 stand on line 6 of the file.
    assert places(table.rejected) == [(6, "x", "zut", "not-a-number")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end(end: str) -> None:
    """Unix, Windows and old Mac line ends are read alike, with or without the last one."""
    text = end.join(["a;b", "1;2", "3;4"])
    for tail in ("", end, end + end, end + "\x1a"):
        assert table_of(text + tail).data.to_pydict() == {"a": [1, 3], "b": [2, 4]}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1 234,56", 1234.56),
        ("1\u00a0234,56", 1234.56),
        ("1\u202f234,56", 1234.56),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1'234.56", 1234.56),
        ("1’234.56", 1234.56),
        ("1.234.567", 1234567),
        ("12,5 %", 0.125),
        ("1,1%", 0.011),
        ("(12,5)", -12.5),
        ("12,5-", -12.5),
        ("- 12,5", -12.5),
        ("−12,5", -12.5),
        ("+12,5", 12.5),
        ("12,5 €", 12.5),
        ("$12.5", 12.5),
        ("-$12.5", -12.5),
        ("$-12.5", -12.5),
        ("(€ 12,5)", -12.5),
        ("12,5 FCFA", 12.5),
        ("1,5E+03", 1500.0),
        ("1.5e-3", 0.0015),
        (",5", 0.5),
        ("5,", 5.0),
        ("37,56M", 37_560_000.0),
        ("1,2 Md", 1_200_000_000.0),
        ("3.4K", 3400.0),
        ("12‰", 0.012),
    ],
)
def test_every_way_to_write_a_number(written: str, meant: float) -> None:
    """One number, all its dresses; the value is the nearest float, not an approximation."""
    table = table_of(f'x\tt\n"{written}"\ta\n"{written}"\tb\n')
    assert table.data.column("x").to_pylist() == [meant, meant]
    assert table.questions == ()


@pytest.mark.parametrize(
    "written",
    [
        "12 34",
        "1,2,3",
        "1..2",
        "infini",
        "0x10",
        "1_000",
        "(5",
        "5)",
        "#DIV/0!",
        "12.34.56",
        "1 2345",
        "--5",
        "1e999",
    ],
)
def test_what_is_no_number_is_rejected_by_line_and_never_silently_missing(written: str) -> None:
    """A cell that does not read under the column's rule is reported with its line and value."""
    rows = "\n".join(f"{i}.5\ta" for i in range(1, 10))
    table = table_of(f'x\tt\n{rows}\n"{written}"\ta\n')
    assert places(table.rejected) == [(11, "x", written, "not-a-number")]
    assert table.rejected_total == 1
    assert table.data.column("x").null_count == 1
    assert table.kind("x") == "number"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31/12/2025", dt.date(2025, 12, 31)),
        ("12/31/2025", dt.date(2025, 12, 31)),
        ("31-12-2025", dt.date(2025, 12, 31)),
        ("31.12.2025", dt.date(2025, 12, 31)),
        ("01.02.2025", dt.date(2025, 2, 1)),  # dots are day first
        ("31/12/25", dt.date(2025, 12, 31)),
        ("31/12/99", dt.date(1999, 12, 31)),
        ("2025-12-31", dt.date(2025, 12, 31)),
        ("2025/12/31", dt.date(2025, 12, 31)),
        ("20251231", dt.date(2025, 12, 31)),
        ("31 décembre 2025", dt.date(2025, 12, 31)),
        ("1er janvier 2025", dt.date(2025, 1, 1)),
        ("mercredi 31 décembre 2025", dt.date(2025, 12, 31)),
        ("31 déc. 2025", dt.date(2025, 12, 31)),
        ("31-Dec-25", dt.date(2025, 12, 31)),
        ("Dec 31, 2025", dt.date(2025, 12, 31)),
        ("December 31, 2025", dt.date(2025, 12, 31)),
        ("Wednesday, December 31, 2025", dt.date(2025, 12, 31)),
        ("12 août 2025", dt.date(2025, 8, 12)),
        ("févr. 2025", dt.date(2025, 2, 1)),
        ("2025-02", dt.date(2025, 2, 1)),
        ("02/2025", dt.date(2025, 2, 1)),
        ("2025-T3", dt.date(2025, 7, 1)),
        ("2025Q3", dt.date(2025, 7, 1)),
        ("2025M07", dt.date(2025, 7, 1)),
        ("2025-12-31T10:00:00Z", moment(2025, 12, 31, 10)),
        ("2025-12-31T10:00:00+02:00", moment(2025, 12, 31, 8)),
        ("2025-12-31 10:00", moment(2025, 12, 31, 10)),
        ("2025-12-31 10:00:00.250", moment(2025, 12, 31, 10, 0, 0, 250_000)),
        ("31/12/2025 17:30", moment(2025, 12, 31, 17, 30)),
        ("31/12/2025 17h30", moment(2025, 12, 31, 17, 30)),
        ("12/31/2025 5:30 PM", moment(2025, 12, 31, 17, 30)),
        ("12/31/2025 12:05 AM", moment(2025, 12, 31, 0, 5)),
        ("2025-12-31 00:00:00-05:00", dt.date(2025, 12, 31)),  # Yahoo's way to write a trading day
        ("31/12/2025 00:00:00", dt.date(2025, 12, 31)),
    ],
)
def test_every_way_to_write_a_date(written: str, meant: dt.date) -> None:
    """One day, all its dresses; a time of day makes a moment, in UTC where a zone is written."""
    table = table_of(f'd\tx\n"{written}"\t1.5\n"{written}"\t2.5\n')
    assert table.data.column("d").to_pylist() == [meant, meant]
    assert table.questions == ()


@pytest.mark.parametrize(
    "written", ["31/02/2025", "32/01/2025", "2025-13-01", "29/02/2023", "2025-12-31 25:00"]
)
def test_what_is_no_date_is_rejected_by_line(written: str) -> None:
    """A day that the calendar lacks is refused, not moved."""
    rows = "\n".join(f"{i}/01/2025;1" for i in range(13, 30))
    table = table_of(f"Date;x\n{rows}\n{written};1\n")
    assert places(table.rejected) == [(19, "Date", written, "not-a-date")]


@pytest.mark.parametrize(
    "spelling",
    ["", "NA", "N/A", "#N/A", "null", "NULL", "NaN", "nan", "-", "n.d.", "ND", " NA ", '""', '"NA"', "."],
)
def test_missing_values_are_missing_in_whatever_spelling(spelling: str) -> None:
    """A missing value is a null in columns of numbers and of dates, and is not rejected."""
    table = table_of(f"d;x;y\n2025-01-13;1,5;a\n{spelling};{spelling};b\n2025-01-15;2,5;c\n")
    assert table.data.column("d").null_count == 1
    assert table.data.column("x").to_pylist() == [1.5, None, 2.5]
    assert table.rejected_total == 0


def test_a_quoted_na_in_a_column_of_text_is_text() -> None:
    """Somebody who quotes NA means the letters (Namibia, a ticker); unquoted it is missing."""
    table = table_of('pays;x\n"NA";1\nNA;2\n"FR";3\n')
    assert table.data.column("pays").to_pylist() == ["NA", None, "FR"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("inf", math.inf),
        ("Inf", math.inf),
        ("+inf", math.inf),
        ("-inf", -math.inf),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("∞", math.inf),
        ("−∞", -math.inf),
        (" inf ", math.inf),
    ],
)
@pytest.mark.parametrize("others", ["1.5", "7"])
def test_infinities_are_read_as_such(written: str, meant: float, others: str) -> None:
    """Neither rejected nor missing: what comes after must refuse them, not work on without them."""
    table = table_of(f"x\tt\n{others}\ta\n{written}\ta\n{others}\ta\n")
    assert table.data.column("x").to_pylist() == [float(others), meant, float(others)]
    assert (table.kind("x"), table.rejected_total) == ("number", 0)


def test_an_infinity_in_the_first_row_is_no_heading() -> None:
    """Return series begin with one where the first price was zero."""
    table = table_of("rendement\ninf\n0.5\n-0.25\n")
    assert table.data.to_pydict() == {"rendement": [math.inf, 0.5, -0.25]}


def test_a_column_of_nothing_but_inf_is_text() -> None:
    """INF may be the symbol of the one security in the file."""
    table = table_of("date;symbole;x\n2025-01-13;INF;1,5\n2025-01-14;INF;2,5\n")
    assert table.data.column("symbole").to_pylist() == ["INF", "INF"]


def test_an_infinity_among_percentages_is_not_out_of_line() -> None:
    """It carries no percent sign because it has none."""
    table = table_of("v;t\n" + "1,5 %;a\n" * 3 + "inf;a\n")
    assert table.data.column("v").to_pylist() == [0.015] * 3 + [math.inf]


@pytest.mark.parametrize(
    ("years", "meant"),
    [
        (["24", "25", "26"], [2024, 2025, 2026]),
        (["98", "99", "00", "01"], [1998, 1999, 2000, 2001]),
        (["50", "51"], [1950, 1951]),  # POSIX would say 2050
        (["38", "39", "40", "41"], [1938, 1939, 1940, 1941]),  # no leap of a century inside
        (["41", "40", "39", "38"], [1941, 1940, 1939, 1938]),
        (["35", "60", "80", "99", "05"], [1935, 1960, 1980, 1999, 2005]),
        (["70", "95", "24", "70", "95", "24"], [1970, 1995, 2024, 1970, 1995, 2024]),  # two series stacked
    ],
)
def test_years_of_two_digits_follow_the_column_and_are_said(years: list[str], meant: list[int]) -> None:
    """Prices lie in the past: the century is the one in which the column runs without a leap."""
    for pattern in ("31/12/{}", "31-Dec-{}"):
        table = table_of("d;x\n" + "".join(f"{pattern.format(year)};1,5\n" for year in years))
        assert [day.year for day in table.data.column("d").to_pylist()] == meant
        (note,) = table.notes
        assert (note.code, note.column) == ("two-digit-years", "d")
        assert str(min(meant)) in note.note.fr
        assert str(max(meant)) in note.note.en


def test_years_of_four_digits_bring_no_note() -> None:
    """Nothing was guessed there."""
    assert table_of("d;x\n31/12/2050;1,5\n31/12/2051;2,5\n").notes == ()


def test_codes_with_leading_zeros_stay_text() -> None:
    """``00123`` is a code: as a number it would lose its zeros."""
    table = table_of("code;x\n00123;1\n00456;2\n78901;3\n")
    assert table.data.column("code").to_pylist() == ["00123", "00456", "78901"]


def test_truth_values() -> None:
    """VRAI and FAUX are what French Excel writes for booleans."""
    table = table_of("a;b;x\nVRAI;true;1\nFAUX;false;2\n;true;3\n")
    assert table.data.column("a").to_pylist() == [True, False, None]
    assert (table.kind("a"), table.kind("b")) == ("boolean", "boolean")


def test_preamble_units_and_totals_are_left_out_and_said() -> None:
    """What stands around the table is no data, and the person is told."""
    table = table_of(
        "Société Générale;;\nPériode du 01/01/2020;;\n\nDate;Cours;Volume\n;EUR;titres\n"
        "13/01/2020;10,5;100\n14/01/2020;10,7;200\n\n15/01/2020;10,6;300\nTotal;;600\n;;\nSource : Euronext\n"
    )
    assert table.columns == ("Date", "Cours", "Volume")
    assert table.data.column("Volume").to_pylist() == [100, 200, 300]
    assert table.lines.of([0, 1, 2]).tolist() == [6, 7, 9]
    assert table.dialect.header_line == 4
    assert places(table.rejected) == [
        (10, "Date", "Total", "total-line"),
        (12, None, "Source : Euronext", "ragged"),
    ]
    assert {note.code for note in table.notes} == {"preamble", "empty-rows"}


def test_a_company_called_total_is_no_total_line() -> None:
    """TOTAL in a column of names is a name."""
    table = table_of("Société;Cours\nAIR LIQUIDE;150,5\nTOTAL;50,2\n")
    assert table.data.column("Société").to_pylist() == ["AIR LIQUIDE", "TOTAL"]


def test_a_file_without_header_is_read_from_its_first_line() -> None:
    """No data line is mistaken for names."""
    table = table_of("2020-01-13,1.5,100\n2020-01-14,1.6,200\n")
    assert table.columns == ("column_1", "column_2", "column_3")
    assert table.rows == 2
    assert table.dialect.header_line is None


def test_years_as_column_names_are_a_header() -> None:
    """A cross table of years has a header although it looks like numbers."""
    table = table_of("Pays;2019;2020;2021\nSénégal;1,5;2,5;3,5\nMali;4,5;5,5;6,5\n")
    assert table.columns == ("Pays", "2019", "2020", "2021")


def test_a_wrong_value_in_the_first_line_does_not_make_it_a_header() -> None:
    """The header is the header even if the first data line has a fault."""
    rows = "\n".join(f"{i}/01/2020;1,5" for i in range(14, 30))
    table = table_of(f"Date;Cours\n13/01/2020;zut\n{rows}\n")
    assert table.columns == ("Date", "Cours")
    assert places(table.rejected) == [(2, "Cours", "zut", "not-a-number")]


def test_repeated_and_empty_names_are_made_unique_and_said() -> None:
    """No column hides another."""
    table = table_of("x;x;;x_2\n1;2;3;4\n5;6;7;8\n")
    assert table.columns == ("x", "x_3", "column_3", "x_2")
    assert [(note.code, note.column) for note in table.notes] == [("renamed", "x_3"), ("renamed", "column_3")]


def test_a_separator_at_the_end_of_every_line_makes_no_column() -> None:
    """``a;b;`` has two columns."""
    assert table_of("a;b;\n1;2;\n3;4;\n").columns == ("a", "b")
    assert table_of("a;b\n1;2;\n3;4;\n").columns == ("a", "b")


def test_ragged_lines_are_reported_by_line() -> None:
    """A line with too many or too few cells is left out and named, also after blank lines."""
    table = table_of("a;b\n1;2\n\n3\n4;5;6\n7;8\n")
    assert table.data.to_pydict() == {"a": [1, 7], "b": [2, 8]}
    assert places(table.rejected) == [(4, None, "3", "ragged"), (5, None, "4;5;6", "ragged")]
    assert table.rejected_counts == {"lines": 2, "cells": 0, "damaged": 0}
    assert table.rejected[1].reason.en == "The line has 3 cells instead of 2."
    assert table.lines.of([0, 1]).tolist() == [2, 6]


def test_one_column_keeps_its_blank_lines_as_missing_values() -> None:
    """In a file of one column an empty line is a value that is missing."""
    table = table_of("rendement\n0,01\n\n-0,5\n\n")
    assert table.data.to_pydict() == {"rendement": [0.01, None, -0.5]}
    assert table.questions == ()


@pytest.mark.parametrize("header", ["", "rendement\n"])
def test_one_column_of_decimal_commas_is_not_cut(header: str) -> None:
    """Percentages with a decimal comma, one a line, some of them whole."""
    assert column(header + "12%\n5%\n-3,5%\n") == [0.12, 0.05, -0.035]


def test_a_second_header_as_yahoo_downloads_have_it() -> None:
    """Lines of tickers and empty cells between the names and the data are no data."""
    table = table_of("Price,Close,High\nTicker,AAPL,AAPL\nDate,,\n2020-01-13,1.5,2.5\n2020-01-14,1.5,2.5\n")
    assert table.columns == ("Price", "Close", "High")
    assert table.data.column("Close").to_pylist() == [1.5, 1.5]
    assert [note.code for note in table.notes] == ["preamble"]


def test_an_all_missing_column_is_a_column_of_missing_numbers() -> None:
    """Nothing can be told of it, and it refuses nothing."""
    table = table_of("a;b\n1;\n2;NA\n")
    assert table.kind("b") == "number"
    assert table.data.column("b").null_count == 2


def test_a_column_is_text_when_more_than_one_in_ten_values_are() -> None:
    """Nearly all must be numbers: nine in ten, or all but one of five or more."""
    assert table_of("a;b\n" + "1;x\n" * 17 + "n;x\n" * 3).kind("a") == "text"
    assert table_of("a;b\n" + "1;x\n" * 18 + "n;x\n" * 2).kind("a") == "integer"
    assert table_of("a;b\n" + "1;x\n" * 3 + "n;x\n").kind("a") == "text"
    assert table_of("a;b\n" + "1;x\n" * 4 + "n;x\n").kind("a") == "integer"


def test_percent_and_bare_numbers_do_not_mix() -> None:
    """A number without % among percentages is a hundred times too large: it is rejected; zero is not."""
    table = table_of("v;t\n" + "1,5 %;a\n" * 9 + "1,5;a\n0;a\n")
    assert places(table.rejected) == [(11, "v", "1,5", "mixed-percent")]
    assert table.data.column("v").to_pylist() == [0.015] * 9 + [None, 0.0]


def test_damaged_utf8_is_said_line_by_line() -> None:
    """A broken byte in a UTF-8 file does not turn every accent into two letters."""
    table = table_of("Société;x\nécole;1\nétat;2\nc\xf4t\xe9".encode() + b"\xe9;3\n")
    assert table.dialect.encoding == "utf-8"
    assert table.columns[0] == "Société"
    assert [(one.line, one.code) for one in table.rejected] == [(4, "undecodable")]
    assert table.rejected_counts == {"lines": 0, "cells": 0, "damaged": 1}


def test_options_override_every_guess() -> None:
    """What the person says is followed, also against the evidence."""
    text = "d;x\n01/02/2025;1,234\n03/04/2025;5,678\n"
    day = table_of(text, dates="dd/mm/yyyy", decimal=",")
    month = table_of(text, dates="mdy", decimal=".")
    assert day.data.to_pydict() == {"d": [dt.date(2025, 2, 1), dt.date(2025, 4, 3)], "x": [1.234, 5.678]}
    assert month.data.to_pydict() == {"d": [dt.date(2025, 1, 2), dt.date(2025, 3, 4)], "x": [1234, 5678]}
    assert day.questions == month.questions == ()
    assert table_of("a,b;c\n1,2;3\n", separator=",").columns == ("a", "b;c")
    wrong = read("café;x\na;1\n".encode(), name="f", options=ParseOptions(encoding="latin-1"))
    assert wrong.columns == ("cafÃ©", "x")


def test_thousands_option_none_refuses_groups() -> None:
    """Where no mark groups thousands, ``1 234`` is no number."""
    assert table_of("x\tt\n1 234\ta\n5 678\tb\n", thousands="none").kind("x") == "text"
    assert table_of("x\tt\n1 234\ta\n5 678\tb\n").data.column("x").to_pylist() == [1234, 5678]


def test_column_names_and_formulas_are_only_text() -> None:
    """Nothing in a file is evaluated."""
    table = table_of("=1+1;<script>alert(1)</script>\n=cmd|' /C calc'!A0;1\n=A1;2\n")
    assert table.columns == ("=1+1", "<script>alert(1)</script>")
    assert table.data.column(0).to_pylist() == ["=cmd|' /C calc'!A0", "=A1"]
