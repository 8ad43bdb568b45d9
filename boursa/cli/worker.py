"""``boursa worker``: run jobs until told to stop."""

from __future__ import annotations

import signal
import threading

import click

from boursa import telemetry
from boursa.cli.installation import opened
from boursa.cli.lazy import Speaking
from boursa.jobs.worker import Worker
from boursa.language import N_


@click.command(cls=Speaking, help=N_("Run a job worker until it is stopped (Ctrl-C or SIGTERM)."))
@click.option("--until-idle", is_flag=True, help=N_("Stop when no job is left."))
def worker(until_idle: bool) -> None:
    """Start the worker in this process."""
    with opened() as held:
        telemetry.configure_logging(held.settings.log_level, json=held.settings.production)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Worker(held).run(stop, until_idle=until_idle)
