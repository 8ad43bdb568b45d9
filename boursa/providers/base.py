"""What every source of prices offers, and the table of prices that it answers with."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv as arrow_csv

from boursa.language import Text

INTERVALS = ("1m", "5m", "15m", "1h", "1d", "1wk", "1mo")
FIELDS = ("date", "open", "high", "low", "close", "volume", "adj_close")

_FRENCH_NAMES = {
    "date": "Date",
    "open": "Ouverture",
    "high": "Plus haut",
    "low": "Plus bas",
    "close": "Clôture",
    "volume": "Volume",
    "adj_close": "Clôture ajustée",
    "symbol": "Symbole",
}


@dataclass(frozen=True)
class Symbol:
    """One series that a provider has: Yahoo-style `symbol`, a name that people use, what it is."""

    symbol: str
    name: str
    label: Text
    licence: str


@dataclass(frozen=True)
class PriceTable:
    """Prices of one symbol in time order, oldest first.

    `data` is an Arrow table with ``date`` (date32, or timestamp within the day), those of ``open, high,
    low, close, volume, adj_close`` that the source has (float64 or int64, missing values null) and
    ``symbol``. `licence` is the line that must stand wherever the data are shown or passed on.
    """

    symbol: str
    name: str
    provider: str
    interval: str
    licence: str
    data: Any

    @property
    def rows(self) -> int:
        """The number of observations."""
        return int(self.data.num_rows)

    def as_csv(self) -> bytes:
        """Return the table as CSV with ISO dates and decimal points, the form that is kept."""
        sink = io.BytesIO()
        arrow_csv.write_csv(self.data, sink, arrow_csv.WriteOptions(quoting_style="needed"))
        return sink.getvalue()

    def as_french_csv(self) -> bytes:
        """Return the table as French Excel saves it: ``;``, decimal comma, ``dd/mm/yyyy``, latin-1, CRLF."""
        names = [_FRENCH_NAMES[name] for name in self.data.column_names]
        columns = [[_french(value) for value in self.data.column(i).to_pylist()] for i in range(len(names))]
        lines = [";".join(names), *(";".join(row) for row in zip(*columns, strict=True))]
        return ("\r\n".join(lines) + "\r\n").encode("latin-1")


def _french(value: Any) -> str:
    match value:
        case None:
            return ""
        case date():
            return value.strftime("%d/%m/%Y")
        case float():
            return repr(value).replace(".", ",")
    return str(value)


class Provider(Protocol):
    """A source of prices."""

    name: str
    label: Text

    def symbols(self) -> Sequence[Symbol]:
        """Return the series that the source is known to have; a large market lists a selection."""

    def fetch(
        self, symbol: str, interval: str = "1d", start: date | None = None, end: date | None = None
    ) -> PriceTable:
        """Return the prices of `symbol` from `start` to `end`, both included.

        Raises
        ------
        NameUnknown
            If the source has no such symbol.
        OptionUnknown
            If it has not that interval.
        TooFewObservations
            If nothing lies between `start` and `end`.
        ProviderError
            If the source does not answer, or refuses.
        """


def between(data: Any, start: date | None, end: date | None) -> Any:
    """Return the rows of a price table from `start` to `end`, both included."""
    days = data.column("date").cast(pa.date32())
    keep = pa.array(
        [(start is None or day >= start) and (end is None or day <= end) for day in days.to_pylist()]
    )
    return data.filter(keep)
