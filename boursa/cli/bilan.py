"""The Bilan as text for a terminal, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boursa.analytics.readings import bilan as readings
from boursa.analytics.readings import tables, words
from boursa.cli import page
from boursa.cli.speaking import language, say
from boursa.language import N_, fixed, integer, moment, number, percent

_MARKS = {"error": "✗ ", "warning": "! ", "info": "· "}


def block_lines(series: str, kind: str, block: str, content: Mapping[str, Any], *, titled: bool) -> list[str]:
    """Return one block of one series, under the series' title if it is `titled`."""
    head = page.title(f"{series}  ·  {words.KINDS[kind][language()]}") if titled else []
    return [*head, *_BLOCKS[block](content)]


def lines(result: Mapping[str, Any]) -> list[str]:
    """Return a whole Bilan as it was kept."""
    text = []
    for part in result["series"]:
        present = [block for block in _BLOCKS if block in part]
        for place, block in enumerate(present):
            text += block_lines(part["name"], part["kind"], block, part[block], titled=place == 0)
    return text


def frequency(letter: str | None) -> str:
    """Return a frequency in words."""
    return words.frequency(letter)[language()]


def _quality(content: Mapping[str, Any]) -> list[str]:
    lines = page.heading(say(N_("The data")))
    n, missing = (integer(one, language()) for one in (tables.present(content), content["n_missing"]))
    if content["start"] is None:
        lines += page.paragraph(
            say(N_("Values: {n}, without dates; missing: {missing}."), n=n, missing=missing)
        )
    else:
        sentence = N_("Values: {n}, from {start} to {end}, {frequency}; missing: {missing}.")
        how = frequency(content["frequency"])
        start, end = (moment(content[key], language()) for key in ("start", "end"))
        lines += page.paragraph(say(sentence, n=n, start=start, end=end, frequency=how, missing=missing))
    for finding in content["findings"]:
        lines += page.paragraph(tables.finding(finding, language()), mark=_MARKS[finding["severity"]])
    if not content["findings"]:
        lines += page.paragraph(say(N_("Nothing to report.")), mark="✓ ")
    return lines


def _behaviour(content: Mapping[str, Any]) -> list[str]:
    shape = content["description"]
    what = say(
        N_("{n} {moves}"), n=integer(shape["n"], language()), moves=words.MOVES[content["moves"]][language()]
    )
    lines = page.heading(say(N_("How it moves")), what)
    for repair in content["repairs"]:
        lines += page.paragraph(repair["note"][language()], mark=_MARKS["info"])
    if shape["n"] > 1:
        lines += page.paragraph(_description(shape, content["moves"]))
    unanswered = readings.unanswered(content["answers"])
    if unanswered:
        return lines + page.paragraph(unanswered[language()])
    for answer in content["answers"]:
        lines += _answer(answer)
    return lines


def _description(shape: Mapping[str, Any], moves: str) -> str:
    named = tables.description(shape, moves, language())
    return ", ".join(f"{name} {value}" for name, value in named) + "."


def _amount(value: float) -> str:
    return number(value, language())


def _percentage(value: float) -> str:
    return percent(value, language(), 2)


def _answer(answer: Mapping[str, Any]) -> list[str]:
    lines = page.paragraph(answer["question"][language()], mark="? ")
    if answer["refused"]:
        return lines + page.paragraph(answer["refused"][language()], indent=6)
    result = answer["result"]
    evidence = tables.evidence(answer["test"], result, language())
    return lines + page.paragraph(f"{result['reading'][language()]} [{evidence}]", indent=6)


def _volatility(content: Mapping[str, Any]) -> list[str]:
    lines = page.heading(say(N_("Volatility")), f"n = {integer(content['n'], language())}")
    if "vol" not in content:
        return lines + page.paragraph(say(N_("Too few values.")))
    amount = _amount if content["unit"] == "difference" else _percentage
    sentence = N_(
        "{whole} per step over the whole series; now {now} (EWMA {decay}), higher than {rank} of the past."
    )
    decay, rank = fixed(content["ewma_decay"], language()), percent(content["ewma_rank"], language(), 0)
    whole, now = amount(content["vol"]), amount(content["ewma_vol"])
    lines += page.paragraph(say(sentence, whole=whole, now=now, decay=decay, rank=rank))
    if "vol_annual" not in content:
        return lines
    yearly = N_("In a year of {periods} steps: {whole} over the whole series, {now} at the present rate.")
    periods = integer(content["periods_per_year"], language())
    whole, now = amount(content["vol_annual"]), amount(content["ewma_vol_annual"])
    return lines + page.paragraph(say(yearly, periods=periods, whole=whole, now=now))


def _forecast(content: Mapping[str, Any]) -> list[str]:
    if content["refused"]:
        return page.heading(say(N_("Forecast"))) + page.paragraph(content["refused"][language()])
    return [*study(content), *cautions(content)]


def study(content: Mapping[str, Any]) -> list[str]:
    """Return the lines of a forecast study: the backtest of every model, then the forecast."""
    backtests = content["backtests"]
    note = say(
        N_("{horizon} steps, {frequency}; judged on {origins} past forecasts"),
        horizon=content["horizon"],
        frequency=frequency(content["freq"]),
        origins=integer(backtests[0]["origins"], language()),
    )
    lines = page.heading(say(N_("Forecast")), note)
    lines += grid(tables.race(backtests, content["chosen"], language()))
    return [*lines, "", *grid(tables.ahead(content["forecast"], content["naive"], language()))]


def grid(table: Mapping[str, Any]) -> list[str]:
    """Return a table of results as lines; a unit stands behind its column's name."""
    head = [one["label"] + (f" ({one['unit']})" if one["unit"] else "") for one in table["head"]]
    return list(page.table(head, table["rows"]))


def cautions(content: Mapping[str, Any]) -> list[str]:
    """Return the lines of what the reader of a forecast must know."""
    return [
        line
        for caution in content["warnings"]
        for line in page.paragraph(caution["note"][language()], mark="! ")
    ]


def _conclusion(content: Mapping[str, Any]) -> list[str]:
    lines = page.heading(say(N_("Can it be forecast better than naive?")))
    lines += page.paragraph(content["verdict"]["sentence"][language()])
    lines += page.heading(say(N_("What next")))
    for place, step in enumerate(content["next"], 1):
        lines += page.paragraph(step[language()], mark=f"{place}. ")
    return lines


def _refused(content: Mapping[str, Any]) -> list[str]:
    return page.paragraph(content[language()], mark="✗ ")


_BLOCKS = {
    "quality": _quality,
    "refused": _refused,
    "behaviour": _behaviour,
    "volatility": _volatility,
    "forecast": _forecast,
    "conclusion": _conclusion,
}
