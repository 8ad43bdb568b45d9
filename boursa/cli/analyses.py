"""``boursa analyse`` and ``boursa demo``: the Bilan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from boursa.cli import bilan, datasets, files, output, page, recording
from boursa.cli.lazy import Speaking
from boursa.cli.progress import TerminalReport
from boursa.cli.speaking import language, say
from boursa.ingest import read
from boursa.ingest.tables import Table
from boursa.language import N_, integer
from boursa.providers import registry

# An index, a currency of West Africa, and a volatility, which behaves unlike the others.
_SHOWN = ("sp500", "usdxof", "vix")
_NAMED = 20


def _choices(command: Any) -> Any:
    """Add what a person may choose for a Bilan."""
    for option in reversed(
        (
            click.option("--horizon", type=int, help=N_("How many steps ahead to forecast.")),
            click.option("--no-history", is_flag=True, help=N_("Keep nothing in History.")),
            click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text.")),
        )
    ):
        command = option(command)
    return command


@click.command(
    cls=Speaking,
    help=N_("The Bilan of FILE: what the data are and how good, how they move, can they be forecast."),
    epilog=N_("Example: boursa analyse cours.csv --lang fr"),
)
@files.file_argument
@click.option("--column", help=N_("Analyse this column only."))
@files.parse_options
@_choices
def analyse(
    file: Path, column: str | None, horizon: int | None, no_history: bool, as_json: bool, **reading: Any
) -> None:
    """Print the Bilan block by block, as each is ready."""
    table, content = files.settled(file, files.take_options(reading))
    if column is not None:
        table.floats(column)  # a wrong name is said before anything is printed
    parameters = files.chosen(column=column, horizon=horizon)
    answer = _bilan(table, content, parameters, record=not no_history, as_json=as_json)
    if as_json:
        output.write_json(answer)


@click.command(
    cls=Speaking,
    help=N_("The Bilan of real sample data, as a person's own French file would be read."),
    epilog=N_("Example: boursa demo usdxof"),
)
@click.argument("samples", nargs=-1, metavar="[SAMPLE]...")
@click.option("--list", "listing", is_flag=True, help=N_("Name the samples."))
@_choices
def demo(
    samples: tuple[str, ...], listing: bool, horizon: int | None, no_history: bool, as_json: bool
) -> None:
    """Print the Bilan of each sample."""
    provider = registry.get("samples")
    if listing:
        rows = [[one.name, one.symbol, one.label[language()]] for one in provider.symbols()]
        page.write(page.table([say(N_("name")), say(N_("symbol")), say(N_("what"))], rows, left=3))
        return
    answers = []
    for prices in [provider.fetch(name) for name in samples or _SHOWN]:
        content = prices.as_french_csv()
        table = read(content, name=f"{prices.name}.csv", limits=files.limits()).settled()
        parameters = files.chosen(horizon=horizon)
        answers.append(_bilan(table, content, parameters, record=not no_history, as_json=as_json))
        if not as_json:
            page.write(["", *page.paragraph(prices.licence, mark="© "), ""])
    if as_json:
        series = [part for answer in answers for part in answer["series"]]
        output.write_json({"files": [_without_series(answer) for answer in answers], "series": series})


def _bilan(
    table: Table, content: bytes, parameters: Mapping[str, Any], *, record: bool, as_json: bool
) -> dict[str, Any]:
    if not as_json:
        page.write(_reading(table))
    from boursa.services import computations  # takes seconds; how the file was read is on screen before

    report = TerminalReport(None if as_json else _writer(), quiet=as_json)
    result, number = recording.compute(
        computations.analysis, table, parameters, report, content=content, record=record
    )
    report.clear()
    if not as_json:
        page.write(_left_out(result.result["left_out"]))
        recording.say_where(number)
    return {"file": table.name, **files.facts(table), **result.result, "history": number}


def _writer() -> Callable[[Mapping[str, Any]], None]:
    """Return what writes a block under its series' title, again whenever the series changes."""
    written: list[str] = []

    def write(part: Mapping[str, Any]) -> None:
        titled = not written or written[-1] != part["series"]
        written.append(part["series"])
        page.write(
            bilan.block_lines(part["series"], part["kind"], part["block"], part["content"], titled=titled)
        )

    return write


def _without_series(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "series"}


def _reading(table: Table) -> list[str]:
    """Return how the file was read, and what was left out of it."""
    read_as = datasets.reading(table.rows, table.dialect.to_dict())
    lines = [click.style(table.name, bold=True), *page.paragraph(read_as)]
    return lines + datasets.remarks(table)


def _left_out(names: list[str]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    sentence = N_("More series are in the file ({n}): {names}. Name one with --column.")
    return ["", *page.paragraph(say(sentence, n=integer(len(names), language()), names=shown), mark="! ")]
