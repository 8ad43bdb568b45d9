"""Which column plays which part, and the series that come out of it."""

import numpy as np
import pytest

from boursa.errors import ColumnUnknown, InputError, NotNumeric
from boursa.ingest import Table, read
from boursa.ingest.roles import roles_of, series_of


def table_of(text: str) -> Table:
    return read(text.encode(), name="f.csv")


INVESTING = (
    '"Date","Dernier","Ouv."," Plus Haut","Plus Bas","Vol.","Variation %"\n'
    '"30/12/2021","7.173,23","7.161,52","7.181,58","7.160,71","37,56M","0,16%"\n'
    '"29/12/2021","7.161,52","7.181,11","7.190,03","7.136,32","45,92M","-0,27%"\n'
)


@pytest.mark.parametrize(
    ("header", "parts"),
    [
        (
            "Date;Ouverture;Plus haut;Plus bas;Clôture;Volume",
            ("Ouverture", "Plus haut", "Plus bas", "Clôture", None, "Volume"),
        ),
        ("Date;Open;High;Low;Close;Adj Close", ("Open", "High", "Low", "Close", "Adj Close", None)),
        ("date;OUV;+HAUT;+BAS;DERNIER;VOL", ("OUV", "+HAUT", "+BAS", "DERNIER", None, "VOL")),
        ("Date;open;high;low;close;adj_close", ("open", "high", "low", "close", "adj_close", None)),
    ],
)
def test_price_columns_by_their_french_and_english_names(header: str, parts: tuple[str | None, ...]) -> None:
    """The names that exchanges, Yahoo and French brokers use are known."""
    table = table_of(header + "\n13/01/2020;1,5;2,5;0,5;1,75;1,5\n14/01/2020;1,5;2,5;0,5;1,85;1,5\n")
    roles = roles_of(table)
    assert (roles.open, roles.high, roles.low, roles.close, roles.adj_close, roles.volume) == parts
    assert roles.date == table.columns[0]
    assert roles.layout == "ohlcv"
    assert roles.values == (parts[4] or parts[3],)


def test_the_adjusted_close_is_preferred_and_said() -> None:
    """Dividends would look like falls in the plain close."""
    (series,) = series_of(
        table_of("Date;Open;Close;Adj Close\n13/01/2020;1,5;2,5;2,25\n14/01/2020;1;2;3,5\n")
    )
    assert (series.column, series.kind, series.y.tolist()) == ("Adj Close", "price", [2.25, 3.5])
    assert series.note is not None
    assert "Adj Close" in series.note.fr


def test_an_export_of_investing_com_is_understood_as_it_comes() -> None:
    """Comma-separated, quoted, dotted thousands, decimal commas, millions and percent, newest first."""
    table = table_of(INVESTING)
    assert table.questions == ()
    assert table.data.column("Vol.").to_pylist() == [37_560_000.0, 45_920_000.0]
    assert table.data.column("Variation %").to_pylist() == [0.0016, -0.0027]
    (series,) = series_of(table)
    assert (series.name, series.y.tolist(), series.lines.tolist()) == ("Dernier", [7173.23, 7161.52], [2, 3])


def test_a_long_file_is_split_by_symbol_in_order_of_appearance() -> None:
    """Each symbol is a series with its own dates and lines."""
    rows = "".join(
        f"{d}/01/2020;{s};{p},5\n" for d in (13, 14, 15) for s, p in (("MSFT", d), ("AAPL", 10 * d))
    )
    found = series_of(table_of("Date;Symbole;Clôture\n" + rows))
    assert [(one.name, one.symbol, one.y.tolist()) for one in found] == [
        ("MSFT", "MSFT", [13.5, 14.5, 15.5]),
        ("AAPL", "AAPL", [130.5, 140.5, 150.5]),
    ]
    assert found[1].lines.tolist() == [3, 5, 7]
    assert [str(day)[:10] for day in found[1].moments()] == ["2020-01-13", "2020-01-14", "2020-01-15"]


def test_a_panel_of_unique_id_ds_y_is_long() -> None:
    """The names of the forecasting interface."""
    rows = "".join(f"{u},2020-01-{d},{d}\n" for u in ("a", "b") for d in (13, 14, 15))
    roles = roles_of(table_of("unique_id,ds,y\n" + rows))
    assert (roles.layout, roles.symbol, roles.date, roles.values) == ("long", "unique_id", "ds", ("y",))


def test_a_wide_file_gives_a_series_a_column() -> None:
    """Also where an exported index counts the rows."""
    found = series_of(
        table_of(",Date,CAC,DAX\n0,2020-01-13,1.5,2.5\n1,2020-01-14,,3.5\n2,2020-01-15,1.5,4.5\n")
    )
    assert [one.name for one in found] == ["CAC", "DAX"]
    assert np.isnan(found[0].y[1])


def test_years_in_a_column_called_year_are_dates() -> None:
    """1998 in a column Année is a year; in another column it is a number."""
    (series,) = series_of(table_of("Année;Inflation\n1998;0,7\n1999;0,5\n2000;1,7\n"))
    assert [str(day)[:10] for day in series.moments()] == ["1998-01-01", "1999-01-01", "2000-01-01"]
    assert series.kind == "rate"
    assert len(series_of(table_of("Ventes;Inflation\n1998;0,7\n1999;0,5\n2000;1,7\n"))) == 2


def test_a_file_without_dates_keeps_its_order_and_invents_none() -> None:
    """No date is ever made up."""
    (series,) = series_of(table_of("rendement\n0,01\n-0,02\n"))
    assert series.ds is None
    assert np.isnat(series.moments()).all()


def test_the_person_may_name_column_and_date() -> None:
    """And is told what there is when the name is wrong."""
    table = table_of("a;b;x;t\n13/01/2020;14/01/2020;1,5;u\n15/01/2020;16/01/2020;2,5;v\n")
    (series,) = series_of(table, column="x", date="b")
    assert str(series.moments()[0])[:10] == "2020-01-14"
    with pytest.raises(ColumnUnknown):
        series_of(table, column="y")
    with pytest.raises(NotNumeric):
        series_of(table, column="t")
    with pytest.raises(InputError):
        series_of(table, date="x")
    with pytest.raises(InputError):
        series_of(table_of("a;b\nx;y\n"))


def walk(n: int, seed: int) -> list[float]:
    return list(np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, n))).round(6) * 100)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Close", "price"),
        ("x", "price"),
        ("Taux", "rate"),
        ("Volume", "count"),
        ("Rendement", "price"),
        ("Ventes mensuelles", "unknown"),
        ("GDP", "unknown"),
    ],
)
def test_kind_by_name_unless_the_values_contradict(name: str, kind: str) -> None:
    """A level of 100 that hardly moves is a price, also where the column says return."""
    (series,) = series_of(table_of(f"{name}\n" + "\n".join(map(repr, map(float, walk(200, 1)))) + "\n"))
    assert series.kind == kind


def test_returns_are_known_by_their_values() -> None:
    """Small, centred, without memory."""
    values = np.random.default_rng(2).normal(0, 0.01, 300).round(6)
    (series,) = series_of(table_of("x\n" + "\n".join(map(repr, map(float, values))) + "\n"))
    assert series.kind == "return"
