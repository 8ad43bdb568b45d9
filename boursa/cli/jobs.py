"""``boursa jobs``: work in the background."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import Row

from boursa.cli import output, page
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import language, say
from boursa.language import N_, percent
from boursa.services import analyses, datasets, history
from boursa.services import jobs as work
from boursa.services.policy import OPERATOR
from boursa.storage.models import Job


@click.group(cls=LazyGroup, help=N_("Request, list, show, cancel and retry background jobs."))
def jobs() -> None:
    """Hold the commands on jobs."""


@jobs.command(help=N_("Request a Bilan, forecast or backtest of dataset ID; a worker will compute it."))
@click.argument("kind", type=click.Choice(("analysis", "forecast", "backtest")))
@click.argument("dataset", type=int, metavar="ID")
@click.option("--column", help=N_("This column only."))
@click.option("--horizon", type=int, help=N_("How many steps ahead to forecast."))
@click.option("--model", help=N_("The forecasting model."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def request(kind: str, dataset: int, as_json: bool, **given: Any) -> None:
    """Write the job down; whether a worker runs is another question."""
    parameters = {name: value for name, value in given.items() if value is not None}
    with opened() as held, held.unit_of_work() as session:
        version = datasets.versions(session, OPERATOR, dataset)[0]
        job = analyses.request(session, OPERATOR, kind, version, parameters)
        _tell(job, as_json)


@jobs.command("list", help=N_("List the newest jobs."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def list_(as_json: bool) -> None:
    """Print one line a job."""
    with opened() as held, held.unit_of_work() as session:
        found = [_described(job) for job in work.listed(session, OPERATOR)]
    if as_json:
        output.write_json(found)
        return
    head = ["n°", say(N_("what")), say(N_("state")), say(N_("progress")), ""]
    page.write(page.table(head, [_row(one) for one in found], indent=0, left=5))


@jobs.command(help=N_("Show one job."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def show(number: int, as_json: bool) -> None:
    """Print one job."""
    with opened() as held, held.unit_of_work() as session:
        _tell(work.get(session, OPERATOR, number), as_json, history.of_job(session, number))


@jobs.command(help=N_("Cancel a job that is queued or running."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def cancel(number: int, as_json: bool) -> None:
    """Ask for a job to stop."""
    with opened() as held, held.unit_of_work() as session:
        _tell(work.cancel(session, OPERATOR, number), as_json)


@jobs.command(help=N_("Queue a failed or cancelled job again."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def retry(number: int, as_json: bool) -> None:
    """Try again."""
    with opened() as held, held.unit_of_work() as session:
        _tell(work.retry(session, OPERATOR, number), as_json)


def _tell(job: Job, as_json: bool, entry: int | None = None) -> None:
    described = _described(job)
    if as_json:
        output.write_json({**described, "history": entry})
        return
    click.echo(" · ".join(part for part in _row(described) if part))
    if entry is not None:
        click.echo(say(N_("Its result: boursa history show {number}"), number=entry))


def _described(job: Job | Row[Any]) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "note": job.progress_note,
        "attempts": job.attempts,
        "interruptions": job.interruptions,
        "error": job.error,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


_STATES = {
    "queued": N_("queued"),
    "running": N_("running"),
    "done": N_("done"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
}


def _row(one: dict[str, Any]) -> list[str]:
    note = one["note"] if one["state"] == "running" else None
    remark = (one["error"] or note or {}).get(language(), "")
    return [
        str(one["id"]),
        one["kind"],
        say(_STATES[one["state"]]),
        percent(one["progress"], language(), 0),
        remark,
    ]
