"""``boursa history``: everything that was computed in this installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import Row

from boursa.cli import output, page
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.progress import TerminalReport
from boursa.cli.speaking import language, say
from boursa.errors import Conflict
from boursa.language import N_, fixed
from boursa.services import analyses
from boursa.services import history as entries
from boursa.services.policy import OPERATOR
from boursa.storage.models import HistoryEntry


@click.group(
    cls=LazyGroup, invoke_without_command=True, help=N_("List, show and run again what was computed.")
)
@click.pass_context
def history(ctx: click.Context) -> None:
    """List, if nothing else is asked."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@history.command("list", help=N_("List the newest results."))
@click.option("--kind", type=click.Choice(entries.KINDS), help=N_("Only results of this kind."))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help=N_("How many."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def list_(kind: str | None = None, limit: int = 50, as_json: bool = False) -> None:
    """Print one line an entry."""
    with opened() as held, held.unit_of_work() as session:
        found = [
            _summary(line, f"{line.filename} v{line.number}" if line.filename else None)
            for line in entries.listed(session, OPERATOR, kind=kind, limit=limit)
        ]
    if as_json:
        output.write_json(found)
    elif not found:
        click.echo(say(N_("Nothing yet. Start with: boursa demo")))
    else:
        head = [
            "n°",
            say(N_("when (UTC)")),
            say(N_("what")),
            say(N_("name")),
            say(N_("data")),
            say(N_("seconds")),
        ]
        page.write(page.table(head, [_row(one) for one in found], indent=0, left=5))


@history.command(help=N_("Show one result, with all that is needed to compute it again."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def show(number: int, as_json: bool) -> None:
    """Print one entry."""
    with opened() as held, held.unit_of_work() as session:
        entry = entries.get(session, OPERATOR, number)
        content = {
            **_summary(entry, entries.source_of(session, entry)),
            "parameters": entry.parameters,
            "versions": entry.versions,
            "result": entry.result,
        }
    if as_json:
        output.write_json(content)
    else:
        page.write(_lines(content))


@history.command(help=N_("Compute an entry again from its data and parameters, and compare."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def replay(number: int, as_json: bool) -> None:
    """Run the same computation on the same bytes in this process; exit status 73 if the result differs."""
    from boursa.services import computations  # the numerical libraries, which a list does not need

    with opened() as held:
        with held.unit_of_work() as session:
            entry = entries.get(session, OPERATOR, number)
            payload = analyses.payload_of(session, entry)
        report = TerminalReport(quiet=as_json)
        record, versions = computations.compute(entry.kind, payload, held.blobs, report)
        report.clear()
    same = analyses.same(entry, record)
    if as_json:
        output.write_json({"id": number, "same": same, "versions": versions, "result": dict(record.result)})
    if not same:
        raise Conflict(
            N_("Entry {number}: another result; the versions of the libraries differ, or the fault is ours."),
            number=number,
        )
    if not as_json:
        click.echo(say(N_("Entry {number}: the same result, to the last digit."), number=number))


def _summary(entry: HistoryEntry | Row[Any], source: str | None) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "name": entry.test_name,
        "created_at": entry.created_at.isoformat(),
        "data": source,
        "duration_s": entry.duration_s,
        "job_id": entry.job_id,
    }


def _row(one: Mapping[str, Any]) -> list[str]:
    seconds = "—" if one["duration_s"] is None else fixed(one["duration_s"], language())
    when = one["created_at"][:16].replace("T", " ")
    return [str(one["id"]), when, one["kind"], one["name"], page.shortened(one["data"] or "—", 40), seconds]


def _lines(content: Mapping[str, Any]) -> list[str]:
    from boursa.cli import bilan, forecasts, tests  # as above: showing needs them

    lines = [" · ".join(_row(content))]
    lines += [f"{name} = {value}" for name, value in content["parameters"].items()]
    result = content["result"]
    if content["kind"] == "test":
        return lines + tests.lines(result)
    if content["kind"] == "analysis":
        return lines + bilan.lines(result)
    return lines + [line for one in result["series"] for line in forecasts.lines(content["kind"], one)]
