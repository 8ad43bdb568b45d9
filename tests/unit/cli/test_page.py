"""Lines for a terminal: they fit, hang under their marks, and break no number."""

from __future__ import annotations

import itertools

import click
import pytest

from boursa.cli import page

NARROW, NO_BREAK = "\u202f", "\u00a0"


@pytest.fixture(params=[20, 60, 80, 300])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A terminal of so many columns; the width that is written in."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    return min(100, max(60, request.param))


TEXT = " ".join(["La volatilité se prévoit mieux que le cours :"] * 9)


def test_the_width_is_the_terminals_within_reason(columns: int) -> None:
    # Below sixty nothing reads well; beyond a hundred nobody finds the next line.
    assert page.width() == columns


def test_a_paragraph_fits_and_loses_nothing(columns: int) -> None:
    # Every word once, in its order, at the indent.
    lines = page.paragraph(TEXT, indent=4)
    assert len(lines) > 1
    assert all(len(line) <= columns for line in lines)
    assert all(line.startswith("    ") and line[4] != " " for line in lines)
    assert " ".join(line.strip() for line in lines) == TEXT


def test_each_line_is_as_full_as_it_can_be(columns: int) -> None:
    # The first word of a line would not have fitted on the line before.
    lines = page.paragraph(TEXT)
    for before, after in itertools.pairwise(lines):
        assert len(before) + 1 + len(after.split(" ")[2]) > columns


def test_text_hangs_under_its_mark(columns: int) -> None:
    # The mark stands alone in its column, so that the eye finds the next one.
    first, *rest = page.paragraph(TEXT, mark="! ")
    assert first.startswith("  ! La ")
    assert all(line.startswith("    ") and line[4] != " " for line in rest)


def test_what_no_break_spaces_hold_together_stays_on_one_line(columns: int) -> None:
    # "1 234,5 %" cut in two is two numbers.
    number = f"1{NARROW}234{NARROW}567,5{NO_BREAK}%"
    lines = page.paragraph(" ".join([number] * 30))
    assert len(lines) > 1
    assert sum(line.count(number) for line in lines) == 30


def test_a_word_that_is_too_long_is_not_lost(columns: int) -> None:
    # An address is better too long than cut.
    word = "x" * 150
    assert page.paragraph(f"voir {word} ici") == ["  voir", f"  {word}", "  ici"]


@pytest.mark.parametrize("text", ["", "un"])
def test_little_text_is_one_line(text: str) -> None:
    # No empty line is added.
    assert page.paragraph(text) == [f"  {text}"]


def test_a_title_is_underlined_over_the_width(columns: int) -> None:
    # Bold is for the eye; the line says it to everyone.
    empty, title, line = page.title("Clôture")
    assert (empty, click.unstyle(title), line) == ("", "Clôture", "═" * columns)


def test_a_heading_has_its_note_in_parentheses() -> None:
    # And no empty ones.
    assert [click.unstyle(line) for line in page.heading("Prévision", "n = 3")] == ["", "Prévision  (n = 3)"]
    assert [click.unstyle(line) for line in page.heading("Prévision")] == ["", "Prévision"]


ROWS = [["naïf", "1,000", "—"], ["theta", f"10{NARROW}234,5", "p = 0,058"], ["é" * 9, "", "x"]]


def _lines(left: int = 1) -> list[str]:
    return [click.unstyle(line) for line in page.table(["modèle", "MASE", "DM"], ROWS, left=left)]


def test_names_stand_to_the_left_and_numbers_to_the_right() -> None:
    # Columns end where their head ends: digits under digits.
    head, *rows = _lines()
    assert len(rows) == 3
    for column, cells in enumerate(zip(["modèle", "MASE", "DM"], *ROWS, strict=True)):
        filled = [(line, cell) for line, cell in zip([head, *rows], cells, strict=True) if cell]
        if column == 0:
            assert {line.index(cell) for line, cell in filled} == {2}
        else:
            ends = {line.index(cell) + len(cell) for line, cell in filled}
            assert len(ends) == 1


def test_more_columns_can_stand_to_the_left() -> None:
    # Words after the name.
    starts = {line.find(row[1]) for line, row in zip(_lines(left=2)[1:3], ROWS, strict=False)}
    assert len(starts) == 1


def test_a_table_without_rows_is_its_head() -> None:
    # An empty list is no error.
    assert [click.unstyle(line) for line in page.table(["a", "bb"], [])] == ["  a  bb"]


def test_lines_end_without_spaces() -> None:
    # What is copied out of the terminal is clean.
    assert all(line == line.rstrip() for line in _lines(left=3))


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("short", "short"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
        (f"1{NARROW}234{NO_BREAK}%", f"1{NARROW}234{NO_BREAK}%"),
        ("mot " * 20, ("mot " * 15).rstrip() + "…"),
    ],
)
def test_what_is_too_long_is_cut_and_shows_it(text: str, short: str) -> None:
    # The name of a file has no spaces to cut at, and its beginning is what tells files apart.
    assert page.shortened(text) == short
    assert len(page.shortened(text)) <= 60


def test_lines_are_written_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    # The first block is on the screen while the next is computed.
    seen = []

    def lines() -> object:
        for line in ("un", "deux"):
            yield line
            seen.append(capsys.readouterr().out)

    page.write(lines())  # type: ignore[arg-type]
    assert seen == ["un\n", "deux\n"]
