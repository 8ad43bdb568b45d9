"""A French CSV of 1,000,000 rows x 8 (`;`, decimal comma, dd/mm/yyyy, latin-1), read and typed."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from boursa import ingest

ROWS = 1_000_000
COLUMNS = ["date", "open", "high", "low", "close", "volume", "adj_close", "symbol"]
FILE = Path(tempfile.gettempdir()) / "boursa-benchmarks" / f"cours-{ROWS}.csv"
SMALL = FILE.with_name("cours-2000.csv")


def cours(rows: int) -> str:
    """Return a file of `rows` daily prices as French Excel writes it; the same text each time."""
    rng = np.random.default_rng(20260101)
    days = np.datetime64("1990-01-01") + np.arange(2_500)
    per_symbol = np.resize(days, rows)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, rows)) / 10)
    table = pd.DataFrame({"date": per_symbol})
    for name, shift in {"open": 0.001, "high": 0.004, "low": -0.004, "close": 0.0}.items():
        table[name] = np.round(close * (1 + shift), 4)
    table["volume"] = rng.integers(1_000, 9_000_000, rows)
    table["adj_close"] = np.round(close * 0.97, 4)
    table["symbol"] = [f"SOCIÉTÉ{row // days.size:03d}" for row in range(rows)]
    return str(table[COLUMNS].to_csv(sep=";", decimal=",", index=False, date_format="%d/%m/%Y"))


def read_pandas(path: Path = FILE) -> int:
    """Read as pandas' own manual says: everything declared, nothing repaired afterwards."""
    table = pd.read_csv(
        path, sep=";", decimal=",", encoding="latin-1", parse_dates=["date"], date_format="%d/%m/%Y"
    )
    return len(table)


def read_boursa(path: Path = FILE) -> int:
    """Read as a person's upload is read: nothing declared, everything detected."""
    return ingest.read(path, name=path.name).rows


CONTENDERS = {"pandas, idiomatic": read_pandas, "boursa.ingest": read_boursa}


def warm_up(name: str) -> None:
    """Make the file if need be; compile on a small one, and see that no row is dropped."""
    FILE.parent.mkdir(exist_ok=True)
    for path, rows in ((FILE, ROWS), (SMALL, 2_000)):
        if not path.exists():
            draft = path.with_suffix(".new")
            draft.write_text(cours(rows), encoding="latin-1")
            draft.replace(path)
    if CONTENDERS[name](SMALL) != 2_000:
        raise SystemExit(f"{name} drops rows: its time would prove nothing")
