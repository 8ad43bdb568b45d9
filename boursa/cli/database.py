"""``boursa db``: bring the schema up, check it, reach the database."""

from __future__ import annotations

import time

import click
from sqlalchemy import text

from boursa import settings
from boursa.app import create_app
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.ops import schema


@click.group(cls=LazyGroup, help=N_("The database: upgrade, check, ping."))
def db() -> None:
    """Hold the commands on the database."""


@db.command(help=N_("Bring the schema up to this code; safe to repeat, safe for several at once."))
def upgrade() -> None:
    """Run the migrations."""
    app = create_app(settings.load())
    schema.upgrade(schema.config_of(app))
    found = schema.state(app.extensions["boursa"].engine)
    click.echo(say(N_("The schema is at revision {revision}."), revision=found.database))


@db.command(help=N_("Say whether models and migrations agree, and whether the database is current."))
def check() -> None:
    """Compare models, migrations and database."""
    app = create_app(settings.load())
    schema.check(schema.config_of(app))
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
