"""What a take-over or a move brought, as text or as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boursa.cli import page
from boursa.cli.speaking import say
from boursa.errors import ConfigurationError
from boursa.language import N_
from boursa.ops.adoption import Adoption
from boursa.ops.carrying import Carried
from boursa.ops.earlier import Notes
from boursa.ops.sqlite_migration import Moved
from boursa.ops.uploads import Brought
from boursa.settings import Settings


def refuse_paths(config: Settings, path: Path | None, folder: Path | None) -> None:
    """Refuse a move without source, into SQLite, or with a folder that is not there; all at once."""
    problems = []
    if path is None:
        problems.append("SQLITE_DB_PATH: is missing, for instance SQLITE_DB_PATH=user_locations.db.")
    elif not path.is_file():
        problems.append("SQLITE_DB_PATH: there is no such file.")
    if config.database.startswith("sqlite"):
        example = "for instance DATABASE_URL=postgresql://boursa:PASSWORD@db.example.org:5432/boursa"
        problems.append(f"DATABASE_URL: must name the PostgreSQL or MySQL that the rows go to; {example}.")
    if folder is not None and not folder.is_dir():
        problems.append("UPLOADS_DIR: there is no such folder.")
    if problems:
        raise ConfigurationError(problems=problems)


def described(done: Adoption | Moved | None, brought: Brought | None = None) -> dict[str, Any]:
    """Return what was done as JSON's types."""
    if done is None:
        return {"tables": []}
    described: dict[str, Any] = {
        "tables": [vars(one) for one in done.tables],
        "not_as_it_stood": {
            what: {"rows": count, "first": done.notes.examples[what]}
            for what, count in done.notes.counts.items()
        },
    }
    if isinstance(done, Adoption):
        described["kept_as"] = list(done.aside)
    else:
        described["dry_run"] = done.dry_run
    if brought is not None:
        described["files"] = {
            "found": brought.found,
            "missing": list(brought.missing),
            "refused": list(brought.refused),
        }
    return described


def tell_adoption(done: Adoption) -> None:
    """Print what was taken over and where the old tables are."""
    _tell_tables(done.tables)
    _tell_notes(done.notes)
    sentence = N_("The database is taken over; its old tables are kept unchanged as {tables}.")
    click.echo(say(sentence, tables=", ".join(done.aside)))


def tell_move(moved: Moved, brought: Brought | None) -> None:
    """Print what arrived, and which files were missing."""
    if moved.dry_run:
        for one in moved.tables:
            click.echo(say(N_("{table}: {rows} rows would be moved."), table=one.table, rows=one.source))
    else:
        _tell_tables(moved.tables)
    _tell_notes(moved.notes)
    if brought is not None:
        sentence = N_("{found} files found and handed to the worker to be read, {missing} missing.")
        click.echo(say(sentence, found=brought.found, missing=len(brought.missing)))
        for name in brought.missing:
            click.echo("  " + say(N_("missing: {name}"), name=name))
        for refusal in brought.refused:
            click.echo(f"  {refusal}")


def _tell_tables(tables: Any) -> None:
    head = [say(N_("table")), say(N_("rows before")), say(N_("rows after")), say(N_("checksum"))]
    page.write(page.table(head, [_row(one) for one in tables], indent=0, left=1))


def _row(one: Carried) -> list[str]:
    return [one.table, str(one.source), str(one.target), one.checksum[:16]]


def _tell_notes(notes: Notes) -> None:
    for what, count in notes.counts.items():
        sentence = N_("{column}: {count} values could not be kept as they stood, such as row {example}.")
        click.echo(say(sentence, column=what, count=count, example=notes.examples[what][0]))
