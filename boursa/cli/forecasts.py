"""``boursa forecast`` and ``boursa backtest``: always beside the naive forecast."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from boursa.analytics.forecasting import catalogue
from boursa.analytics.readings import tables
from boursa.cli import bilan, datasets, files, output, page, recording
from boursa.cli.lazy import Speaking
from boursa.cli.progress import TerminalReport
from boursa.cli.speaking import language, say
from boursa.errors import OptionUnknown
from boursa.language import N_, integer
from boursa.services import computations

_LEVELS = "80,95"


def _choices(command: Any) -> Any:
    """Add the options that forecast and backtest share."""
    for option in reversed(
        (
            click.option("--column", help=N_("The column to forecast; by default every series of the file.")),
            click.option("--horizon", type=int, help=N_("How many steps ahead.")),
            click.option("--freq", help=N_("min, h, D, B, W, M, Q or Y; by default read from the dates.")),
            click.option("--season", type=int, help=N_("How many steps make a season; 1 for none.")),
            click.option("--target", help=N_("price, return or difference.")),
            click.option(
                "--level", default=_LEVELS, show_default=True, help=N_("Levels of the intervals in percent.")
            ),
            click.option(
                "--model",
                default="auto",
                show_default=True,
                help=N_("auto, or: ") + ", ".join(catalogue.names()),
            ),
            click.option(
                "--out", type=click.Path(path_type=Path), help=N_("Write the numbers to this CSV file.")
            ),
            click.option("--no-history", is_flag=True, help=N_("Keep nothing in History.")),
            click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text.")),
        )
    ):
        command = option(command)
    return command


@click.command(
    cls=Speaking,
    help=N_(
        "Forecast the series of FILE, with intervals calibrated on the past, next to the naive forecast."
    ),
    epilog=N_("Example: boursa forecast cours.csv --column Clôture --horizon 20"),
)
@files.file_argument
@_choices
@files.parse_options
def forecast(file: Path, **given: Any) -> None:
    """Forecast and show the naive forecast beside it."""
    _run("forecast", file, given)


@click.command(
    cls=Speaking,
    help=N_("How a model would have done on FILE: forecasts from many past days, judged by what came."),
    epilog=N_("Example: boursa backtest cours.csv --column Clôture --model theta --out essai.csv"),
)
@files.file_argument
@_choices
@files.parse_options
def backtest(file: Path, **given: Any) -> None:
    """Judge a model on the past."""
    _run("backtest", file, given)


def _run(kind: str, file: Path, given: dict[str, Any]) -> None:
    if given["out"] is not None:
        output.check(given["out"])
    table, content = files.settled(file, files.take_options(given))
    if given["model"] != "auto":
        catalogue.find(given["model"])
    parameters = files.chosen(
        column=given["column"],
        horizon=given["horizon"],
        freq=given["freq"],
        season=given["season"],
        target=given["target"],
        levels=_levels(given["level"]),
        model=given["model"],
    )
    report = TerminalReport(quiet=given["as_json"])
    what = {"forecast": computations.forecast, "backtest": computations.backtest}[kind]
    result, kept = recording.compute(
        what, table, parameters, report, content=content, record=not given["no_history"]
    )
    report.clear()
    if not given["as_json"]:
        page.write(datasets.remarks(table))
    _answer(kind, result.result["series"], {**given, "facts": files.facts(table)}, kept)


def _answer(kind: str, series: list[dict[str, Any]], given: Mapping[str, Any], kept: int | None) -> None:
    if given["out"] is not None:
        rows = _forecast_rows(series) if kind == "forecast" else _backtest_rows(series)
        output.write_csv(given["out"], list(rows))
    if given["as_json"]:
        whole = {"data": given["facts"], "history": kept}
        output.write_json({**series[0], **whole} if len(series) == 1 else {"series": series, **whole})
        return
    for one in series:
        page.write(lines(kind, one))
    recording.say_where(kept)


def lines(kind: str, one: Mapping[str, Any]) -> list[str]:
    """Return a forecast study or a backtest as text."""
    if one.get("refused"):
        return [*page.title(one["unique_id"]), *page.paragraph(one["refused"][language()], mark="✗ ")]
    return [*page.title(one["unique_id"]), *(_study(one) if kind == "forecast" else _backtest(one))]


def _study(one: Mapping[str, Any]) -> Iterator[str]:
    yield from bilan.study(one)
    yield from bilan.cautions(one)
    yield ""
    yield from page.paragraph(one["verdict"]["sentence"][language()])
    yield from page.paragraph(one["verdict"]["advice"][language()])


def _backtest(one: Mapping[str, Any]) -> Iterator[str]:
    note = say(
        N_("{horizon} steps; judged on {origins} past forecasts"),
        horizon=one["horizon"],
        origins=integer(one["origins"], language()),
    )
    yield from page.heading(one["model"], note)
    yield from bilan.grid(tables.accuracy(one, language()))
    yield ""
    yield from bilan.grid(tables.coverage(one, language()))
    yield from bilan.cautions(one)


def _levels(text: str) -> list[int]:
    try:
        levels = sorted({int(level) for level in text.split(",")})
    except ValueError as error:
        raise OptionUnknown(
            N_("--level takes percentages such as 80,95, not “{text}”."), text=text
        ) from error
    return levels


def _answered(series: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in series if not one.get("refused")]


def _forecast_rows(series: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for study in _answered(series):
        models = [study["forecast"]]
        if study["naive"]["model"] != study["forecast"]["model"]:
            models.append(study["naive"])
        for place, ds in enumerate(study["forecast"]["ds"]):
            row: dict[str, Any] = {"unique_id": study["unique_id"], "ds": ds}
            for one in models:
                row[one["model"]] = one["mean"][place]
                for interval in one["intervals"]:
                    row[f"{one['model']}-lo-{interval['level']}"] = interval["low"][place]
                    row[f"{one['model']}-hi-{interval['level']}"] = interval["high"][place]
            yield row


def _backtest_rows(series: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in _answered(series):
        for row in one["rows"]:
            name = one["model"]
            yield {
                "unique_id": one["unique_id"],
                "ds": row["ds"],
                "cutoff": row["cutoff"],
                "y": row["y"],
                name: row["mean"],
                **{f"{name}-lo-{level}": value for level, value in row["low"].items()},
                **{f"{name}-hi-{level}": value for level, value in row["high"].items()},
            }
