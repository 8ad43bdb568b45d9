"""``boursa backup``, ``boursa restore``, ``boursa blobs``: keep an installation, and bring it back."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from boursa.cli import output
from boursa.cli.application import application
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup, Speaking
from boursa.cli.speaking import say
from boursa.errors import InputError
from boursa.language import N_
from boursa.ops import backup as backups
from boursa.ops import migrations, unused
from boursa.storage.session import spoken

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(
    cls=Speaking,
    help=N_("Back up database and files into a new folder below TO, by default BACKUPS_DIR."),
    epilog=N_("Example: boursa backup /srv/backups --keep 14"),
)
@click.argument("to", type=_FOLDER, required=False)
@click.option("--keep", type=click.IntRange(min=1), help=N_("Remove all but the newest so many backups."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def backup(to: Path | None, keep: int | None, as_json: bool) -> None:
    """Write a backup."""
    with opened() as held:
        to = to or held.settings.backups_dir
        if to is None:
            raise InputError(N_("Where to? Name a folder: boursa backup TO, or set BACKUPS_DIR."))
        try:
            with spoken():
                made = backups.backup(held.engine, held.blobs, to, keep=keep)
        except OSError as error:
            # A full disk names no file.
            raise InputError(
                N_("{path} cannot be written: {reason}."), path=error.filename or to, reason=error.strerror
            ) from error
    _tell(made, N_("Backed up: {rows} rows and {blobs} files ({mb} MB) in {folder}."), as_json=as_json)


@click.command(
    cls=Speaking,
    help=N_("Restore the backup in the folder FROM into an empty installation."),
    epilog=N_("Example: boursa restore /srv/backups/20261122T154500000000Z --check"),
)
@click.argument("folder", metavar="FROM", type=_FOLDER)
@click.option("--check", is_flag=True, help=N_("Only compare the backup with its checksums."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def restore(folder: Path, check: bool, as_json: bool) -> None:
    """Check a backup, then write it into the installation."""
    found = backups.check(folder)
    if check:
        _tell(found, N_("The backup is whole: {rows} rows and {blobs} files ({mb} MB)."), as_json=as_json)
        return
    app = application()
    held = app.extensions["boursa"]
    backups.refuse_unfit(held.engine, folder)
    migrations.upgrade(app)
    with spoken():
        found = backups.restore(held.engine, held.blobs, folder)
    _tell(found, N_("Restored: {rows} rows and {blobs} files ({mb} MB)."), as_json=as_json)


def _tell(made: backups.Backup, sentence: str, *, as_json: bool) -> None:
    if as_json:
        output.write_json({**asdict(made), "folder": str(made.folder)})
        return
    mb = f"{made.bytes / 1e6:.1f}"
    click.echo(say(sentence, rows=made.rows, blobs=made.blobs, mb=mb, folder=made.folder))


@click.group(cls=LazyGroup, help=N_("Stored files: collect those that nothing names any more."))
def blobs() -> None:
    """Hold the commands on blobs."""


class _Age(click.ParamType[timedelta]):
    """A time such as 12h, 7d or 2w."""

    name = "age"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Return the time, or say how one is written."""
        if isinstance(value, timedelta):
            return value
        # No more digits: the calendar has no moment so long ago.
        if not re.fullmatch(r"[0-9]{1,5}[hdw]", value):
            self.fail(say(N_("{value} is no time; write 7d, 48h or 2w."), value=value), param, ctx)
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})


@blobs.command(
    help=N_("Delete the stored files that no row names and that are older than that."),
    epilog=N_("Example: boursa blobs collect --older-than 7d --dry-run"),
)
@click.option("--older-than", type=_Age(), default="7d", show_default=True, help=N_("At least 1d."))
@click.option("--dry-run", is_flag=True, help=N_("Only say what would be deleted."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def collect(older_than: timedelta, dry_run: bool, as_json: bool) -> None:
    """Forget unused blobs."""
    with opened() as held:
        found = unused.collect(held.engine, held.blobs, older_than, dry_run=dry_run)
    if as_json:
        output.write_json(asdict(found))
        return
    sentence = N_("{looked_at} files: {named} in use, {young} too young to tell, {forgotten} deleted.")
    if dry_run:
        sentence = N_("{looked_at} files: {named} in use, {young} too young to tell, {forgotten} to delete.")
    click.echo(say(sentence, **asdict(found)))
