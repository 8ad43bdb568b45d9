"""The Bilan as text for a terminal, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boursa.cli import page
from boursa.cli.speaking import language, say
from boursa.language import N_, fixed, integer, moment, number, p_value, percent

_MARKS = {"error": "✗ ", "warning": "! ", "info": "· "}
_KINDS = {
    "price": N_("price"),
    "return": N_("return"),
    "rate": N_("rate"),
    "count": N_("count"),
    "unknown": N_("series"),
}
_FREQUENCIES = {
    "min": N_("every few minutes"),
    "h": N_("hourly"),
    "D": N_("daily, weekends too"),
    "B": N_("business days"),
    "W": N_("weekly"),
    "M": N_("monthly"),
    "Q": N_("quarterly"),
    "Y": N_("yearly"),
    "n": N_("numbered observations"),
}
_MOVES = {
    "log-return": N_("log returns"),
    "return": N_("returns"),
    "difference": N_("differences"),
}
_EXAMPLES = 3
_FORECAST_ROWS = (1, 2, 3, 5, 10, 20)


def block_lines(series: str, kind: str, block: str, content: Mapping[str, Any], *, titled: bool) -> list[str]:
    """Return one block of one series, under the series' title if it is `titled`."""
    head = page.title(f"{series}  ·  {say(_KINDS.get(kind, kind))}") if titled else []
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
    return say(_FREQUENCIES[letter]) if letter in _FREQUENCIES else say(N_("irregular"))


def _quality(content: Mapping[str, Any]) -> list[str]:
    lines = page.heading(say(N_("The data")))
    n, missing = (integer(content[key], language()) for key in ("n", "n_missing"))
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
        note = finding["note"][language()] + _where(finding)
        lines += page.paragraph(note, mark=_MARKS[finding["severity"]])
    if not content["findings"]:
        lines += page.paragraph(say(N_("Nothing to report.")), mark="✓ ")
    return lines


def _where(finding: Mapping[str, Any]) -> str:
    dates = [moment(str(one["date"]), language()) for one in finding["examples"] if one.get("date")][
        :_EXAMPLES
    ]
    return f" ({', '.join(dates)}{', …' if finding['count'] > len(dates) else ''})" if dates else ""


def _behaviour(content: Mapping[str, Any]) -> list[str]:
    shape = content["description"]
    what = say(N_("{n} {moves}"), n=integer(shape["n"], language()), moves=say(_MOVES[content["moves"]]))
    lines = page.heading(say(N_("How it moves")), what)
    for repair in content["repairs"]:
        lines += page.paragraph(repair["note"][language()], mark=_MARKS["info"])
    if shape["n"] > 1:
        lines += page.paragraph(_description(shape, content["moves"]))
    for answer in content["answers"]:
        lines += _answer(answer)
    return lines


def _description(shape: Mapping[str, Any], moves: str) -> str:
    amount = _amount if moves == "difference" else _percentage
    named = {
        say(N_("mean")): amount(shape["mean"]),
        say(N_("standard deviation")): amount(shape["std"]),
        say(N_("smallest")): amount(shape["min"]),
        say(N_("largest")): amount(shape["max"]),
    }
    if shape["skewness"] is not None:
        named[say(N_("skewness"))] = fixed(shape["skewness"], language())
        named[say(N_("excess kurtosis"))] = fixed(shape["excess_kurtosis"], language())
    return ", ".join(f"{name} {value}" for name, value in named.items()) + "."


def _amount(value: float) -> str:
    return number(value, language())


def _percentage(value: float) -> str:
    return percent(value, language(), 2)


def _answer(answer: Mapping[str, Any]) -> list[str]:
    lines = page.paragraph(answer["question"][language()], mark="? ")
    if answer["refused"]:
        return lines + page.paragraph(answer["refused"][language()], indent=6)
    return lines + page.paragraph(
        f"{answer['result']['reading'][language()]} [{evidence(answer['test'], answer['result'])}]", indent=6
    )


def evidence(test: str, result: Mapping[str, Any]) -> str:
    """Return a test's statistic, p-value and n in one line."""
    parts = [test, f"{result['statistic_name']} = {number(result['statistic'], language())}"]
    if result["p_value"] is not None:
        parts.append(p_value(result["p_value"], language(), result["estimate"].get("p_bound")))
    parts.append(f"n = {integer(result['n'], language())}")
    return ", ".join(parts)


def _volatility(content: Mapping[str, Any]) -> list[str]:
    lines = page.heading(say(N_("Volatility")), f"n = {integer(content['n'], language())}")
    if "vol" not in content:
        return lines + page.paragraph(say(N_("Too few values.")))
    amount = _amount if content["unit"] == "difference" else _percentage
    sentence = N_(
        "{whole} per step over the whole series; now {now} (EWMA {decay}), more than {rank} of the time."
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
    lines = [*page.heading(say(N_("Forecast")), note), *_race(backtests, content["chosen"])]
    lines += ["", *_ahead(content["forecast"], content["naive"])]
    return lines


def _race(backtests: list[Mapping[str, Any]], chosen: str) -> list[str]:
    levels = sorted({row["level"] for row in backtests[0]["coverage"]})
    head = [say(N_("model")), "MASE", "sMAPE", say(N_("skill against naive")), "Diebold-Mariano"]
    head += [say(N_("{level}% interval held"), level=level) for level in levels]
    return list(page.table(head, [_racer(one, chosen, levels) for one in backtests]))


def _racer(backtest: Mapping[str, Any], chosen: str, levels: list[int]) -> list[str]:
    held = {row["level"]: row["measured"] for row in backtest["coverage"] if row["horizon"] is None}
    accuracy = backtest["accuracy"]
    p = backtest["dm_p_value"]
    naive = backtest["model"] == "naive"
    return [
        ("→ " if backtest["model"] == chosen else "  ") + backtest["model"],
        fixed(accuracy["mase"], language(), 3) if accuracy["mase"] is not None else "—",
        percent(accuracy["smape"] / 100, language(), 2) if accuracy["smape"] is not None else "—",
        "—" if naive or backtest["skill"] is None else percent(backtest["skill"], language()),
        p_value(p, language()) if p is not None else "—",
        *(percent(held[level], language()) if level in held else "—" for level in levels),
    ]


def _ahead(forecast: Mapping[str, Any], naive: Mapping[str, Any]) -> list[str]:
    horizon = len(forecast["mean"])
    steps = sorted({step for step in _FORECAST_ROWS if step < horizon} | {horizon})
    shown = [forecast] if forecast["model"] == naive["model"] else [forecast, naive]
    head = [say(N_("date"))]
    for one in shown:
        head += [
            one["model"],
            *(percent(interval["level"] / 100, language(), 0) for interval in one["intervals"]),
        ]
    rows = [
        [
            moment(str(forecast["ds"][step - 1]), language()),
            *(cell for one in shown for cell in _cells(one, step - 1)),
        ]
        for step in steps
    ]
    return list(page.table(head, rows))


def _cells(forecast: Mapping[str, Any], place: int) -> list[str]:
    def amount(value: float | None) -> str:
        return "—" if value is None else number(value, language(), 5)

    return [
        amount(forecast["mean"][place]),
        *(f"{amount(one['low'][place])} … {amount(one['high'][place])}" for one in forecast["intervals"]),
    ]


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
