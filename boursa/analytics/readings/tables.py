"""Tables of results in one language: heads with their units, and rows of cells ready to read.

Every door that shows a result to people takes its tables from here, so that a number is written
the same way on a terminal, on a page and in a report. A table is ``{"head": [{"label", "unit",
"numeric"}], "rows": [[text]]}``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from boursa.analytics.forecasting import catalogue as models
from boursa.analytics.readings.phrasing import measured
from boursa.analytics.readings.words import COLUMN_TYPES, MEASURES, named
from boursa.language import N_, fixed, integer, moment, number, p_value, percent, translate, typeset

Grid = dict[str, list[Any]]

_FORECAST_STEPS = (1, 2, 3, 5, 10, 20)
_EXAMPLES = 3
_PROFILED = ("min", "max", "mean", "std")
_DIGITS = 6
_WHOLE = 1e9  # beyond it a double without decimals is no count
_NOTHING = "—"


def column(label: str, unit: str | None = None, *, numeric: bool = True) -> dict[str, Any]:
    """Return the head of one column."""
    return {"label": label, "unit": unit, "numeric": numeric}


def race(backtests: Sequence[Mapping[str, Any]], chosen: str, language: str) -> Grid:
    """Return how every model did on the past, the chosen one marked by an arrow."""
    levels = sorted({row["level"] for row in backtests[0]["coverage"]})
    head = [
        column(translate(N_("model"), language), numeric=False),
        column("MASE"),
        column("sMAPE"),
        column(translate(N_("skill against naive"), language)),
        column("Diebold-Mariano"),
    ]
    held = N_("{level}% interval held")
    head += [column(translate(held, language).format(level=level)) for level in levels]
    return {"head": head, "rows": [_racer(one, chosen, levels, language) for one in backtests]}


def _racer(backtest: Mapping[str, Any], chosen: str, levels: Sequence[int], language: str) -> list[str]:
    held = {row["level"]: row["measured"] for row in backtest["coverage"] if row["horizon"] is None}
    accuracy, p, model = backtest["accuracy"], backtest["dm_p_value"], backtest["model"]
    skill = None if model == "naive" else backtest["skill"]
    return [
        ("→\u00a0" if model == chosen else "\u00a0\u00a0") + _model(backtest, model, language),
        _NOTHING if accuracy["mase"] is None else fixed(accuracy["mase"], language, 3),
        _NOTHING if accuracy["smape"] is None else percent(accuracy["smape"] / 100, language, 2),
        _NOTHING if skill is None else percent(skill, language),
        _NOTHING if p is None else p_value(p, language),
        *(percent(held[level], language) if level in held else _NOTHING for level in levels),
    ]


def _model(backtest: Mapping[str, Any], name: str, language: str) -> str:
    # A backtest that was kept by an earlier version does not say what was forecast.
    return models.label(name, backtest.get("target", "price"))[language]


def ahead(
    forecast: Mapping[str, Any], naive: Mapping[str, Any], language: str, *, every: bool = False
) -> Grid:
    """Return the forecast beside the naive one: chosen steps, or `every` one."""
    horizon = len(forecast["mean"])
    steps = (
        range(1, horizon + 1) if every else sorted({s for s in _FORECAST_STEPS if s < horizon} | {horizon})
    )
    shown = [forecast] if forecast["model"] == naive["model"] else [forecast, naive]
    numbered = isinstance(forecast["ds"][0], int)
    head = [column(translate(N_("observation") if numbered else N_("date"), language), numeric=False)]
    for one in shown:
        head.append(column(models.label(one["model"], one["target"])[language]))
        head += [column(percent(interval["level"] / 100, language, 0)) for interval in one["intervals"]]
    rows = [
        [
            _place(forecast["ds"][step - 1], language),
            *(cell for one in shown for cell in _ahead_cells(one, step - 1, language)),
        ]
        for step in steps
    ]
    return {"head": head, "rows": rows}


def _place(ds: str | int, language: str) -> str:
    return integer(ds, language) if isinstance(ds, int) else moment(ds, language)


def _ahead_cells(forecast: Mapping[str, Any], place: int, language: str) -> list[str]:
    def amount(value: float | None) -> str:
        return _NOTHING if value is None else number(value, language, 5)

    return [
        amount(forecast["mean"][place]),
        *(f"{amount(one['low'][place])} … {amount(one['high'][place])}" for one in forecast["intervals"]),
    ]


def accuracy(backtest: Mapping[str, Any], language: str) -> Grid:
    """Return the errors of one model and of the naive forecast on the same past."""
    head = [column(translate(N_("model"), language), numeric=False), column("MASE"), column("sMAPE", "%")]
    head += [column("RMSE"), column("n")]
    known = {backtest["model"]: backtest["accuracy"], "naive": backtest["naive"]}
    rows = [_accuracy_row(_model(backtest, name, language), one, language) for name, one in known.items()]
    return {"head": head, "rows": rows}


def _accuracy_row(name: str, errors: Mapping[str, Any], language: str) -> list[str]:
    def amount(key: str, decimals: int) -> str:
        return _NOTHING if errors[key] is None else fixed(errors[key], language, decimals)

    return [name, amount("mase", 3), amount("smape", 2), amount("rmse", 5), integer(errors["n"], language)]


def coverage(backtest: Mapping[str, Any], language: str, *, every: bool = False) -> Grid:
    """Return how often the intervals of one model held: at the first and last step and over all."""
    labels = (N_("interval"), N_("step"), N_("held"))
    head = [column(translate(label, language)) for label in labels] + [column("n")]
    shown = {None, 1, backtest["horizon"]}
    rows = [_held(row, language) for row in backtest["coverage"] if every or row["horizon"] in shown]
    return {"head": head, "rows": rows}


def _held(row: Mapping[str, Any], language: str) -> list[str]:
    step = translate(N_("all"), language) if row["horizon"] is None else str(row["horizon"])
    return [
        percent(row["level"] / 100, language, 0),
        step,
        percent(row["measured"], language),
        integer(row["n"], language),
    ]


def description(shape: Mapping[str, Any], moves: str, language: str) -> list[tuple[str, str]]:
    """Return the moments of the moves, each with its name; returns are in percent."""

    def amount(value: float, decimals: int = 2) -> str:
        return number(value, language) if moves == "difference" else percent(value, language, decimals)

    named = [
        (N_("mean"), amount(shape["mean"], 4)),  # of daily returns it is a hundredth of the others
        (N_("standard deviation"), amount(shape["std"])),
        (N_("smallest"), amount(shape["min"])),
        (N_("largest"), amount(shape["max"])),
    ]
    if shape["skewness"] is not None:
        named.append((N_("skewness"), fixed(shape["skewness"], language)))
        named.append((N_("excess kurtosis"), fixed(shape["excess_kurtosis"], language)))
    return [(translate(name, language), value) for name, value in named]


def evidence(test: str, result: Mapping[str, Any], language: str) -> str:
    """Return a test's statistic, p-value and n in one line."""
    parts = [test, f"{result['statistic_name']}\u00a0=\u00a0{quantity(result['statistic'], language)}"]
    if result["p_value"] is not None:
        parts.append(p_value(result["p_value"], language, result["estimate"].get("p_bound")))
    parts.append(f"n\u00a0=\u00a0{integer(result['n'], language)}")
    return ", ".join(parts)


