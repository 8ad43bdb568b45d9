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
        ("number", (2e-9, 250.5, 3.25, 10.0), ["2.000_×_10⁻⁹", "250.500", "3.250", "10.000"]),
        ("number", (0.0, 0.0, 0.0, 0.0), ["0", "0", "0", "0"]),
        ("number", (1.0, 2.5e12, 1e11, 3e11), ["1.000", "2.500_×_10¹²", "1.000_×_10¹¹", "3.000_×_10¹¹"]),
        ("date", ("2025-01-02", "2025-12-31", None, None), ["2025-01-02", "2025-12-31", "—", "—"]),
    ],
)
def test_the_numbers_of_a_column_have_the_same_decimals(
    kind: str, values: tuple[Any, ...], shown: list[str]
) -> None:
    """A column of whole numbers has whole extremes; what would be lost in the decimals is written out."""
    assert profiled(kind, **dict(zip(("min", "max", "mean", "std"), values, strict=True))) == [
        cell.replace("_", "\u00a0") for cell in shown
    ]


def test_the_mean_of_daily_returns_is_not_rounded_away() -> None:
    """A mean is a hundredth of the other moments: with their two decimals it would read 0.00%."""
    shape = {"mean": 9.1e-6, "std": 0.0058, "min": -0.042, "max": 0.0474, "skewness": None}
    shown = [value for _, value in tables.description(shape, "log-return", "en")]
    assert shown == ["0.0009%", "0.58%", "−4.20%", "4.74%"]


def measured(test: str, **estimate: Any) -> dict[str, tuple[str, str]]:
    result = {"test": test, "estimate": estimate}
    french, english = (tables.measures(result, language) for language in ("fr", "en"))
    return {en: (fr, value) for (_, fr), (en, value) in zip(french, english, strict=True)}


def test_an_estimate_stands_in_one_row_with_its_interval() -> None:
    """Value, both ends and level are four numbers of one thing; of one sample it is a centre, no shift."""
    found = {"hodges_lehmann": 1.25, "hodges_lehmann_ci_low": -0.5, "hodges_lehmann_ci_high": 3.0}
    shift = measured("mann-whitney", **found, hodges_lehmann_level=0.95)
    assert shift == {
        "shift (Hodges-Lehmann)": (
            "1,250 [−0,5000\u202f; 3,000], 95\u00a0%",
            "1.250 [−0.5000, 3.000], 95%",
        )
    }
    centre = measured("wilcoxon", **found, hodges_lehmann_level=0.9375)
    assert centre["centre (Hodges-Lehmann)"][1].endswith("], 93.8%")


def test_an_estimate_without_interval_is_shown_alone() -> None:
    """So few values have none at that level."""
    missing = {"hodges_lehmann_ci_low": None, "hodges_lehmann_ci_high": None, "hodges_lehmann_level": 0.95}
    shown = measured("mann-whitney", hodges_lehmann=1.25, **missing)
    assert shown == {"shift (Hodges-Lehmann)": ("1,250", "1.250")}


def test_a_count_has_no_decimals() -> None:
    """Six lags are "6", not "6.000", and what is measured keeps its digits."""
    shown = measured("adf", lags=6, n_used=12345, root=0.5)
    assert [value for _, value in shown.values()] == ["6", "12,345", "0.5000"]


@pytest.mark.parametrize(
    ("p", "bound", "shown"),
    [(0.01, "upper", "p\u00a0<\u00a00.01"), (0.1, "lower", "p\u00a0>\u00a00.1"), (0.0321, None, "0.032")],
)
def test_a_bound_of_p_is_shown_as_a_bound(p: float, bound: str | None, shown: str) -> None:
    """Of the joint verdict too: "0.01000" would be read as the p-value itself."""
    estimate = {"kpss_p_value": p, **({"kpss_p_bound": bound} if bound else {})}
    assert measured("stationarity", **estimate) == {"p of the KPSS test": (shown.replace(".", ","), shown)}


def test_what_the_effect_shows_is_not_shown_again() -> None:
    """Spearman's rho is the effect."""
    assert measured("spearman", rho=0.5) == {}


def test_critical_values_stand_behind_their_level() -> None:
    """In the typography of each language: results write "2.5%" for programs."""
    result = {"critical_values": {"1%": -3.4375, "2.5%": 0.574}}
    assert tables.critical_values(result, "fr") == ["1\u00a0%\u00a0: −3,438", "2,5\u00a0%\u00a0: 0,5740"]
    assert tables.critical_values(result, "en") == ["1%: −3.438", "2.5%: 0.5740"]


def backtest(model: str, **more: Any) -> dict[str, Any]:
    errors = {"mase": 0.9, "smape": 2.0, "rmse": 0.1, "mae": 0.1, "n": 20}
    return {
        "model": model,
        "accuracy": errors,
        "naive": errors,
        "skill": 0.1,
        "dm_p_value": None,
        "coverage": [],
        **more,
    }


@pytest.mark.parametrize(
    ("more", "naive"),
    [
        ({"target": "price"}, "Naive (last value)"),
        ({"target": "return"}, "Naive (no change)"),
        ({"target": "difference"}, "Naive (no change)"),
        ({}, "Naive (last value)"),  # kept by an earlier version
    ],
)
def test_models_stand_under_their_names(more: dict[str, Any], naive: str) -> None:
    """Not under those that programs know them by; naive means another thing for changes."""
    raced = tables.race([backtest("naive", **more), backtest("ets", **more)], "ets", "en")
    assert [row[0].strip() for row in raced["rows"]] == [naive, "→\u00a0Exponential smoothing (ETS)"]
    alone = tables.accuracy(backtest("ets", **more), "en")
    assert [row[0] for row in alone["rows"]] == ["Exponential smoothing (ETS)", naive]
    assert len(tables.accuracy(backtest("naive", **more), "en")["rows"]) == 1
