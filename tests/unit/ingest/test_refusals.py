"""What is no table is refused in one clear sentence, in the person's language."""

import io
import zipfile
from pathlib import Path

import pytest

from boursa.errors import FileUnreadable, InputError, OptionUnknown, TooLarge
from boursa.ingest import Limits, ParseOptions, read


def zipped(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return sink.getvalue()


FOREIGN = {
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "PDF": b"%PDF-1.7\n1 0 obj",
    "gzip": b"\x1f\x8b\x08\x00abc",
    "ZIP": zipped("a.csv"),
    "Excel": zipped("[Content_Types].xml", "xl/workbook.xml"),
    ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
    "program": b"\x7fELF\x02\x01\x01",
    "Windows program": b"MZ\x90\x00\x03",
    "Parquet": b"PAR1\x15\x04",
    "SQLite": b"SQLite format 3\x00",
    "pickle": b"\x80\x04\x95\x10\x00\x00",
    "web page": b"<!DOCTYPE html><html><body>404</body></html>",
    "JSON": b'{"date": "2020-01-01"}',
    "XML": b'<?xml version="1.0"?><a/>',
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_file_called_csv_is_named_for_what_it_is(what: str) -> None:
    """The content counts, not the name, and the sentence says what the file is."""
    with pytest.raises(FileUnreadable) as refused:
        read(FOREIGN[what], name="cours.csv")
    assert what in str(refused.value)
    assert "cours.csv" in str(refused.value)
    assert refused.value.exit_status == 66


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n\n",
        b"   \n",
        b"\xef\xbb\xbf",
        b"a;b;c\n",
        b"Date,Close",
        b"sep=;\n",
        b"sep=;\na;b\n",
        bytes(range(256)) * 40,
        b"\x00" * 1000,
        b"a;b\n1;\x00\x00\n",
        b'a;b\n1;2\n3;"4\n5;6\n7;8\n',
        b'"a;b\n1;2\n3;4\n',
        b"Date,Close\n2020-01-13,1,5\n2020-01-14,1,6\n",
    ],
)
def test_no_table_no_answer(data: bytes) -> None:
    """Empty files, headers alone, garbage, open quotation marks and mismatched headers are refused."""
    with pytest.raises(InputError) as refused:
        read(data, name="f.csv")
    for language in ("fr", "en"):
        sentence = refused.value.sentence(language)
        assert "f.csv" in sentence
        assert "{" not in sentence


def test_paths_are_read_and_bad_ones_refused(tmp_path: Path) -> None:
    """A directory and a missing file are expected failures."""
    good = tmp_path / "a b.csv"
    good.write_bytes(b"a;b\n1;2\n")
    assert read(good, name="a b.csv").data.to_pydict() == {"a": [1], "b": [2]}
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(FileUnreadable):
            read(path, name="x")


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        (Limits(max_bytes=10), b"a;b\n1;2\n3;4\n"),
        (Limits(max_rows=2), b"a;b\n1;2\n3;4\n5;6\n"),
        (Limits(max_columns=2), b"a;b;c\n1;2;3\n"),
        (Limits(max_cell=5), b"a;b\n1;abcdef\n"),
        (Limits(max_cell=5), b"abcdef;b\n1;2\n"),
    ],
)
def test_limits_are_kept(limits: Limits, data: bytes) -> None:
    """One step beyond a limit is refused, at the limit it is not."""
    with pytest.raises(TooLarge):
        read(data, name="f.csv", limits=limits)
    assert read(b"a;b\n1;2\n", name="f.csv", limits=limits).rows == 1


@pytest.mark.parametrize("size", [140_000, 2_000_000])
@pytest.mark.parametrize("below", ["", "2020-01-02,1\n" * 20])
def test_an_oversized_cell_is_named_as_such(size: int, below: str) -> None:
    """Not "no data": Python's own reader gives up at 131,072 characters, the sample after a megabyte."""
    data = ("date,close\n2020-01-01," + "9" * size + "\n" + below).encode()
    with pytest.raises(TooLarge, match=f"a cell holds {size} bytes"):
        read(data, name="f.csv")


