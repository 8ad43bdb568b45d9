"""The table behind a drawing: what the script draws, as numbers, for whoever does not see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask

from boursa.analytics.readings.tables import column
from boursa.language import N_, fixed, integer, moment
from boursa.web.speaking import language, say

Data = Mapping[str, Any]
Words = Mapping[str, str]
Column = tuple[dict[str, Any], Sequence[str]]

MOST = 40  # rows that a person may want to look through
_DIGITS = 5
_FIVE = ("minimum", "quartile1", "median", "quartile3", "maximum")


def register(app: Flask) -> None:
    """Make the filter known to templates."""
    app.jinja_env.filters["figure_table"] = figure_table


def figure_table(data: Data, words: Words) -> dict[str, Any] | None:
    """Return head, rows and, where not every point has its row, a note; None for a kind that is not known.

    `data` are those of the drawing, in the unit of the screen; `words` are those that stand in it.
    """
    make = _TABLES.get(data["kind"])
    if make is None:
        return None
    columns, note = make(data, words)
    rows = list(zip(*(cells for _, cells in columns), strict=True))
    return {"head": [head for head, _ in columns], "rows": rows, "note": note}


def _line(data: Data, words: Words) -> tuple[list[Column], str | None]:
    value = words["volatility" if data["kind"] == "volatility" else "value"]
    places, note = _chosen(len(data["x"]))
    dated = any(isinstance(one, str) for one in data["x"])
    when = _moments(data["x"], places) if dated else _numbers(data["x"], places)
    label = say(N_("Moment") if dated else N_("No."))
    return [
        (column(label, numeric=not dated), when),
        (column(value, _unit(data)), _numbers(data["y"], places)),
    ], note


def _qq(data: Data, words: Words) -> tuple[list[Column], str | None]:
    places, note = _chosen(len(data["sample"]))
    return [
        (column(words["theoretical"]), _numbers(data["theoretical"], places)),
        (column(words["sample"], _unit(data)), _numbers(data["sample"], places)),
    ], note


def _scatter(data: Data, words: Words) -> tuple[list[Column], str | None]:
    places, note = _chosen(len(data["x"]))
    names = data.get("names") or [words["value"]] * 2
    return [
        (column(name), _numbers(data[axis], places)) for name, axis in zip(names, ("x", "y"), strict=True)
    ], note


def _chosen(n: int) -> tuple[Sequence[int], str | None]:
    """Return which of `n` points have a row: all, or evenly spaced ones up to the last, as the note says."""
    step = max(1, math.ceil(n / MOST))
    places = range(n - 1, -1, -step)[::-1]
    if step == 1:
        return places, None
    sentence = N_("{shown} of the {n} points of the drawing, evenly spaced, up to the last.")
    return places, say(sentence, shown=len(places), n=integer(n, language()))


def _histogram(data: Data, words: Words) -> tuple[list[Column], str | None]:
    edges, counts, n = data["edges"], data["counts"], len(data["counts"])
    together = math.ceil(n / MOST)
    starts = range(0, n, together)
    bounds = _numbers([*(edges[start] for start in starts), edges[-1]])
    columns: list[Column] = [
        (column(say(N_("From")), _unit(data)), bounds[:-1]),
        (column(say(N_("To")), _unit(data)), bounds[1:]),
        (column(words["count"]), [integer(sum(counts[at : at + together]), language()) for at in starts]),
    ]
    if data.get("normal"):
        expected = [fixed(sum(data["normal"][at : at + together]), language(), 1) for at in starts]
        columns.append((column(words["normal"]), expected))
    sentence = N_("Each row holds {k} neighbouring bars of the {n} in the drawing.")
    return columns, say(sentence, k=together, n=n) if together > 1 else None


def _boxes(data: Data, words: Words) -> tuple[list[Column], str | None]:
    names = list(data["names"][:MOST])
    five = [_numbers([row[place] for row in data["five"][:MOST]]) for place in range(len(_FIVE))]
    columns: list[Column] = [
        (column(say(N_("Name")), numeric=False), names),
        (column("n"), [integer(n, language()) for n in data["n"][:MOST]]),
        *((column(words[name]), cells) for name, cells in zip(_FIVE, five, strict=True)),
    ]
    left = len(data["names"]) > MOST
    return columns, say(N_("The first {shown} of {n}."), shown=MOST, n=len(data["names"])) if left else None


def _unit(data: Data) -> str | None:
    return data.get("unit") or None


def _moments(values: Sequence[Any], places: Sequence[int]) -> list[str]:
    return [moment(str(values[place]), language()) for place in places]


def _numbers(values: Sequence[Any], places: Sequence[int] | None = None) -> list[str]:
    """Return the cells of a column: as many decimals as show its largest number to five digits."""
    shown = values if places is None else [values[place] for place in places]
    known = [abs(one) for one in shown if one is not None and math.isfinite(one)]
    size = max(known, default=0)
    whole = all(one == int(one) for one in known)
    decimals = 0 if whole else min(8, max(0, _DIGITS - 1 - math.floor(math.log10(size))))
    return ["—" if one is None else fixed(one, language(), decimals) for one in shown]


_TABLES: dict[str, Callable[[Data, Words], tuple[list[Column], str | None]]] = {
    "line": _line,
    "volatility": _line,
    "histogram": _histogram,
    "qq": _qq,
    "scatter": _scatter,
    "boxes": _boxes,
}