def quantity(value: float, language: str) -> str:
    """Write a number of a result: a count, or a sum of ranks, without decimals."""
    whole = isinstance(value, int) or (value == round(value) and abs(value) < _WHOLE)
    return integer(int(value), language) if whole else number(value, language)


# What a result reports beside its statistic: these stand in the row of another measure, or are shown
# with the effect already.
_PARTS = ("_ci_low", "_ci_high", "_level", "_bound")
_SHOWN_AS_EFFECT = frozenset({"rho"})
_IN_UNIT = frozenset({"hodges_lehmann", "median", "median_x", "median_y"})


def measures(result: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Return what a test reports beside statistic and effect, each number with its name."""
    estimate, unit = result["estimate"], result.get("unit", "")
    return [
        (_measure_name(name, result["test"], language), _measure(name, value, estimate, unit, language))
        for name, value in estimate.items()
        if isinstance(value, int | float)
        and not isinstance(value, bool)
        and name not in _SHOWN_AS_EFFECT
        and not name.endswith(_PARTS)
    ]


def _measure_name(name: str, test: str, language: str) -> str:
    # Of one sample, or of differences, the same estimate is no shift but a centre.
    return named(MEASURES, f"{name} ({test})" if f"{name} ({test})" in MEASURES else name, language)


def _measure(name: str, value: float, estimate: Mapping[str, Any], unit: str, language: str) -> str:
    if name.endswith("p_value"):
        bound = estimate.get(name.removesuffix("value") + "bound")
        return p_value(value, language, bound).removeprefix("p\u00a0=\u00a0")
    if unit and name in _IN_UNIT:
        shown = measured(value, unit, language)
    else:
        shown, unit = quantity(value, language), ""
    low, high = estimate.get(f"{name}_ci_low"), estimate.get(f"{name}_ci_high")
    if low is None or high is None:
        return shown
    between = typeset(" ; ") if language == "fr" else ", "
    level = 100 * estimate[f"{name}_level"]
    share = percent(level / 100, language, 0 if abs(level - round(level)) < 1e-9 else 1)
    ends = between.join(measured(end, unit, language) for end in (low, high))
    return f"{shown} [{ends}], {share}"


def critical_values(result: Mapping[str, Any], language: str) -> list[str]:
    """Return the critical values, each behind its level: ``5 % : −2,863``, ``5%: −2.863``."""
    colon = typeset(" : ") if language == "fr" else ": "
    return [
        _level(level, language) + colon + number(value, language)
        for level, value in result["critical_values"].items()
    ]


def _level(written: str, language: str) -> str:
    # Results write "2.5%", in every language.
    share = float(written.removesuffix("%"))
    return percent(share / 100, language, 0 if share == int(share) else 1)


def present(quality: Mapping[str, Any]) -> int:
    """Return how many values there are to analyse: those that are given, on a date where there are dates."""
    undated = sum(one["count"] for one in quality["findings"] if one["code"] == "without-date")
    return int(quality["n"] - quality["n_missing"] - undated)


def finding(found: Mapping[str, Any], language: str) -> str:
    """Return what the quality check found, with the first dates where it was found."""
    dates = [moment(str(one["date"]), language) for one in found["examples"] if one.get("date")][:_EXAMPLES]
    more = ", …" if found["count"] > len(dates) else ""
    return str(found["note"][language]) + (f" ({', '.join(dates)}{more})" if dates else "")


def columns(profile: Mapping[str, Any], language: str) -> Grid:
    """Return the profile of every column of a file."""
    labels = (N_("missing"), N_("distinct"), N_("min"), N_("max"), N_("mean"), N_("std"))
    head = [column(translate(label, language), numeric=False) for label in (N_("column"), N_("type"))]
    head += [column(translate(label, language)) for label in labels]

    return {"head": head, "rows": [_profiled(one, language) for one in profile["columns"]]}


def _profiled(one: Mapping[str, Any], language: str) -> list[str]:
    integers = one["type"] == "integer"
    decimals = _shared_decimals([one[key] for key in _PROFILED])

    def amount(key: str) -> str:
        value = one[key]
        if value is None:
            return _NOTHING
        if isinstance(value, str):
            return moment(value, language)
        if integers and key in ("min", "max"):
            return integer(int(value), language)
        if decimals is None or 0 < abs(value) < 10.0 ** (1 - decimals):  # too small for these decimals
            return number(value, language)
        return fixed(value, language, decimals)

    return [
        one["name"],
        COLUMN_TYPES[one["type"]][language],
        integer(one["missing"], language),
        integer(one["distinct"], language),
        *map(amount, _PROFILED),
    ]


def _shared_decimals(values: Sequence[Any]) -> int | None:
    """Return how many decimals show the largest number to six digits, if it can be written out."""
    largest = max((abs(one) for one in values if isinstance(one, int | float)), default=0.0)
    if not 1e-4 <= largest < 1e9:
        return None
    return max(0, _DIGITS - 1 - math.floor(math.log10(largest)))
