"""What a job computes: from a table and parameters to a record for History.

The only service that imports the numerical libraries. It runs in the worker's child processes
and in the process of a command that works on a file; never in the web process. Parameters are
complete: the same table and parameters give the same record again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from boursa.analytics import bilan, cleaning, figures, forecasting, statistics
from boursa.analytics.series import TimeSeries
from boursa.errors import InputError, NameUnknown
from boursa.ingest import roles, selection
from boursa.ingest.roles import RawSeries
from boursa.ingest.tables import Table
from boursa.language import N_
from boursa.services import intake, readings
from boursa.services.history import Record, Report, versions
from boursa.services.readings import Reading
from boursa.storage.blobs import Blobs

# A person reads a dozen Bilans of one file at most; a whole universe is a screen's task.
MOST_SERIES = 12

Computation = Callable[[Table, Mapping[str, Any], Report], Record]


def perform(
    kind: str, payload: Mapping[str, Any], blobs: Blobs, report: Report
) -> tuple[Record | Reading, dict[str, str]]:
    """Do what a job asks for, and return what came out with the versions that made it."""
    if kind == readings.KIND:
        return intake.reading(payload, blobs, report), versions()
    return compute(kind, payload, blobs, report)


def compute(
    kind: str, payload: Mapping[str, Any], blobs: Blobs, report: Report
) -> tuple[Record, dict[str, str]]:
    """Run a computation on a stored table and return its record with the versions that made it."""
    if kind not in _KINDS:
        raise NameUnknown(N_("There is no computation named “{kind}”."), kind=kind)
    table = Table.from_parquet(blobs.get(payload["table"]))
    return _KINDS[kind](table, payload["parameters"], report), versions()


def analysis(table: Table, parameters: Mapping[str, Any], report: Report) -> Record:
    """Compute the Bilan of a table; each block is handed over as soon as it is ready."""
    everything = _wanted(table, parameters)
    chosen, left = everything[:MOST_SERIES], everything[MOST_SERIES:]
    settings = bilan.Settings(
        horizon=parameters.get("horizon"),
        levels=tuple(parameters.get("levels") or (80, 95)),
        season=parameters.get("season"),
        freq=parameters.get("freq"),
        model=parameters.get("model") or "auto",
    )
    shares = [_Share(report, place, len(chosen)) for place in range(len(chosen))]
    parts: list[dict[str, Any]] = [{"name": one.name, "kind": one.kind} for one in chosen]
    refused: list[InputError] = []
    running = [_blocks(one, settings, share, refused) for one, share in zip(chosen, shares, strict=True)]
    # First the quality of every series, then the rest one by one: the first screen comes soon.
    for place, blocks in enumerate(running):
        _take(next(blocks), parts, place, report)
    for place, blocks in enumerate(running):
        for block in blocks:
            _take(block, parts, place, report)
    if len(refused) == len(chosen):
        raise refused[0]  # there is no Bilan to keep
    return Record(
        kind="analysis",
        name="bilan",
        parameters=parameters,
        result={"series": parts, "left_out": [one.name for one in left]},
        forecasts=[line for part in parts if "forecast" in part for line in _lines(part["forecast"])],
    )


def _blocks(
    one: RawSeries, settings: bilan.Settings, share: _Share, refused: list[InputError]
) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    try:
        for block in bilan.blocks(
            one.ds, one.y, name=one.name, kind=one.kind, settings=settings, progress=share
        ):
            yield one.name, one.kind, block.name, block.content
    except InputError as error:
        refused.append(error)
        yield one.name, one.kind, "refused", error.to_dict()


def _take(
    block: tuple[str, str, str, Mapping[str, Any]], parts: list[dict[str, Any]], place: int, report: Report
) -> None:
    name, kind, which, content = block
    parts[place][which] = content
    # The place is said: not every database keeps the order in which parts were handed over.
    ready = {"place": place, "series": name, "kind": kind, "block": which, "content": content}
    report.partial(f"{name}/{which}", ready)


class _Share:
    """The part of the whole progress that one series has."""

    def __init__(self, report: Report, place: int, total: int) -> None:
        self._report, self._place, self._total = report, place, total

    def __call__(self, fraction: float, model: str) -> None:
        note = {"fr": f"Essai sur le passé : {model}", "en": f"Trial on the past: {model}"}
        self._report.progress((self._place + fraction) / self._total, note)


def _wanted(table: Table, parameters: Mapping[str, Any]) -> Sequence[RawSeries]:
    found = roles.series_of(table, column=parameters.get("column"), date=parameters.get("date"))
    if not found:
        raise InputError(N_("The file has no column of numbers, so there is nothing to analyse."))
    return found


def test(table: Table, parameters: Mapping[str, Any], report: Report) -> Record:  # noqa: ARG001 - tests take moments
    """Run one statistical test on columns of a table, or on the moves of columns."""
    name = parameters["test"]
    chosen = {one: parameters.get(one) for one in ("columns", "value", "group", "groups")}
    names, samples = selection.samples(table, **chosen)
    unit = ""
    if parameters.get("moves"):
        names, samples, unit = _moves(table, names, together=statistics.find(name).inputs in _TOGETHER)
    result = statistics.run(
        name,
        samples,
        names=names,
        alternative=parameters.get("alternative"),
        options=parameters.get("options") or {},
        unit=unit,
    )
    drawn = _figures(statistics.find(name).inputs, names, samples, unit or "value")
    return Record(
        kind="test", name=name, parameters=parameters, result={**result.to_dict(), "figures": drawn}
    )


# Tests that look at what belongs together: of one date there must be a value in each sample.
_TOGETHER = ("paired", "one-or-paired", "series")


def _moves(table: Table, columns: Sequence[str], *, together: bool) -> tuple[list[str], list[Any], str]:
    """Return names, values and unit of the moves of columns, made as the Bilan makes them."""
    found = []
    for column in columns:
        one, *more = roles.series_of(table, column=column)
        if more:
            raise InputError(
                N_("The column “{column}” holds several series: their moves are not one sample."),
                column=column,
            )
        series, _ = cleaning.prepare(one.ds, one.y, name=one.name, kind=one.kind)
        found.append((one.name, bilan.moves_of(series, one.kind)))
    shared = reduce(np.intersect1d, (moves.ds for _, moves in found)) if together else None
    samples = [
        moves.values if shared is None else moves.values[np.isin(moves.ds, shared)] for _, moves in found
    ]
    unit = "fraction" if all(moves.unit == "fraction" for _, moves in found) else ""
    return [moves.named(name) for name, moves in found], samples, unit


# What a test's samples are drawn as, by the inputs that the catalogue names; counts of categories are not.
_DRAWN: dict[str, dict[str, bool]] = {
    "one": {},
    "two": {},
    "paired": {"paired": True},
    "one-or-paired": {"paired": True},
    "series": {"ordered": True},
}


def _figures(inputs: str, names: Sequence[str], samples: Sequence[Any], unit: str) -> dict[str, Any]:
    return figures.samples(names, samples, unit=unit, **_DRAWN[inputs]) if inputs in _DRAWN else {}


def forecast(table: Table, parameters: Mapping[str, Any], report: Report) -> Record:
    """Forecast the series of a table: each with the naive forecast and the backtests beside it."""

    def study(series: TimeSeries, kind: str, **choices: Any) -> dict[str, Any]:
        found = forecasting.study(series, kind=kind, **choices)
        drawn = bilan.before(series, found.target, found.horizon, kind)
        return {**found.to_dict(), "figures": drawn}

    return _each(table, parameters, report, "forecast", study)


def backtest(table: Table, parameters: Mapping[str, Any], report: Report) -> Record:
    """Say how one model would have done on the series of a table, forecast by forecast."""

    def trial(series: TimeSeries, _kind: str, **choices: Any) -> dict[str, Any]:
        return forecasting.backtest(series, **choices).to_dict()

    return _each(table, parameters, report, "backtest", trial)


def _each(
    table: Table,
    parameters: Mapping[str, Any],
    report: Report,
    kind: str,
    work: Callable[..., dict[str, Any]],
) -> Record:
    found = _wanted(table, parameters)
    results: list[dict[str, Any]] = []
    refused: list[InputError] = []
    for place, one in enumerate(found):
        try:
            series, choices = _asked(one, parameters)
            results.append(work(series, one.kind, progress=_Share(report, place, len(found)), **choices))
        except InputError as error:
            # One constant column must not refuse thirty good ones.
            refused.append(error)
            results.append({"unique_id": one.name, "refused": error.to_dict()})
    if len(refused) == len(found):
        raise refused[0]
    lines = [line for result in results for line in _lines(result)] if kind == "forecast" else []
    return Record(
        kind=kind,
        name=parameters.get("model") or "auto",
        parameters=parameters,
        result={"series": results},
        forecasts=lines,
    )


def _asked(one: RawSeries, parameters: Mapping[str, Any]) -> tuple[TimeSeries, dict[str, Any]]:
    """Return the clean series and what was asked of it; what kind it is decides the target, unless said."""
    series, _ = cleaning.prepare(one.ds, one.y, name=one.name, kind=one.kind)
    names = ("model", "horizon", "levels", "season", "freq", "target")
    choices = {name: parameters[name] for name in names if parameters.get(name) is not None}
    if "target" not in choices:
        series, choices["target"] = bilan.as_forecast(series, one.kind)
    return series, choices


def _lines(study: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if study.get("refused"):
        return
    accuracy = {one["model"]: one for one in study["backtests"]}
    for one in (study["forecast"], study["naive"]):
        backtest = accuracy[one["model"]]
        yield {
            "unique_id": one["unique_id"],
            "model": one["model"],
            "horizon": len(one["mean"]),
            "target": study["target"],
            "mase": backtest["accuracy"]["mase"],
            "skill": backtest["skill"],
            "verdict": study["verdict"]["code"],
        }
        if study["forecast"]["model"] == study["naive"]["model"]:
            return


_KINDS: dict[str, Computation] = {
    "analysis": analysis,
    "test": test,
    "forecast": forecast,
    "backtest": backtest,
}
