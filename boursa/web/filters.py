"""What templates call on values of results: their words, and their tables in the person's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Flask
from markupsafe import Markup

from boursa.analytics.forecasting import catalogue as models
from boursa.analytics.readings import bilan, tables, words
from boursa.analytics.statistics import catalogue as tests
from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.language import N_, fixed, integer, moment, number, percent
from boursa.language import p_value as p_text
from boursa.web.speaking import language, say

_DIALECT = {
    "separator": N_("Separator"),
    "encoding": N_("Encoding"),
    "decimal": N_("Decimal mark"),
    "thousands": N_("Thousands mark"),
    "dates": N_("Order of dates"),
}
_MARKS = {
    "\t": N_("tab"),
    ";": N_("semicolon ;"),
    ",": N_("comma ,"),
    ".": N_("point ."),
    "|": N_("bar |"),
    " ": N_("space"),
    "'": N_("apostrophe '"),
    "none": N_("none"),
    "": N_("As found in the file"),
    "dmy": N_("day, month, year"),
    "mdy": N_("month, day, year"),
    "ymd": N_("year, month, day"),
}
_CHOICES = {
    "separator": ("", ";", ",", "\t", "|"),
    "decimal": ("", ",", "."),
    "thousands": ("", " ", ".", ",", "'", "none"),
    "dates": ("", "dmy", "mdy", "ymd"),
    "encoding": ("", "utf-8", "latin-1", "cp1252", "utf-16", "mac-roman"),
}
_WISHES = {
    "normality": N_("Are my values normally distributed?"),
    "location": N_("Is one thing larger than another?"),
    "association": N_("Do two things go together?"),
    "stationarity": N_("Does my series come back to a level?"),
    "memory": N_("Does the past tell about the future?"),
    "volatility": N_("Is it sometimes calm, sometimes turbulent?"),
}


def register(app: Flask) -> None:
    """Make the filters known to templates."""
    app.jinja_env.globals["frequency_choices"] = _frequency_choices
    app.jinja_env.filters.update(_words() | _grids() | _forms())


def _words() -> dict[str, Any]:
    def word(mapping: Mapping[str, Any]) -> Any:
        return lambda name: words.named(mapping, name, language())

    return {
        "record_kind": word(words.RECORDS),
        "series_kind": word(words.KINDS),
        "column_type": word(words.COLUMN_TYPES),
        "family_name": word(words.FAMILIES),
        "moves_name": word(words.MOVES),
        "method_name": lambda written: words.method(written, language()),
        "alternative_name": word(words.ALTERNATIVES),
        "estimate_name": word(words.MEASURES),
        "family_wish": lambda family: say(_WISHES[family]),
        "frequency": lambda letter: words.frequency(letter)[language()],
        "dialect_name": lambda name: say(_DIALECT[name]) if name in _DIALECT else name,
        "dialect_value": lambda value, name: _mark(name, value),
        "model_name": _model_name,
        "test_question": _question,
        "needs": _needs,
    }


def _grids() -> dict[str, Any]:
    return {
        "race_table": lambda one: tables.race(one["backtests"], one["chosen"], language()),
        "ahead_table": lambda one, every=False: tables.ahead(
            one["forecast"], one["naive"], language(), every=every
        ),
        "accuracy_table": lambda one: tables.accuracy(one, language()),
        "coverage_table": lambda one: tables.coverage(one, language(), every=True),
        "profile_table": lambda one: tables.columns(one, language()),
        "description": lambda shape, moves: tables.description(shape, moves, language()),
        "evidence": lambda result: tables.evidence(result["test"], result, language()),
        "present": tables.present,
        "unanswered": bilan.unanswered,
        "finding": lambda one: tables.finding(one, language()),
        "amount": _amount,
        "p_number": lambda p, bound=None: p_text(p, language(), bound).removeprefix("p\u00a0=\u00a0"),
        "df_text": lambda df: ", ".join(_degrees(one) for one in (df if _many(df) else [df])),
        "measures": lambda result: tables.measures(result, language()),
        "critical_values": lambda result: tables.critical_values(result, language()),
        "quantity": lambda value: tables.quantity(value, language()),
        "sample_rows": lambda samples: [
            [one["name"], integer(one["n"], language()), integer(one["n_dropped"], language())]
            for one in samples
        ],
        "parameter_rows": _parameter_rows,
        "preview_rows": _preview_rows,
        "on_screen": _on_screen,
        "fan": _fan,
        "fan_summary": _fan_summary,
        "fan_labels": _fan_labels,
    }


def _forms() -> dict[str, Any]:
    return {
        "by_family": lambda members: [
            (name, list(of)) for name, of in groupby(members, lambda one: one.family)
        ],
        "dataset_choices": lambda rows: [
            (one.id, f"{one.filename} ({integer(one.n_rows, language())})") for one in rows
        ],
        "model_choices": lambda known: [(one.name, one.label[language()]) for one in known],
        "option_choices": lambda name: [(value, _mark(name, value)) for value in _CHOICES[name]],
        "option_labels": lambda values, name: [(value, _mark(name, value)) for value in values],
        "option_kind": _option_kind,
        "option_values": _option_values,
        "alternative_choices": lambda known: [
            ("", "—"),
            *((one, words.ALTERNATIVES[one][language()]) for one in known),
        ],
    }


def _question(name: str) -> str | None:
    known = {one.name: one for one in tests.CATALOGUE}
    return known[name].question[language()] if name in known else None


def _mark(name: str, value: str) -> str:
    return value if name == "encoding" and value else say(_MARKS.get(value, value))


def _needs(test: StatisticalTest) -> str:
    least, most = test.columns
    if least == most:
        return say(N_("columns of numbers: {n}"), n=least)
    if most > 20:
        return say(N_("columns of numbers: {least} or more"), least=least)
    return say(N_("columns of numbers: {least} to {most}"), least=least, most=most)


def _amount(value: float, unit: str) -> str:
    return number(value, language()) if unit == "difference" else percent(value, language(), 2)


def _degrees(df: float) -> str:
    return integer(int(df), language()) if df == int(df) else number(df, language())


def _many(value: Any) -> bool:
    return isinstance(value, list)


def _parameter_rows(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    # The names are those of the API and the command line, the same in every language.
    return [(Markup("<code>{}</code>").format(name), _shown(value)) for name, value in parameters.items()]


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_shown(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("no"))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _preview_rows(preview: Mapping[str, Any]) -> list[list[str]]:
    """Return the first rows of a file; a column of numbers has as many decimals as the file gave it."""
    kinds = [one["type"] for one in preview["columns"]]
    decimals = [
        max((_decimals(row[place]) for row in preview["rows"]), default=0) if kind == "number" else 0
        for place, kind in enumerate(kinds)
    ]
    return [
        [_cell(value, kind, most) for value, kind, most in zip(row, kinds, decimals, strict=True)]
        for row in preview["rows"]
    ]


def _cell(value: Any, kind: str, decimals: int) -> str:
    if value is None:
        return "—"
    if kind in ("date", "datetime"):
        return moment(str(value), language())
    if kind in ("integer", "number"):
        return fixed(value, language(), decimals)
    if kind == "boolean":
        return say(N_("yes") if value else N_("no"))
    return str(value)


def _decimals(value: float | None) -> int:
    text = "" if value is None else repr(value)
    return 6 if "e" in text else len(text.partition(".")[2].rstrip("0"))


def _fan(study: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chart's data: what was, the forecast, and the naive one where it is another."""
    forecast, naive = study["forecast"], study["naive"]
    return {
        "kind": "fan",
        "recent": {name: study["figures"]["recent"][name] for name in ("x", "y")},
        "x": forecast["ds"],
        "forecast": _line(forecast),
        "naive": None if naive["model"] == forecast["model"] else _line(naive),
    }


