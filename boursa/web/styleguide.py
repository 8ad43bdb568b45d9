"""The page that shows every part that pages are made of; registered in development only."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

pages = Blueprint("styleguide", __name__)

_NOW = datetime(2025, 11, 21, 16, 42, tzinfo=UTC)


@pages.get("/styleguide")
def index() -> ResponseReturnValue:
    """Show each component with sample data."""
    if "toasts" in request.args:
        flash({"text": "ventes.csv", "undo": "/styleguide"}, "ok")  # type: ignore[arg-type] # a toast with an undo
        flash("ventes.csv", "error")
    return render_template("styleguide.html", figures=_figures(), now=_NOW, rates=_rates())


def _rates() -> list[dict[str, Any]]:
    codes = ("USD", "JPY", "XOF", "NGN", "CHF")
    return [
        {"code": code, "rows": 7126 - 311 * row, "rate": 1.1606 * 9.7**row, "change": (row - 2) / 83}
        for row, code in enumerate(codes)
    ]


def _figures() -> dict[str, dict[str, Any]]:
    days = [datetime.fromordinal(738000 + day).date().isoformat() for day in range(400)]
    values = [
        round(610 + 30 * math.sin(day / 40) + 9 * math.sin(day * 1.7) + day / 12, 2) for day in range(400)
    ]
    values_with_gap: list[float | None] = [*values[:200], None, *values[201:]]
    return {
        "line": {"kind": "line", "x": days, "y": values_with_gap, "n": 400, "shown": 400, "unit": "XOF"},
        "histogram": _histogram(),
        "qq": _qq(),
        "volatility": {
            "kind": "volatility",
            "x": days,
            "y": [0.09 + 0.05 * abs(math.sin(day / 31)) for day in range(400)],
            "level": 0.117,
        },
        "fan": _fan(days, values),
        "boxes": {
            "kind": "boxes",
            "names": ["USD", "JPY", "CHF"],
            "five": [
                [-4.2, -0.4, 0.01, 0.41, 4.7],
                [-5.1, -0.5, 0.0, 0.52, 6.3],
                [-2.1, -0.2, 0.0, 0.18, 3.9],
            ],
            "n": [7125, 7125, 7010],
        },
        "scatter": {
            "kind": "scatter",
            "x": [math.sin(step * 12.9898) for step in range(150)],
            "y": [0.6 * math.sin(step * 12.9898) + 0.5 * math.sin(step * 78.233) for step in range(150)],
            "names": ["USD", "CHF"],
        },
    }


def _histogram() -> dict[str, Any]:
    edges = [-4 + 0.25 * step for step in range(33)]
    middles = [edge + 0.125 for edge in edges[:-1]]
    normal = [1780 * 0.25 / math.sqrt(2 * math.pi) * math.exp(-(x**2) / 2) for x in middles]
    counts = [
        round(height * (1 + 0.35 * math.cos(3 * x)) + 2) for height, x in zip(normal, middles, strict=True)
    ]
    return {"kind": "histogram", "edges": edges, "counts": counts, "normal": normal, "n": 1780, "unit": "%"}


def _qq() -> dict[str, Any]:
    theoretical = [-3 + 6 * step / 199 for step in range(200)]
    sample = [0.6 * x + 0.06 * x**3 for x in theoretical]
    wide = [0.08 + 0.035 * x**2 for x in theoretical]
    return {
        "kind": "qq",
        "theoretical": theoretical,
        "sample": sample,
        "low": [0.75 * x - spread for x, spread in zip(theoretical, wide, strict=True)],
        "high": [0.75 * x + spread for x, spread in zip(theoretical, wide, strict=True)],
        "slope": 0.75,
        "intercept": 0.0,
        "n": 1780,
        "level": 0.95,
    }


def _fan(days: list[str], values: list[float]) -> dict[str, Any]:
    last, steps = values[299], range(1, 41)
    mean = [last + 0.55 * step for step in steps]
    spread = [7 * math.sqrt(step) for step in steps]
    return {
        "kind": "fan",
        "recent": {"x": days[180:300], "y": values[180:300]},
        "x": days[300:340],
        "forecast": {"model": "theta", "mean": mean, "intervals": _intervals(mean, spread, 0.85)},
        "naive": {"model": "naive", "mean": [last] * 40, "intervals": _intervals([last] * 40, spread, 1.0)},
    }


def _intervals(mean: list[float], spread: list[float], scale: float) -> list[dict[str, Any]]:
    return [
        {
            "level": level,
            "low": [middle - scale * width * times for middle, width in zip(mean, spread, strict=True)],
            "high": [middle + scale * width * times for middle, width in zip(mean, spread, strict=True)],
        }
        for level, times in ((80, 1.28), (95, 1.96))
    ]
