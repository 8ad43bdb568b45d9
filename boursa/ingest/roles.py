"""Which column is the date, which the prices, which names the series; and the series themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from boursa.errors import InputError
from boursa.ingest.kinds import kind_of_series
from boursa.ingest.tables import Table
from boursa.ingest.vocabulary import plain_name, role_named
from boursa.language import N_, Text

_PRICES = ("open", "high", "low", "close", "adj_close", "volume")
_DATED = ("date", "datetime")
_COUNTERS = ("", "index", "id", "no", "n", "row", "ligne", "unnamed 0")


@dataclass(frozen=True)
class Roles:
    """The column that plays each part, by name; `values` are the series worth analysing.

    `layout` is ``ohlcv`` (the prices of one security), ``long`` (many series below each other, told
    apart by `symbol`), ``wide`` (a series a column) or ``empty`` (no numbers at all).
    """

    layout: str
    date: str | None
    symbol: str | None
    values: tuple[str, ...]
    open: str | None = None
    high: str | None = None
    low: str | None = None
    close: str | None = None
    adj_close: str | None = None
    volume: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the roles as JSON."""
        return {**asdict(self), "values": list(self.values)}


@dataclass(frozen=True)
class RawSeries:
    """One series as the file holds it: in file order, nothing removed.

    `ds` is datetime64[s] with NaT where a date is missing, or None where the file has no dates; `y`
    float64 with NaN for missing values; `lines` the line of the file of each value. `kind`
    (``price``, ``return``, ``rate``, ``count``, ``unknown``) is a guess from name and values; `note`
    says why this column was taken where the file offers several.
    """

    name: str
    kind: str
    ds: NDArray[np.datetime64] | None
    y: NDArray[np.float64]
    lines: NDArray[np.int64]
    column: str
    symbol: str | None = None
    note: Text | None = None

    def moments(self) -> NDArray[np.datetime64]:
        """Return `ds`, or NaT for every value where the file has no dates: nobody may invent them."""
        if self.ds is not None:
            return self.ds
        return np.full(self.y.size, np.datetime64("NaT", "s"), dtype="datetime64[s]")


def roles_of(table: Table, date: str | None = None) -> Roles:
    """Return who plays what in `table`, told by names, then by content; `date` overrides the guess.

    Raises
    ------
    ColumnUnknown, InputError
        If `date` is no column, or none of dates.
    """
    dated = _date_column(table) if date is None else _known_date(table, date)
    parts = _price_parts(table)
    symbol = _symbol_column(table, dated)
    values = [c for c in table.numeric if c not in (dated, symbol) and not _row_number(table, c)]
    close = parts.get("adj_close") or parts.get("close")
    if close and len(parts) >= 2 and not parts.keys() <= {"close", "adj_close"}:
        layout, values = "ohlcv", [close]
    else:
        layout = "wide" if values else "empty"
        values = _without_adjusted_twin(values, parts)
    return Roles("long" if symbol and values else layout, dated, symbol, tuple(values), **parts)


def series_of(table: Table, column: str | None = None, date: str | None = None) -> list[RawSeries]:
    """Return the series of `table` that are worth analysing, or those of one `column`.

    A file with open, high, low and close gives its (adjusted) close; a long file one series a
    symbol; a wide file one a column.

    Raises
    ------
    ColumnUnknown, NotNumeric, InputError
        If `column` or `date` is not there, or not of the needed type; if there is no number at all.
    """
    roles = roles_of(table, date)
    wanted = (column,) if column is not None else roles.values
    if not wanted:
        raise InputError(N_("{name} has no column of numbers to analyse."), name=table.name)
    found: list[RawSeries] = []
    moments = _moments(table, roles.date)
    lines = table.lines.of(np.arange(table.rows))
    for name in wanted:
        values = table.floats(name)
        for symbol, rows in _groups(table, roles.symbol):
            ds = None if moments is None else moments[rows]
            found.append(_series(name, symbol, ds, values[rows], lines[rows], roles, many=len(wanted) > 1))
    return found


def _series(
    column: str, symbol: str | None, ds: Any, y: Any, lines: Any, roles: Roles, *, many: bool
) -> RawSeries:
    label = column if symbol is None else f"{symbol} {column}" if many else symbol
    return RawSeries(label, kind_of_series(column, y), ds, y, lines, column, symbol, _why(column, roles))


def _why(column: str, roles: Roles) -> Text | None:
    if roles.layout == "wide" or column not in (roles.close, roles.adj_close) or roles.values != (column,):
        return None
    if column == roles.adj_close and roles.close:
        return Text(
            fr=f"Le cours ajusté (« {column} ») est préféré à « {roles.close} » : "
            "dividendes et divisions y sont corrigés.",
            en=f"The adjusted price (“{column}”) is preferred to “{roles.close}”: "
            "dividends and splits are corrected.",
        )
    return Text(
        fr=f"Parmi les colonnes de cours, la clôture (« {column} ») est analysée.",
        en=f"Among the price columns, the close (“{column}”) is analysed.",
    )


