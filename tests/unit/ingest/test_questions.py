"""What a file cannot tell is asked; what it can tell is not."""

import datetime as dt

import pytest

from boursa.errors import FileAmbiguous
from boursa.ingest import ParseOptions, Table, read


def table_of(text: str, **options: str) -> Table:
    return read(text.encode(), name="f.csv", options=ParseOptions(**options))


def dated(days: list[dt.date], pattern: str, extra: str = ",1") -> str:
    return "day,x\n" + "".join(day.strftime(pattern) + extra + "\n" for day in days)


def every_day(start: dt.date, count: int) -> list[dt.date]:
    return [start + dt.timedelta(days=i) for i in range(count)]


def test_dates_up_to_the_twelfth_are_asked_about() -> None:
    """Where every date reads both ways, the file is not guessed at."""
    table = table_of("day,x\n01/02/2025,1\n03/04/2025,2\n05/01/2025,3\n")
    (question,) = table.questions
    assert (question.column, question.code, question.option) == ("day", "date-order", "dates")
    assert question.choices == ("dmy", "mdy")
    assert "01/02/2025" in question.question.fr
    assert "01/02/2025" in question.question.en
    with pytest.raises(FileAmbiguous, match="dates"):
        table.settled()


@pytest.mark.parametrize("answer", ["dmy", "mdy"])
def test_an_answer_settles_the_question(answer: str) -> None:
    """The choices are the values that the option takes."""
    table = table_of("day,x\n01/02/2025,1\n03/04/2025,2\n", dates=answer)
    assert table.settled() is table
    first = table.data.column("day")[0].as_py()
    assert first == (dt.date(2025, 2, 1) if answer == "dmy" else dt.date(2025, 1, 2))


def test_one_decisive_value_at_the_very_end_decides() -> None:
    """All distinct values are looked at, not a sample of the first lines."""
    head = "".join(f"{1 + i % 12:02}/{1 + i % 11:02}/2020,1\n" for i in range(5000))
    assert table_of("day,x\n" + head + "25/01/2020,1\n").dialect.dates == "dmy"
    assert table_of("day,x\n" + head + "01/25/2020,1\n").dialect.dates == "mdy"


