"""``boursa run``: everything on one machine, in one command: pages, API and a worker."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from boursa import settings
from boursa.cli.lazy import Speaking
from boursa.language import N_


@click.command(
    cls=Speaking,
    help=N_("Serve pages and API with a local worker; makes the installation if there is none."),
    epilog=N_("Example: boursa run --port 5001"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=N_("The address to listen on."))
@click.option("--port", type=click.IntRange(1, 65535), help=N_("The port to listen on; by default PORT."))
@click.option("--no-samples", is_flag=True, help=N_("Load no sample data into a new installation."))
@click.option("--no-worker", is_flag=True, help=N_("Leave the jobs to workers that run elsewhere."))
def run(host: str, port: int | None, no_samples: bool, no_worker: bool) -> None:
    """Read the settings, which refuses with the whole list, before anything is made or loaded."""
    config = settings.load()
    if port is not None:
        config = config.model_copy(update={"port": port})
    if config.web_processes > 1:
        _count_together(config.metrics_folder)
    from boursa.cli import serving  # its counters look, when they are made, for the folder just named

    serving.run(config, host, samples=not no_samples, worker=not no_worker)


def _count_together(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)  # what processes of the last start have counted
    folder.mkdir(parents=True)
    settings.count_together(folder)
