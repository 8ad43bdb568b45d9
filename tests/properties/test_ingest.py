"""Whatever table is written in whatever dialect, it is read back identical."""

import csv
import datetime as dt
import io
import string
from dataclasses import dataclass

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from boursa.errors import InputError
from boursa.ingest import Limits, ParseOptions, Table, read
from boursa.ingest.cells import kind_of

LETTERS = string.ascii_letters + "éèçàù"


@dataclass(frozen=True)
class Dialect:
    separator: str
    decimal: str
    group: str
    dates: str
    encoding: str
    end: str
    quoted: bool


dialects = st.builds(
    Dialect,
    separator=st.sampled_from([";", ",", "\t", "|"]),
    decimal=st.sampled_from([",", "."]),
    group=st.sampled_from(["", " ", "'"]),
    dates=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoted=st.booleans(),
)
words = st.text(LETTERS + " ;,|'\"\n", min_size=3, max_size=12).filter(
    lambda text: any(c in LETTERS for c in text) and kind_of(text) == "text" and text == text.strip()
)
numbers = st.one_of(
    st.none(),
    # Six decimals that do not end in a zero: the mark is then told by the values themselves.
    st.integers(-(10**12), 10**12).filter(lambda n: n % 10).map(lambda n: n / 10**6),
)
whole = st.one_of(st.none(), st.integers(-(10**15), 10**15))
days = st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[object]]:
    rows = draw(st.integers(2, 25))
    made: dict[str, list[object]] = {}
    for name, values, first in (
        ("jour", days, dt.date(2024, 1, 31)),  # a telling date, a telling number
        ("prix", numbers, 1234.567891),
        ("nombre", whole, 7),
        ("mot", st.one_of(st.none(), words), "mot"),
    ):
        column = draw(st.lists(values, min_size=rows, max_size=rows))
        made[name] = [first, *column, first]  # empty rows at the end are left out
    return made


def written(table: dict[str, list[object]], dialect: Dialect) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.writer(
        sink,
        delimiter=dialect.separator,
        lineterminator=dialect.end,
        quoting=csv.QUOTE_ALL if dialect.quoted else csv.QUOTE_MINIMAL,
    )
    writer.writerow(table)
    for row in zip(*table.values(), strict=True):
        writer.writerow([cell(value, dialect) for value in row])
    return sink.getvalue().encode(dialect.encoding)


def cell(value: object, dialect: Dialect) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.strftime(dialect.dates).rjust(10, "0")
    if isinstance(value, str):
        return value
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,.6f}"
    return shown.replace(".", "!").replace(",", dialect.group).replace("!", dialect.decimal)


@given(tables(), dialects)
def test_a_table_in_any_dialect_is_read_back(table: dict[str, list[object]], dialect: Dialect) -> None:
    """Value by value, type by type, nothing rejected, nothing asked."""
    found = read(written(table, dialect), name="t.csv")
    assert found.questions == ()
    assert found.rejected == ()
    assert found.data.to_pydict() == table
    assert [found.kind(name) for name in found.columns] == ["date", "number", "integer", "text"]
    assert found.dialect.separator == dialect.separator


@given(tables(), dialects)
def test_the_line_of_every_row_is_the_one_it_stands_on(
    table: dict[str, list[object]], dialect: Dialect
) -> None:
    """Quoted line ends count; the reference is Python's own reader."""
    data = written(table, dialect)
    found = read(data, name="t.csv")
    reader = csv.reader(io.StringIO(data.decode(dialect.encoding), newline=""), delimiter=dialect.separator)
    starts, before = [], 0
    for _ in reader:
        starts.append(before + 1)
        before = reader.line_num
    assert found.lines.of(range(found.rows)).tolist() == starts[1:]


@given(tables(), dialects)
def test_parquet_is_a_faithful_copy(table: dict[str, list[object]], dialect: Dialect) -> None:
    """What was written is what is read."""
    found = read(written(table, dialect), name="t.csv")
    sink = io.BytesIO()
    found.to_parquet(sink)
    again = Table.from_parquet(sink.getvalue())
    assert again.data.equals(found.data)
    assert again == Table(**{**vars(found), "data": again.data})


@given(
    st.one_of(st.binary(max_size=300), st.text('0123456789,;.-/ "\n\tabé%€()', max_size=200).map(str.encode))
)
def test_any_bytes_are_read_or_refused_but_never_crash(data: bytes) -> None:
    """Whatever a person uploads, the answer is a table or one sentence."""
    try:
        found = read(data, name="f.csv", limits=Limits(max_bytes=10_000))
    except InputError:
        return
    assert found.rows >= 1
    assert all(
        pa.types.is_floating(c.type) is False or not any(v != v for v in c.to_pylist() if v)
        for c in found.data
    )


@given(tables(), dialects)
def test_said_options_give_the_table_that_detection_gave(
    table: dict[str, list[object]], dialect: Dialect
) -> None:
    """Reading again with everything that was found out, spelt out, changes nothing."""
    data = written(table, dialect)
    found = read(data, name="t.csv")
    said = {key: value for key, value in found.dialect.to_dict().items() if value is not None}
    assert read(data, name="t.csv", options=ParseOptions(**said)).data.equals(found.data)