# What is measured in the unit of the figure, by kind: on screen a return is in percent.
_NAMED_UNITS = ("price", "rate", "count")
_MEASURED = {
    "line": ("y",),
    "histogram": ("edges",),
    "qq": ("sample", "low", "high", "slope", "intercept"),
    "volatility": ("y", "level"),
}


def _on_screen(figure: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of a chart in the unit that people read, named in their language."""
    unit = figure.get("unit")
    if unit == "fraction":
        scaled = {name: _percent(figure[name]) for name in _MEASURED[figure["kind"]]}
        return {**figure, **scaled, "unit": "%"}
    return {**figure, "unit": words.KINDS[unit][language()] if unit in _NAMED_UNITS else ""}


def _percent(value: Any) -> Any:
    if isinstance(value, list):
        return [_percent(one) for one in value]
    return None if value is None else 100 * value


def _line(forecast: Mapping[str, Any]) -> dict[str, Any]:
    intervals = [{name: one[name] for name in ("level", "low", "high")} for one in forecast["intervals"]]
    return {"model": forecast["model"], "mean": forecast["mean"], "intervals": intervals}


def _fan_summary(study: Mapping[str, Any]) -> str:
    forecast = study["forecast"]
    told = {
        "model": _model_name(forecast["model"], forecast["target"]),
        "mean": number(forecast["mean"][-1], language(), 5),
        "when": _when(forecast["ds"][-1]),
        "n": integer(forecast["n"], language()),
    }
    if not forecast["intervals"]:  # too few past forecasts: a caution says so
        return say(N_("{model}: {mean} {when}; n = {n}."), **told)
    widest = max(forecast["intervals"], key=lambda one: one["level"])
    return say(
        N_("{model}: {mean} {when}, {level}% interval from {low} to {high}; n = {n}."),
        **told,
        level=widest["level"],
        low=number(widest["low"][-1], language(), 5),
        high=number(widest["high"][-1], language(), 5),
    )


def _when(ds: str | int) -> str:
    # Translators: both follow a value, as in "52.1 on 2025-12-31".
    if isinstance(ds, int):
        return say(N_("at observation {number}"), number=integer(ds, language()))
    return say(N_("on {date}"), date=moment(ds, language()))


def _option_kind(option: Option) -> str:
    if option.kind == "boolean" or (option.choices and option.kind == "choice"):
        return "select"
    return "text"


def _option_values(option: Option) -> Sequence[tuple[str, str]]:
    default = "" if option.default is None else f" ({_shown_default(option.default)})"
    empty = ("", say(N_("As usual")) + default)
    if option.kind == "boolean":
        return [empty, ("true", say(N_("yes"))), ("false", say(N_("no")))]
    return [empty, *((one, one) for one in option.choices)]


def _shown_default(value: object) -> str:
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("no"))
    return str(value)


def _fan_labels(study: Mapping[str, Any]) -> dict[str, str]:
    """Return the words in the drawing of a forecast: its line carries the name of its model."""
    model = _model_name(study["forecast"]["model"], study["target"])
    return {"forecast": say(N_("Forecast: {model}"), model=model)}


def _model_name(name: str, target: str) -> str:
    return models.label(name, target)[language()]


def _frequency_choices() -> Iterable[tuple[str, str]]:
    return [(letter, text[language()]) for letter, text in words.FREQUENCIES.items() if letter != "n"]
