"""The offline samples: real, licensed, and readable in every form they are offered in."""

import csv
import datetime as dt
import io
import subprocess
import sys
import zipfile
from importlib.resources import files

import pytest

from boursa.errors import NameUnknown, OptionUnknown, TooFewObservations
from boursa.ingest import read
from boursa.ingest.roles import series_of
from boursa.language import Text
from boursa.providers import registry
from boursa.providers.base import Symbol

SAMPLES = registry.get("samples")
ALL = SAMPLES.symbols()


def ecb() -> list[dict[str, str]]:
    with zipfile.ZipFile(str(files("currency_converter") / "eurofxref-hist.zip")) as archive:
        return list(csv.DictReader(io.StringIO(archive.read("eurofxref-hist.csv").decode())))


def test_the_registry_knows_its_providers() -> None:
    """An unknown name is answered with the known ones."""
    assert SAMPLES.name == "samples"
    with pytest.raises(NameUnknown, match="samples"):
        registry.get("bloomberg")


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_every_sample_is_dated_ordered_and_licensed(one: Symbol) -> None:
    """Dates ascend without repetition, the close is positive, and somebody is thanked."""
    prices = SAMPLES.fetch(one.symbol)
    assert prices.data.equals(SAMPLES.fetch(one.name).data)
    dates = prices.data.column("date").to_pylist()
    assert dates == sorted(set(dates))
    assert prices.rows > 1000
    assert all(value is None or value > 0 for value in prices.data.column("close").to_pylist())
    assert prices.licence == one.licence
    assert isinstance(one.label, Text)
    assert set(prices.data.column("symbol").to_pylist()) == {one.symbol}


def test_known_days_have_the_prices_that_the_world_knows() -> None:
    """S&P 500 closed at 2506.85 on 31 December 2018 and at 1565.15, its peak, on 9 October 2007."""
    prices = SAMPLES.fetch("sp500").data
    closes = dict(zip(prices.column("date").to_pylist(), prices.column("close").to_pylist(), strict=True))
    assert closes[dt.date(2018, 12, 31)] == pytest.approx(2506.85, abs=0.005)
    assert closes[dt.date(2007, 10, 9)] == pytest.approx(1565.15, abs=0.005)
    assert prices.num_rows == 5031


def test_euro_rates_are_those_of_the_central_bank() -> None:
    """Every rate equals the one in the bank's own file, read here by Python's csv module."""
    prices = SAMPLES.fetch("EURUSD=X").data
    theirs = {row["Date"]: float(row["USD"]) for row in ecb()}
    ours = {
        str(day): rate
        for day, rate in zip(
            prices.column("date").to_pylist(), prices.column("close").to_pylist(), strict=True
        )
    }
    assert ours == theirs


def test_the_franc_cfa_follows_from_its_peg() -> None:
    """One dollar is 655.957 francs divided by the dollars in a euro, that day."""
    prices = SAMPLES.fetch("USDXOF=X").data
    theirs = {row["Date"]: 655.957 / float(row["USD"]) for row in ecb()}
    for day, rate in zip(prices.column("date").to_pylist(), prices.column("close").to_pylist(), strict=True):
        assert rate == pytest.approx(theirs[str(day)], rel=1e-15)


def test_start_and_end_are_both_included() -> None:
    """A year of trading days, from the first to the last."""
    prices = SAMPLES.fetch("sp500", start=dt.date(2018, 1, 2), end=dt.date(2018, 12, 31)).data
    dates = prices.column("date").to_pylist()
    assert (dates[0], dates[-1], len(dates)) == (dt.date(2018, 1, 2), dt.date(2018, 12, 31), 251)
    with pytest.raises(TooFewObservations):
        SAMPLES.fetch("sp500", start=dt.date(2030, 1, 1))


def test_what_there_is_not_is_said() -> None:
    """Unknown symbols list the known ones; samples are daily."""
    with pytest.raises(NameUnknown, match="sp500"):
        SAMPLES.fetch("AAPL")
    with pytest.raises(OptionUnknown, match="1wk"):
        SAMPLES.fetch("sp500", "1wk")


@pytest.mark.parametrize("name", ["sp500", "wti", "usdxof"])
def test_a_sample_survives_french_excel(name: str) -> None:
    """Written as French Excel does and read by detection alone, every figure is the same."""
    prices = SAMPLES.fetch(name)
    french, plain = prices.as_french_csv(), prices.as_csv()
    assert french.startswith(b"Date;")
    assert "Clôture".encode("latin-1") in french.splitlines()[0]
    tables = read(french, name="fr.csv"), read(plain, name="en.csv")
    assert [table.dialect.separator for table in tables] == [";", ","]
    for table in tables:
        assert (table.questions, table.rejected_total) == ((), 0)
        for column, ours in zip(table.data.columns, prices.data.columns, strict=True):
            assert column.to_pylist() == ours.to_pylist()
        assert series_of(table)[0].kind == "price"


def test_samples_do_not_import_the_packages_that_carry_them() -> None:
    """Importing arch costs nearly two seconds; its data file costs milliseconds."""
    code = (
        "import sys; from boursa.providers.registry import get; get('samples').fetch('sp500');"
        "get('samples').fetch('eurusd');"
        "heavy = ('arch', 'currency_converter', 'scipy', 'statsmodels');"
        "print([module for module in heavy if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
