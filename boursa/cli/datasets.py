"""``boursa data``: bring data in, look at it, take it out."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from boursa.analytics.readings import tables
from boursa.cli import files, output, page, recording
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import language, ngettext, say
from boursa.errors import FileAmbiguous, OptionUnknown
from boursa.ingest import ParseOptions, read
from boursa.ingest.profile import profile as profile_of
from boursa.ingest.remarks import left_out, still_open
from boursa.language import N_, integer
from boursa.providers import registry
from boursa.services import datasets
from boursa.services.policy import OPERATOR
from boursa.storage.models import Dataset, DatasetVersion

_SHOWN_REJECTED = 10


@click.group(cls=LazyGroup, help=N_("Import, profile, list, show, export, delete and fetch data."))
def data() -> None:
    """Hold the commands on data."""


@data.command(
    help=N_("Say how FILE is written and what each column holds; nothing is kept."),
    epilog=N_("Example: boursa data profile ventes.csv --dates dmy"),
)
@files.file_argument
@files.parse_options
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def profile(file: Path, as_json: bool, **reading: Any) -> int:
    """Print the profile; exit status 65 if the file leaves a question open."""
    table, _ = files.read(file, files.take_options(reading))
    found = profile_of(table).to_dict()
    if as_json:
        output.write_json(found)
    else:
        page.write(_profile_lines(table.name, found))
    return FileAmbiguous.exit_status if found["questions"] else 0


@data.command(
    "import",
    help=N_("Read FILE and keep it, as a new dataset or the next version of the one of that name."),
    epilog=N_("Example: boursa data import ventes.csv --name 'Ventes 2025'"),
)
@files.file_argument
@click.option("--name", help=N_("What to call it; by default the file's name."))
@files.parse_options
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def import_(file: Path, name: str | None, as_json: bool, **reading: Any) -> None:
    """Keep a file."""
    table, content = files.settled(file, files.take_options(reading), name)
    with opened() as held:
        parsed = recording.parsed_of(held, table, content)
        with held.unit_of_work() as session:
            version = datasets.bring_in(session, OPERATOR, parsed)
            _tell(session.get_one(Dataset, version.data_file_id), version, as_json)


@data.command("list", help=N_("List the datasets."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def list_(as_json: bool) -> None:
    """Print one line a dataset."""
    with opened() as held, held.unit_of_work() as session:
        found = [_described(one, one) for one in datasets.listed(session, OPERATOR)]
    if as_json:
        output.write_json(found)
    elif not found:
        click.echo(say(N_("No data yet. Start with: boursa data import FILE")))
    else:
        head = ["n°", say(N_("name")), say(N_("since (UTC)")), say(N_("version")), say(N_("rows"))]
        page.write(page.table(head, [_row(one) for one in found], indent=0, left=3))


@data.command(help=N_("Show dataset ID: its versions and its profile."))
@click.argument("dataset", type=int, metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def show(dataset: int, as_json: bool) -> None:
    """Print one dataset."""
    with opened() as held, held.unit_of_work() as session:
        found = datasets.get(session, OPERATOR, dataset)
        newest = datasets.versions(session, OPERATOR, dataset)[0]
        content = {**_described(found, newest), "profile": newest.profile, "sha256": newest.content_sha256}
    if as_json:
        output.write_json(content)
    else:
        page.write(_profile_lines(content["name"], content["profile"]))


@data.command(help=N_("Write the bytes of dataset ID, as they were brought, to a file."))
@click.argument("dataset", type=int, metavar="ID")
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help=N_("The file to write."))
def export(dataset: int, target: Path) -> None:
    """Give the bytes back."""
    with opened() as held:
        with held.unit_of_work() as session:
            newest = datasets.versions(session, OPERATOR, dataset)[0]
        output.write_whole(target, held.blobs.get(newest.content_sha256))


@data.command(help=N_("Delete dataset ID; results made of it stay in History."))
@click.argument("dataset", type=int, metavar="ID")
def delete(dataset: int) -> None:
    """Take it off the list."""
    with opened() as held, held.unit_of_work() as session:
        gone = datasets.delete(session, OPERATOR, dataset)
        click.echo(say(N_("{name} is off the list; its results stay in History."), name=gone.filename))


@data.command(
    help=N_("Fetch SYMBOL from a market-data provider and keep it."),
    epilog=N_("Example: boursa data fetch EURUSD=X --provider samples"),
)
@click.argument("symbol")
@click.option(
    "--provider",
    default="samples",
    show_default=True,
    help=N_("The provider."),
)
@click.option("--interval", default="1d", show_default=True, help=N_("The interval: 1d, 1wk, 1mo."))
@click.option("--start", help=N_("First day, as 2020-01-31."))
@click.option("--end", help=N_("Last day, as 2025-12-31."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def fetch(
    symbol: str, provider: str, interval: str, start: str | None, end: str | None, as_json: bool
) -> None:
    """Keep a series from a provider as a dataset."""
    prices = registry.get(provider).fetch(symbol, interval, _day(start), _day(end))
    content = prices.as_csv()
    options = ParseOptions(separator=",", decimal=".", dates="ymd")
    table = read(content, name=f"{prices.symbol}.csv", options=options, limits=files.limits())
    with opened() as held:
        parsed = recording.parsed_of(held, table, content)
        with held.unit_of_work() as session:
            version = datasets.bring_in(session, OPERATOR, parsed)
            _tell(session.get_one(Dataset, version.data_file_id), version, as_json)
    click.echo(prices.licence, err=True)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise OptionUnknown(N_("A day is written as 2025-12-31, not “{text}”."), text=text) from error


def _tell(dataset: Dataset, version: DatasetVersion, as_json: bool) -> None:
    described = _described(dataset, version)
    if as_json:
        output.write_json(described)
    else:
        click.echo(
            ngettext(
                "Dataset {id}: {name}, version {version}, {n} row.",
                "Dataset {id}: {name}, version {version}, {n} rows.",
                described["rows"],
                id=described["id"],
                name=described["name"],
                version=described["version"],
            )
        )


def _described(dataset: Dataset | Row[Any], version: DatasetVersion | Row[Any]) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "name": dataset.filename,
        "created_at": dataset.uploaded_at.isoformat(),
        "version": version.number,
        "rows": version.n_rows,
    }


def _row(one: Mapping[str, Any]) -> list[str]:
    when = one["created_at"][:16].replace("T", " ")
    return [
        str(one["id"]),
        page.shortened(one["name"]),
        when,
        str(one["version"]),
        integer(one["rows"], language()),
    ]


def _profile_lines(name: str, found: Mapping[str, Any]) -> list[str]:
    lines = page.title(name)
    # What is still asked is no fact: the dialect holds the first choice meanwhile.
    guessed = dict.fromkeys(still_open(found["questions"]))
    lines += page.paragraph(reading(found["rows"], {**found["dialect"], **guessed}))
    lines += ["", *page.table(*_profile(found), left=2)]
    for question in found["questions"]:
        lines += _question_lines(question)
    for note in found["notes"]:
        lines += page.paragraph(note["note"][language()], mark="· ")
    # Of data that were kept before lines were counted apart, all are called cells.
    counts = found.get("rejected_counts") or {"cells": found["rejected_total"]}
    return lines + rejected_lines(found["rejected"], counts)


def _question_lines(question: Mapping[str, Any]) -> list[str]:
    """Return a question with what to type for each answer."""
    lines = page.paragraph(question["question"][language()], mark="? ")
    for choice, label in zip(question["choices"], question["labels"], strict=True):
        lines += page.paragraph(
            label[language()], indent=4, mark=f"--{question['option']} {shlex.quote(choice)}  "
        )
    return lines


def _profile(found: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    table = tables.columns(found, language())
    rows = [[page.shortened(name, 30), *rest] for name, *rest in table["rows"]]
    return [one["label"] for one in table["head"]], rows


def reading(rows: int, dialect: Mapping[str, Any]) -> str:
    """Return in words how a file was read."""
    marks = {
        say(N_("separator")): {"\t": "tab"}.get(dialect["separator"] or "", dialect["separator"]),
        say(N_("encoding")): dialect["encoding"],
        say(N_("decimal mark")): dialect["decimal"],
        say(N_("thousands")): {" ": say(N_("space"))}.get(dialect["thousands"] or "", dialect["thousands"]),
        say(N_("dates")): dialect["dates"],
    }
    parts = [say(N_("{name} “{mark}”"), name=name, mark=mark) for name, mark in marks.items() if mark]
    return say(N_("Rows: {n}; {marks}."), n=integer(rows, language()), marks=", ".join(parts))


def rejected_lines(rejected: list[Mapping[str, Any]], counts: Mapping[str, int]) -> list[str]:
    """Return how much was left out, and the first of it with line, column, value and reason."""
    lines = [line for one in left_out(counts, language()) for line in page.paragraph(one, mark="! ")]
    for cell in rejected[:_SHOWN_REJECTED]:
        where = say(N_("line {line}"), line=integer(cell["line"], language()))
        where += f", {cell['column']}" if cell["column"] else ""
        reason = cell["reason"][language()]
        sentence = say(N_("{where}: “{value}”. {reason}"), where=where, value=cell["value"], reason=reason)
        lines += page.paragraph(sentence, indent=4)
    return lines


def remarks(table: Any) -> list[str]:
    """Return what reading a table left to say: notes, and what was left out."""
    lines = [line for note in table.notes for line in page.paragraph(note.note[language()], mark="· ")]
    return lines + rejected_lines([cell.to_dict() for cell in table.rejected], table.rejected_counts)
