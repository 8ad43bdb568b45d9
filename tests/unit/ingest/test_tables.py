"""The table keeps what was read, and Parquet keeps the table."""

import io
import time
from pathlib import Path

import numpy as np
import pytest

from boursa.errors import ColumnUnknown, FileUnreadable, NotNumeric
from boursa.ingest import ParseOptions, Table, read
from boursa.ingest.lines import Lines
from boursa.ingest.profile import profile
from boursa.ingest.remarks import Question

MESSY = (
    "Export;;;;\n\nDate;Cours;Code;Heure;Vrai\n13/01/2020;1,5;001;2020-01-13 10:00;VRAI\n"
    "14/01/2020;2,5;002;2020-01-14 10:00;FAUX\nzut\n15/01/2020;3,5;003;2020-01-15 10:00;VRAI\n"
    "16/01/2020;x;;2020-01-16 10:00;\n17/01/2020;5,5 €;003;2020-01-17 10:00;VRAI\n"
).encode("cp1252")


def table_of(text: str | bytes, **options: str) -> Table:
    data = text if isinstance(text, bytes) else text.encode()
    return read(data, name="f.csv", options=ParseOptions(**options))


def same(one: Table, other: Table) -> bool:
    plain = [
        (t.name, t.dialect, t.options, t.lines, t.rejected, t.rejected_total, t.questions, t.notes)
        for t in (one, other)
    ]
    return one.data.equals(other.data) and one.data.schema.equals(other.data.schema) and plain[0] == plain[1]


@pytest.mark.parametrize("data", [MESSY, b'a,b\n01/02/2020,"1,234"\n03/04/2020,"5,678"\n'])
def test_parquet_keeps_everything(data: bytes, tmp_path: Path) -> None:
    """Types, dialect, lines, rejections, questions and notes come back as they were, from path and bytes."""
    table = table_of(data)
    assert table.rejected or table.questions
    table.to_parquet(tmp_path / "t.parquet")
    sink = io.BytesIO()
    table.to_parquet(sink)
    assert same(Table.from_parquet(tmp_path / "t.parquet"), table)
    assert same(Table.from_parquet(sink.getvalue()), table)


def test_the_same_bytes_and_options_give_the_same_parquet() -> None:
    """A version of a dataset is known by the hash of its table."""
    sinks = [io.BytesIO(), io.BytesIO()]
    for sink in sinks:
        table_of(MESSY).to_parquet(sink)
    assert sinks[0].getvalue() == sinks[1].getvalue()


def test_options_are_kept_so_that_a_version_can_be_read_again() -> None:
    """What was asked for is stored, and gives the same table."""
    table = table_of("d;x\n01/02/2025;1,234\n", dates="dd/mm/yyyy", decimal=",")
    again = read(
        b"d;x\n01/02/2025;1,234\n", name="f.csv", options=ParseOptions.from_dict(table.options.to_dict())
    )
    assert same(table, again)


def test_a_question_that_was_kept_without_labels_is_still_read() -> None:
    """Tables that an earlier BoursA wrote stay readable."""
    (question,) = table_of("d;x\n01/02/2025;1\n").questions
    stored = {name: value for name, value in question.to_dict().items() if name not in ("labels", "columns")}
    again = Question.from_dict(stored)
    assert (again.choices, again.labels, again.columns) == (question.choices, (), ())
    assert Question.from_dict(question.to_dict()) == question


def test_a_foreign_parquet_file_is_refused(tmp_path: Path) -> None:
    """Only tables that BoursA wrote carry what a table needs."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    with pytest.raises(FileUnreadable):
        Table.from_parquet(tmp_path / "x.parquet")


def test_columns_come_as_numpy() -> None:
    """Numbers with NaN for missing, moments with NaT, text with None."""
    table = table_of(MESSY)
    assert np.array_equal(table.floats("Cours"), [1.5, 2.5, 3.5, np.nan, 5.5], equal_nan=True)
    assert table.moments("Date")[0] == np.datetime64("2020-01-13")
    assert table.moments("Heure").dtype == "datetime64[s]"
    assert table.texts("Code") == ["001", "002", "003", None, "003"]
    assert table.numeric == ("Cours",)
    with pytest.raises(NotNumeric):
        table.floats("Code")
    with pytest.raises(ColumnUnknown, match="Cours"):
        table.floats("Close")


def test_lines_are_true_after_blank_ragged_and_quoted_lines() -> None:
    """The line named is the one that an editor shows."""
    table = table_of('a;b\n\n1;x\n"2";"y\ny\ny"\n3\n4;5" tube\n\n\n6;z\n')
    assert table.lines.of([0, 1, 2, 3]).tolist() == [3, 4, 8, 11]
    assert table.rejected[0].line == 7


def test_lines_are_kept_compactly() -> None:
    """Any numbering comes back from its leaps."""
    lines = np.array([2, 3, 4, 8, 9, 20])
    kept = Lines.from_array(lines)
    assert len(kept.rows) == 3
    assert kept.of(np.arange(6)).tolist() == lines.tolist()


def test_at_most_a_thousand_rejections_are_kept_and_all_are_counted() -> None:
    """A hundred thousand bad cells must not become a hundred thousand sentences."""
    rows = "".join(f"{i}.5,{'zut' if i % 20 == 0 else i}\n" for i in range(40_000))
    table = table_of("a,b\n" + rows)
    assert (table.rejected_total, len(table.rejected)) == (2000, 1000)
    assert table.data.column("b").null_count == 2000
    assert table.rejected[0].line == 2


def test_a_thousand_columns_take_no_longer_each_than_a_hundred() -> None:
    """Names and types are found once, not at every column: it took a minute for such a file."""
    head = ",".join(["date", *(f"c{i}" for i in range(2000))])
    rows = [",".join([f"2024-01-{day:02d}", *["1.5"] * 2000]) for day in range(1, 4)]
    table = table_of("\n".join([head, *rows]))
    start = time.perf_counter()
    assert len(profile(table).columns) == 2001
    assert time.perf_counter() - start < 10
    assert table.columns is table.columns
