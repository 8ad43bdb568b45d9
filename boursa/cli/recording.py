"""Keeping what a command computed, where there is an installation to keep it in."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from boursa import runtime, settings
from boursa.cli import installation
from boursa.cli.speaking import language, say
from boursa.errors import BoursaError
from boursa.ingest.profile import profile
from boursa.ingest.tables import Table
from boursa.language import N_
from boursa.services import datasets, history
from boursa.services.history import Record, Report
from boursa.services.policy import OPERATOR

Computation = Callable[[Table, Mapping[str, Any], Report], Record]


def compute(
    what: Computation,
    table: Table,
    parameters: Mapping[str, Any],
    report: Report,
    *,
    content: bytes,
    record: bool = True,
) -> tuple[Record, int | None]:
    """Compute in this process; return the record and its number in History, if it was kept."""
    started = time.monotonic()
    result = what(table, parameters, report)
    seconds = time.monotonic() - started
    if not record:
        return result, None
    try:
        return result, _keep_if_installed(table, content, result, seconds)
    except BoursaError as error:
        # The person asked for a number and has it; that it was not kept must be said, not fatal.
        reason = " ".join(error.sentence(language()).split())
        click.echo(say(N_("Not kept in History: {reason}"), reason=reason), err=True)
        return result, None


def _keep_if_installed(table: Table, content: bytes, result: Record, seconds: float) -> int | None:
    config = settings.load()
    if not installation.exists(config):
        return None
    held = runtime.build(config)
    try:
        return _keep(held, table, content, result, seconds)
    finally:
        held.close()


def _keep(held: runtime.Runtime, table: Table, content: bytes, result: Record, seconds: float) -> int:
    parsed = parsed_of(held, table, content)
    with held.unit_of_work() as session:
        version = datasets.bring_in(session, OPERATOR, parsed)
        entry = history.record(
            session,
            result,
            owner_id=None,
            data_version_id=version.id,
            versions=history.versions(),
            duration_s=seconds,
        )
        return entry.id


def parsed_of(held: runtime.Runtime, table: Table, content: bytes) -> datasets.Parsed:
    """Put a file and its table into the blob store and return what a version says of them."""
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    return datasets.keep(
        held.blobs,
        table.name,
        content,
        parquet.getvalue(),
        n_rows=table.rows,
        parse_options=table.options.to_dict(),
        profile=profile(table).to_dict(),
    )


def say_where(number: int | None) -> None:
    """Tell on standard error where the result was kept, so that it does not mix with it."""
    if number is not None:
        click.echo(
            say(N_("Kept in History as number {number} (boursa history show {number})."), number=number),
            err=True,
        )
