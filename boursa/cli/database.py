"""``boursa db``: bring the schema up, check it, reach the database, take over what was there before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

import click
from sqlalchemy import inspect, text

from boursa import settings
from boursa.cli import output, transfers
from boursa.cli.application import application
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.ops import adoption, migrations, schema, sqlite_migration, uploads
from boursa.runtime import Runtime
from boursa.services import accounts, links
from boursa.storage.models import Base

_LINK_HOURS = 24


@click.group(
    cls=LazyGroup, help=N_("The database: init, upgrade, downgrade, check, ping, adopt, migrate-from-sqlite.")
)
def db() -> None:
    """Hold the commands on the database."""


@db.command(help=N_("Bring the schema up to this code; safe to repeat, safe for several at once."))
def upgrade() -> None:
    """Run the migrations; an earlier BoursA's database is taken over first."""
    app = application()
    adopted = adoption.bring_up(app, _progress)
    if adopted is not None:
        transfers.tell_adoption(adopted)
    found = schema.state(app.extensions["boursa"].engine)
    click.echo(say(N_("The schema is at revision {revision}."), revision=found.database))


@db.command(help=N_("Take the schema down to REVISION; what only the newer one keeps is lost."))
@click.argument("revision", metavar="REVISION")
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
def downgrade(revision: str, yes: bool) -> None:
    """Run migrations backwards, for whoever takes a release back for good."""
    app = application()
    if not yes:
        click.confirm(say(N_("Rows and columns of the newer schema will be lost. Go on?")), abort=True)
    migrations.downgrade(app, revision)
    found = schema.state(app.extensions["boursa"].engine)
    click.echo(say(N_("The schema is at revision {revision}."), revision=found.database or "base"))


@db.command(
    help=N_("Make a working installation: schema, first administrator, verification; safe to repeat."),
    epilog=N_("Example: boursa db init"),
)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def init(as_json: bool) -> None:
    """Bring the schema up, make sure that there is an administrator, and read back what stands there."""
    app = application()
    adopted = adoption.bring_up(app, _progress)
    held: Runtime = app.extensions["boursa"]
    with held.unit_of_work() as session:
        administrator = accounts.first_administrator(session)
        token = None
        if administrator.password_hash is None:
            token = links.create(session, administrator, links.SET_UP, hours=_LINK_HOURS)
    tables = sorted(set(inspect(held.engine).get_table_names()) & set(Base.metadata.tables))
    found = schema.state(held.engine)
    if as_json:
        answer = {"revision": found.database, "state": found.state, "tables": tables}
        answer |= {"administrator": administrator.username, "link": links.path(token) if token else None}
        output.write_json(answer)
        return
    if adopted is not None:
        transfers.tell_adoption(adopted)
    sentence = N_("The schema is at revision {revision} ({state}), with {n} tables: {tables}.")
    click.echo(
        say(sentence, revision=found.database, state=found.state, n=len(tables), tables=", ".join(tables))
    )
    if token is None:
        click.echo(say(N_("The administrator is {name}."), name=administrator.username))
    else:
        sentence = N_("The administrator {name} chooses a password, once, within {hours} hours, at: {link}")
        click.echo(say(sentence, name=administrator.username, hours=_LINK_HOURS, link=links.path(token)))


@db.command(
    help=N_(
        "Take over a server database that the earlier BoursA made; its tables are kept under other names."
    ),
    epilog=N_("Example: boursa db adopt --json"),
)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def adopt(as_json: bool) -> None:
    """Do what `upgrade` does, and say so where there is nothing to take over."""
    app = application()
    adopted = adoption.bring_up(app, _progress)
    if as_json:
        output.write_json({"adopted": adopted is not None, **transfers.described(adopted)})
    elif adopted is None:
        click.echo(say(N_("There is nothing to take over; the schema is current.")))
    else:
        transfers.tell_adoption(adopted)


@db.command(
    "migrate-from-sqlite",
    help=N_("Move what an SQLite file holds (SQLITE_DB_PATH) to the configured server database."),
    epilog=N_("Example: SQLITE_DB_PATH=user_locations.db boursa db migrate-from-sqlite --dry-run"),
)
@click.option(
    "--from", "source", type=click.Path(path_type=Path), help=N_("The file; by default SQLITE_DB_PATH.")
)
@click.option(
    "--uploads",
    "given",
    type=click.Path(path_type=Path),
    help=N_("Folder of uploaded files; by default UPLOADS_DIR."),
)
@click.option("--dry-run", is_flag=True, help=N_("Read and count everything, write nothing."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def migrate_from_sqlite(source: Path | None, given: Path | None, dry_run: bool, as_json: bool) -> None:
    """Bring rows, then the bytes of files; may be stopped and started again at any moment."""
    config = settings.load()
    path, folder = source or config.sqlite_db_path, given or config.uploads_dir
    transfers.refuse_paths(config, path, folder)
    app = application(config)
    held: Runtime = app.extensions["boursa"]
    if not dry_run:
        adoption.bring_up(app, _progress)
    moved = sqlite_migration.migrate(held.engine, cast(Path, path), _progress, dry_run=dry_run)
    brought = uploads.bring(held.sessions, held.blobs, folder) if folder and not dry_run else None
    if as_json:
        output.write_json(transfers.described(moved, brought))
    else:
        transfers.tell_move(moved, brought)


def _progress(step: str, rows: int) -> None:
    click.echo(f"{step}: {rows}", err=True)


@db.command(help=N_("Say whether models and migrations agree, and whether the database is current."))
def check() -> None:
    """Compare models, migrations and database."""
    app = application()
    migrations.check(app)
    found = schema.state(app.extensions["boursa"].engine)
    click.echo(say(N_("Models and migrations agree; the database is {state}."), state=found.state))


@db.command(help=N_("Reach the database and say how long it took."))
def ping() -> None:
    """Ask the database the simplest question."""
    with opened() as held:
        started = time.perf_counter()
        with held.unit_of_work() as session:
            session.execute(text("SELECT 1"))
        took_ms = 1000 * (time.perf_counter() - started)
        name = held.engine.dialect.name
    click.echo(say(N_("{name} answers in {ms} ms."), name=name, ms=f"{took_ms:.1f}"))
