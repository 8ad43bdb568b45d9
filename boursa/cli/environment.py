"""``boursa check-env``: every problem of the settings at once."""

from __future__ import annotations

import click

from boursa import settings
from boursa.cli.lazy import Speaking
from boursa.cli.speaking import say
from boursa.language import N_


@click.command(
    "check-env", cls=Speaking, help=N_("Check the settings and list every problem; values are never printed.")
)
def check_env() -> None:
    """Load the settings, which refuses with the whole list."""
    config = settings.load()
    click.echo(say(N_("The settings are complete for {kind}."), kind=config.app_config))