def test_first_of_each_month_is_told_by_its_regular_steps() -> None:
    """Read month first, monthly data would be twelve days in a row and then a leap of a year."""
    months = [dt.date(2020 + i // 12, 1 + i % 12, 1) for i in range(36)]
    for pattern, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        table = table_of(dated(months, pattern))
        assert (table.dialect.dates, table.questions) == (order, ())
        assert table.data.column("day").to_pylist() == months


def test_rows_in_time_order_tell_the_order_of_parts() -> None:
    """Only one reading runs forward through the file."""
    days = [dt.date(2025, m, d) for m in range(1, 5) for d in (2, 5, 9, 12)]
    for pattern, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        table = table_of(dated(days, pattern))
        assert (table.dialect.dates, table.questions) == (order, ())


def test_weekdays_tell_the_order_of_parts() -> None:
    """Trading days have no weekends; the wrong reading has as many as chance gives."""
    days = [
        d for d in every_day(dt.date(2019, 1, 1), 700) if d.weekday() < 5 and d.day <= 12 and d.day != d.month
    ]
    shuffled = days[::3] + days[1::3] + days[2::3]
    for pattern, order in (("%d/%m/%Y", "dmy"), ("%m/%d/%Y", "mdy")):
        table = table_of(dated(shuffled, pattern))
        assert (table.dialect.dates, table.questions) == (order, ())


def test_a_french_file_is_day_first() -> None:
    """A decimal comma, or a word like Clôture, is written where the day comes first."""
    assert table_of("day;x\n01/02/2025;1,5\n03/02/2025;2,5\n").questions == ()
    assert table_of("Date,Clôture\n01/02/2025,1\n03/02/2025,2\n").questions == ()


def test_another_column_of_dates_decides() -> None:
    """One file is written in one order."""
    table = table_of("a,b\n12/31/2025,01/02/2025\n12/30/2025,03/04/2025\n")
    assert table.data.column("b").to_pylist() == [dt.date(2025, 1, 2), dt.date(2025, 3, 4)]
    assert table.questions == ()


def test_dates_that_read_the_same_both_ways_are_not_asked_about() -> None:
    """01/01 and 02/02 are the same day in either order."""
    assert table_of("day,x\n01/01/2025,1\n02/02/2025,2\n").questions == ()


def test_a_few_contradicting_dates_are_rejected_and_many_are_asked_about() -> None:
    """A typing error is one cell; two conventions in one column make every ambiguous date doubtful."""
    days = every_day(dt.date(2025, 1, 13), 300)
    lines = dated(days, "%d/%m/%Y")
    typo = table_of(lines + "12/31/2025,1\n")
    assert [(one.line, one.value, one.code) for one in typo.rejected] == [
        (302, "12/31/2025", "other-date-order")
    ]
    assert typo.questions == ()
    mixed = table_of(lines + "".join(f"12/{d}/2025,1\n" for d in range(13, 32)))
    assert [question.code for question in mixed.questions] == ["date-order-mixed"]


def test_mixed_unambiguous_formats_are_all_read() -> None:
    """ISO, day first and worded dates may stand in one column."""
    table = table_of("day;x\n31/12/2025;1\n2025-12-30;2\n29 déc. 2025;3\n28.12.2025;4\n")
    assert table.data.column("day").to_pylist() == [dt.date(2025, 12, d) for d in (31, 30, 29, 28)]


def test_year_first_in_two_digits_is_told_by_the_order_of_rows() -> None:
    """25/01/30, 25/02/01 runs forward only year first."""
    days = every_day(dt.date(2025, 1, 13), 40)
    assert table_of(dated(days, "%y/%m/%d")).data.column("day").to_pylist() == days


def test_numbers_like_1_234_are_asked_about() -> None:
    """Three digits after the only mark can be thousands or decimals."""
    table = table_of("a;b\n1,234;x\n2,345;y\n")
    (question,) = table.questions
    assert (question.column, question.option, question.choices) == ("a", "decimal", (",", "."))
    assert table_of("a;b\n1,234;x\n2,345;y\n", decimal=",").data.column("a").to_pylist() == [1.234, 2.345]
    assert table_of("a;b\n1,234;x\n2,345;y\n", decimal=".").data.column("a").to_pylist() == [1234, 2345]


@pytest.mark.parametrize("telling", ["0,125", "1234,567", "1,5", "1.234,567", "12,3456"])
def test_one_telling_value_far_down_decides_the_mark(telling: str) -> None:
    """All values are looked at: one that cannot be grouped thousands makes the comma decimal."""
    table = table_of(
        "a;b\n" + "".join(f"{i % 9 + 1},{i % 900 + 100};x\n" for i in range(4000)) + telling + ";x\n"
    )
    assert table.questions == ()
    assert table.dialect.decimal == ","
    assert table.data.column("a")[0].as_py() == 1.1


def test_another_column_decides_the_mark() -> None:
    """Volumes like 1,234 are thousands beside prices like 12.34."""
    table = table_of('Volume,Close\n"1,234",12.34\n"5,678",12.35\n')
    assert table.data.column("Volume").to_pylist() == [1234, 5678]
    assert table.questions == ()


def test_a_column_in_another_dress_than_the_file_is_read_and_said() -> None:
    """A column of decimal points in a file of decimal commas is not refused."""
    table = table_of("a;b\n1,5;2.5\n3,25;4.75\n")
    assert table.data.to_pydict() == {"a": [1.5, 3.25], "b": [2.5, 4.75]}


def test_a_lone_column_of_decimal_commas_without_a_name_is_asked_about() -> None:
    """``1,5`` alone on a line is one number or two."""
    table = table_of("0,01\n-0,5\n0,3\n")
    assert [question.option for question in table.questions] == ["separator"]
    assert table.data.to_pydict() == {"column_1": [0.01, -0.5, 0.3]}
    two = table_of("1,5\n2,5\n", separator=",")
    assert (two.columns, two.questions) == (("column_1", "column_2"), ())


@pytest.mark.parametrize(
    "text",
    [
        "d,x\n01/02/2025,1\n",
        "d,x\n" + "13/01/2025,1\n01/14/2025,2\n" * 5,
        "a;b\n1,234;x\n",
        "0,1\n0,2\n",
    ],
)
def test_every_question_has_its_refusal(text: str) -> None:
    """Whoever cannot be asked is told which option answers, and with what."""
    table = table_of(text)
    first = table.questions[0]
    with pytest.raises(FileAmbiguous) as refused:
        table.settled()
    sentence = refused.value.sentence("en")
    assert first.option in sentence
    assert " | ".join(first.choices) in sentence
    answered = table_of(text, **{first.option: first.choices[1]})
    assert first.code not in [question.code for question in answered.questions]


def test_a_single_date_out_of_order_is_asked_about_in_good_french() -> None:
    """ "1 dates" is no French; the count stands after a colon."""
    rows = "".join(f"{day}/01/2025;1\n" for day in range(13, 29)) + "01/13/2025;1\n"
    (question,) = read(f"d;x\n{rows}".encode(), name="f.csv").questions
    assert "jour/mois/année\u00a0: 16\u202f; seulement dans un autre\u00a0: 1." in question.question.fr
    assert "day/month/year: 16; only in another order: 1." in question.question.en


def test_two_columns_that_leave_their_mark_open_are_one_question() -> None:
    """One option is asked about once, and the question names every column that its answer decides."""
    (question,) = table_of("d;a;b\nx;1.205;7.000\ny;2.301;4.120\n").questions
    assert (question.option, question.column, question.columns) == ("decimal", "a", ("a", "b"))
    assert question.question.fr.startswith("Colonnes «\u00a0a\u00a0», «\u00a0b\u00a0»\u00a0:")
    assert question.question.en.startswith("Columns “a”, “b”:")


def test_each_choice_says_what_a_value_of_the_file_would_be() -> None:
    """1,905 is 1,905 in English and 1 905 in French: the words beside it tell it from one point nine."""
    (question,) = table_of("a;b\n1,905;x\n").questions
    found = dict(zip(question.choices, question.labels, strict=True))
    assert found[","].fr == "1,905 = 1,905 (entre 1 et 2)"
    assert found[","].en == "1,905 = 1.905 (between 1 and 2)"
    assert found["."].fr == "1,905 = 1\u202f905 (1 millier et 905)"
    assert found["."].en == "1,905 = 1,905 (1 thousand and 905)"
    assert not any(word in question.question.en for word in ("choose", "--"))


def test_whole_thousands_and_several_of_them_are_said_as_such() -> None:
    """ "2 milliers et 0" is nothing that anybody says."""
    (question,) = table_of("a;b\n2,000;x\n").questions
    found = dict(zip(question.choices, question.labels, strict=True))
    assert found["."].fr == "2,000 = 2\u202f000 (2 milliers)"
    assert found[","].en == "2,000 = 2.000 (exactly 2)"


def test_columns_with_different_marks_have_an_example_each() -> None:
    """One answer makes 1.205 a small number and 7,000 a large one, and says so."""
    (question,) = table_of("d;a;b\nx;1.205;7,000\ny;2.301;4,120\n").questions
    assert question.choices == (".", ",")
    assert question.labels[0].en == "1.205 = 1.205 (between 1 and 2); 7,000 = 7,000 (7 thousand)"
    assert question.labels[1].en == "1.205 = 1,205 (1 thousand and 205); 7,000 = 7.000 (exactly 7)"


def test_each_order_of_dates_is_shown_on_a_date_of_the_file() -> None:
    """The example is a date that is another day in the other order: 02/02 would show nothing."""
    (question,) = table_of("d,e,x\n02/02/2020,05/06/20,1\n08/12/2020,07/08/20,2\n").questions
    assert (question.columns, question.choices) == (("d", "e"), ("dmy", "mdy"))
    assert [label.fr for label in question.labels] == [
        "08/12/2020 = 8 décembre 2020 (jour/mois/année)",
        "08/12/2020 = 12 août 2020 (mois/jour/année)",
    ]
    assert question.labels[0].en == "08/12/2020 = 8 December 2020 (day/month/year)"


def test_the_first_of_a_month_is_written_as_the_french_do() -> None:
    """1er février, never 1 février."""
    (question,) = table_of("d,x\n01/02/2025,1\n").questions
    assert question.labels[0].fr.startswith("01/02/2025 = 1er février 2025")


def test_two_columns_that_mix_orders_are_one_question() -> None:
    """Their dates are counted together, each for the order that the first column mostly has."""
    rows = "13/01/2025,01/14/2025\n" * 3 + "14/01/2025,01/15/2025\n01/15/2025,16/01/2025\n"
    (question,) = table_of("a,b\n" + rows).questions
    assert (question.code, question.columns) == ("date-order-mixed", ("a", "b"))
    assert "day/month/year: 3; only in another order: 3." in question.question.en


def test_a_line_that_is_one_number_or_two_is_shown() -> None:
    """The choice is made on the file's own line."""
    (question,) = table_of("0,1\n0,2\n").questions
    assert "“0,1”" in question.question.en
    assert question.labels[0].en.startswith("One number, 0.1:")
    assert question.labels[1].fr.startswith("Deux nombres, 0 et 1")


def test_dates_that_are_none_either_way_are_asked_about_without_an_example() -> None:
    """Where no date reads both ways the choices are named by their order."""
    (question,) = table_of("d,x\n" + "13/01/2025,1\n01/14/2025,2\n" * 5).questions
    assert [label.en for label in question.labels] == ["day/month/year", "month/day/year"]


def test_of_many_columns_the_first_are_named() -> None:
    """A question about sixty columns stays one sentence."""
    names = [f"c{place}" for place in range(60)]
    (question,) = table_of(";".join(names) + "\n" + ";".join(["1.205"] * 60) + "\n").questions
    assert "“c4” and 55 more:" in question.question.en
    assert len(question.columns) == 60


FRENCH = "Date;Clôture\n" + "".join(f"{day}/01/2025;{day},25\n" for day in range(10, 30))


def test_an_option_that_makes_text_of_a_column_is_said() -> None:
    """A correction that does not fit is no secret: it names the column, the choice and what is lost."""
    table = table_of(FRENCH, decimal=".", dates="mdy")
    assert table.kinds == {"Date": "text", "Clôture": "text"}
    date, price = (note for note in table.notes if note.code == "became-text")
    assert (date.column, price.column) == ("Date", "Clôture")
    assert "(order of dates: month/day/year)" in date.note.en
    assert date.note.en.endswith("Without that choice it holds dates.")
    assert "(marque décimale\u00a0: point)" in price.note.fr
    assert price.note.fr.endswith("elle contient des nombres.")


@pytest.mark.parametrize("options", [{}, {"decimal": ","}, {"dates": "dmy"}, {"separator": ";"}])
def test_options_that_fit_are_not_spoken_of(options: dict[str, str]) -> None:
    """Nothing is lost, so nothing is said; text that was text before is not the options' doing."""
    table = table_of(FRENCH.replace("Clôture", "Clôture;Nom").replace(",25", ",25;x"), **options)
    assert [note for note in table.notes if note.code == "became-text"] == []


def test_a_thousands_mark_that_makes_text_is_named() -> None:
    """It decides the decimal mark, so it can be the one that does not fit."""
    (note,) = table_of("d;x\na;1 234,5\nb;2 345,25\nc;3 456,5\n", thousands=",").notes
    assert (note.code, "(thousands: “,”)" in note.note.en) == ("became-text", True)
