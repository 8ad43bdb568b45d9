"""The web application for commands that need it: whatever Flask-Migrate has a hand in."""

from __future__ import annotations

import click
from apiflask import APIFlask

from boursa import settings
from boursa.app import create_app


def application(config: settings.Settings | None = None) -> APIFlask:
    """Return the application; when the command ends, its connections are given back."""
    made = create_app(config or settings.load())
    click.get_current_context().call_on_close(made.extensions["boursa"].close)
    return made