@pytest.mark.parametrize(
    "text",
    [
        "date close\n2020-01-01 100.00\n2020-01-02 101.29\n",
        "date        close\n2020-01-01  100.00\n2020-01-02  101.29\n",
        "date close\n2020-01-01 100,50\n2020-01-02 101,29\n",
        "nom  date        cours\nABC  2020-01-01  100.00\nDE   2020-01-02  101.29\n",
    ],
)
def test_a_file_cut_by_blanks_only_is_told_so(text: str) -> None:
    """ "No column of numbers" would be untrue to the eye of whoever sees them."""
    with pytest.raises(FileUnreadable, match="no separator was found") as refused:
        read(text.encode(), name="f.csv")
    assert "f.csv" in str(refused.value)


def test_the_blank_may_be_given_as_the_separator() -> None:
    """What the sentence advises works."""
    table = read(
        b"date close\n2020-01-01 100.00\n2020-01-02 101.29\n",
        name="f",
        options=ParseOptions(separator=" "),
    )
    assert table.data.column("close").to_pylist() == [100.0, 101.29]


@pytest.mark.parametrize(
    "text",
    [
        "prix\n1 234,56\n2 345,67\n",
        "moment\n2020-01-01 10:00\n2020-01-02 11:00\n",
        "jour\n12 août 2025\n13 août 2025\n",
        "lieu\nSalle 1\nSalle 2\n",
        "a, b, c\n1, 2, 3\n4, 5, 6\n",
        "d,x,y\n2020-01-01,10 000,20 000\n2020-01-02,10 500,20 500\n",
    ],
)
def test_blanks_inside_values_are_no_separators(text: str) -> None:
    """A single column of values with blanks, or blanks after a comma, are read as ever."""
    assert read(text.encode(), name="f.csv").rows == 2


def test_a_path_beyond_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    """The size is asked before the bytes are."""
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(3_000_000_000)  # sparse: reading it would take gigabytes of memory
    with pytest.raises(TooLarge):
        read(big, name="big.csv")


@pytest.mark.parametrize(
    "wrong",
    [
        {"separator": "ab"},
        {"separator": '"'},
        {"separator": "\0"},
        {"separator": "\x1f"},
        {"separator": "\x7f"},
        {"sheet": "\0"},
        {"decimal": ";"},
        {"thousands": "x"},
        {"encoding": "klingon"},
        {"encoding": "hex"},
        {"dates": "dyd"},
        {"decimal": ",", "thousands": ","},
    ],
)
def test_options_that_mean_nothing_are_refused(wrong: dict[str, str]) -> None:
    """An option is understood or refused, never ignored."""
    with pytest.raises(OptionUnknown):
        ParseOptions(**wrong)


def test_a_wrong_encoding_is_refused() -> None:
    """Bytes that are no text in the encoding asked for are not replaced by marks."""
    with pytest.raises(FileUnreadable):
        read("é;x\n1;2\n".encode("latin-1"), name="f", options=ParseOptions(encoding="utf-8"))


@pytest.mark.parametrize(
    ("spelt", "order"),
    [("dd/mm/yyyy", "dmy"), ("jj/mm/aaaa", "dmy"), ("%m/%d/%Y", "mdy"), ("ISO", "ymd"), ("day-first", "dmy")],
)
def test_orders_of_dates_are_understood_as_people_write_them(spelt: str, order: str) -> None:
    """Options are stored in one canonical form, whatever was typed."""
    assert ParseOptions(dates=spelt).dates == order
    assert ParseOptions.from_dict(ParseOptions(dates=spelt, separator="tab").to_dict()) == ParseOptions(
        dates=order, separator="\t"
    )
