"""``boursa worker``: run jobs until told to stop."""

from __future__ import annotations

import os
import signal
import threading

import click
from prometheus_client import start_http_server

from boursa.cli.installation import log_as_set, opened
from boursa.cli.lazy import Speaking
from boursa.errors import Unavailable
from boursa.jobs.worker import Worker
from boursa.language import N_


@click.command(cls=Speaking, help=N_("Run a job worker until it is stopped (Ctrl-C or SIGTERM)."))
@click.option("--until-idle", is_flag=True, help=N_("Stop when no job is left."))
@click.option("--while-open", is_flag=True, hidden=True)
def worker(until_idle: bool, while_open: bool) -> None:
    """Start the worker in this process."""
    with opened() as held:
        log_as_set(held.settings)
        if held.settings.metrics_port:
            _show_metrics(held.settings.metrics_host, held.settings.metrics_port)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if while_open:
            threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
        Worker(held).run(stop, until_idle=until_idle)


def _show_metrics(host: str, port: int) -> None:
    try:
        start_http_server(port, addr=host)
    except OSError as error:
        raise Unavailable(
            N_(
                "{host}:{port} cannot be listened on ({reason}); choose another METRICS_PORT or METRICS_HOST."
            ),
            host=host,
            port=port,
            reason=error.strerror,
        ) from error


def _stop_at_end_of_input(stop: threading.Event) -> None:
    """Stop when whoever started this worker is gone, however it ended: the pipe from it then closes."""
    # Not through `sys.stdin`, whose lock a thread that waits would still hold when Python ends.
    while os.read(0, 1):
        pass
    stop.set()