def _groups(table: Table, symbol: str | None) -> Iterator[tuple[str | None, Any]]:
    """Yield each symbol with its rows, in order of first appearance; None where there is one series."""
    if symbol is None:
        yield None, slice(None)
        return
    coded = table.column(symbol).combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    order = np.argsort(codes, kind="stable")
    names = coded.dictionary.to_pylist()
    bounds = np.searchsorted(codes[order], np.arange(len(names) + 1))
    for code, label in enumerate(names):
        yield str(label), order[bounds[code] : bounds[code + 1]]


def _moments(table: Table, date: str | None) -> Any | None:
    if date is None:
        return None
    if table.kind(date) in _DATED:
        return table.moments(date)
    years = table.floats(date)
    months = np.where(np.isnan(years), np.nan, (years - 1970) * 12)
    known = ~np.isnan(months)
    moments = np.full(years.size, np.datetime64("NaT", "s"), dtype="datetime64[s]")
    moments[known] = months[known].astype(np.int64).astype("datetime64[M]").astype("datetime64[s]")
    return moments


def _date_column(table: Table) -> str | None:
    dated = [name for name in table.columns if table.kind(name) in _DATED and _present(table, name)]
    named = [name for name in dated if role_named(name) == "date"]
    if dated:
        return (named or dated)[0]
    return next((name for name in table.columns if _holds_years(table, name)), None)


def _present(table: Table, name: str) -> bool:
    return int(table.column(name).null_count) < table.rows


def _holds_years(table: Table, name: str) -> bool:
    # Whole numbers like 1998 in a column called Année are dates; in any other column they are numbers.
    if table.kind(name) != "integer" or plain_name(name) not in (
        "annee",
        "year",
        "date",
        "ds",
        "period",
        "periode",
    ):
        return False
    extremes = pc.min_max(table.column(name)).as_py()
    return extremes["min"] is not None and extremes["min"] >= 1600 and extremes["max"] <= 2200


def _known_date(table: Table, date: str) -> str:
    if table.kind(date) not in _DATED and not _holds_years(table, date):
        raise InputError(N_("The column “{column}” does not hold dates."), column=date)
    return date


def _price_parts(table: Table) -> dict[str, str]:
    parts: dict[str, str] = {}
    for name in table.numeric:
        role = role_named(name)
        if role in _PRICES:
            parts.setdefault(role, name)
    return parts


def _symbol_column(table: Table, date: str | None) -> str | None:
    """Return the column that tells series apart, if dates repeat because several series are stacked."""
    if date is None or not _dates_repeat(table, date):
        return None
    texts = [n for n in table.columns if table.kind(n) in ("text", "integer") and n != date]
    named = [n for n in texts if role_named(n) == "symbol"]
    plain = [n for n in texts if table.kind(n) == "text" and n not in named]
    return next((name for name in named + plain if _tells_apart(table, name, date)), None)


def _dates_repeat(table: Table, date: str) -> bool:
    distinct = pc.count_distinct(table.column(date), mode="only_valid").as_py()
    return bool(0 < distinct < 0.9 * (table.rows - table.column(date).null_count))


def _tells_apart(table: Table, name: str, date: str) -> bool:
    """Say whether dates hardly repeat any more once the rows are split by this column."""
    codes = table.column(name).combine_chunks().dictionary_encode()
    groups = len(codes.dictionary)
    if not 2 <= groups <= max(2, table.rows // 2):
        return False
    moments = _moments(table, date)
    if moments is None:
        return False
    labels = codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    _, days = np.unique(moments, return_inverse=True)
    pairs = np.sort(labels * (days.max() + 1) + days)
    return bool((pairs[1:] == pairs[:-1]).mean() < 0.05)


def _row_number(table: Table, name: str) -> bool:
    """Say whether a column only counts the rows, as an exported index does."""
    called = plain_name(name) in _COUNTERS or name.startswith("column_")
    if not called or len(table.numeric) < 2 or table.kind(name) != "integer" or table.column(name).null_count:
        return False
    values = table.floats(name)
    return bool(table.rows > 1 and values[0] in (0, 1) and (np.diff(values) == 1).all())


def _without_adjusted_twin(values: list[str], parts: dict[str, str]) -> list[str]:
    # Close beside Adj Close in a file of nothing else: one series, not two.
    if parts.keys() == {"close", "adj_close"} and set(values) == set(parts.values()):
        return [parts["adj_close"]]
    return values
