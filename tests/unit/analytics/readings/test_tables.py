"""Tables of results: what a cell says, and that the cells of one line agree."""

from typing import Any

import pytest

from boursa.analytics.readings import tables


def profiled(kind: str, **values: Any) -> list[str]:
    one = {"name": "x", "type": kind, "missing": 0, "distinct": 9, **values}
    return tables.columns({"columns": [one]}, "en")["rows"][0][4:]


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        ("number", (1658.71, 4933.07, 2873.853, 969.6023), ["1,658.71", "4,933.07", "2,873.85", "969.60"]),
        ("integer", (1004, 99772, 50969.41, 28307.52), ["1,004", "99,772", "50,969.4", "28,307.5"]),
        ("number", (-0.0366, 0.0391, 0.0009, 0.0117), ["−0.0366000", "0.0391000", "0.0009000", "0.0117000"]),
        ("number", (2e-9, 250.5, 3.25, 10.0), ["2.000e-09", "250.500", "3.250", "10.000"]),
        ("number", (0.0, 0.0, 0.0, 0.0), ["0", "0", "0", "0"]),
        ("number", (1.0, 2.5e12, 1e11, 3e11), ["1.000", "2.500e+12", "1.000e+11", "3.000e+11"]),
        ("date", ("2025-01-02", "2025-12-31", None, None), ["2025-01-02", "2025-12-31", "—", "—"]),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(
    kind: str, values: tuple[Any, ...], shown: list[str]
) -> None:
    """A column of whole numbers has whole extremes; what would be lost in the decimals is written out."""
    assert profiled(kind, **dict(zip(("min", "max", "mean", "std"), values, strict=True))) == shown


def test_the_mean_of_daily_returns_is_not_rounded_away() -> None:
    """A mean is a hundredth of the other moments: with their two decimals it would read 0.00%."""
    shape = {"mean": 9.1e-6, "std": 0.0058, "min": -0.042, "max": 0.0474, "skewness": None}
    shown = [value for _, value in tables.description(shape, "log-return", "en")]
    assert shown == ["0.0009%", "0.58%", "−4.20%", "4.74%"]
