"""What `boursa run` does once its settings are good: prepare what is missing, serve, run a worker beside."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import click

from boursa import settings
from boursa.app import create_app
from boursa.cli import samples as sample_data
from boursa.cli import server
from boursa.cli.installation import log_as_set
from boursa.cli.speaking import say
from boursa.errors import Unavailable
from boursa.language import N_
from boursa.ops import schema
from boursa.runtime import Runtime
from boursa.services import accounts, links
from boursa.settings import Settings

_LINK_HOURS = 24
_WORKER_STOPS_S = 10


def run(config: Settings, host: str, *, samples: bool, worker: bool) -> None:
    """Prepare what is missing, say where it is, and serve until stopped."""
    log_as_set(config)
    _free(host, config.port)
    app = create_app(config)
    schema.upgrade(schema.config_of(app))
    _welcome(app.extensions["boursa"], f"http://{host}:{config.port}", samples=samples)
    with _worker() if worker else nullcontext():
        server.serve(app, config, host)


def _free(host: str, port: int) -> None:
    """Say it in one sentence if another program listens there, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                N_("{host}:{port} cannot be listened on ({reason}); choose another with --port."),
                host=host,
                port=port,
                reason=error.strerror,
            ) from error


def _welcome(held: Runtime, address: str, *, samples: bool) -> None:
    if samples:
        with held.unit_of_work() as session:
            administrator = accounts.first_administrator(session)
        sample_data.load(held, administrator)
    click.echo(say(N_("BoursA serves on {address} (stop with Ctrl-C)"), address=address))
    # Production logs go to places where a way in should not stand; `boursa users link` makes one there.
    if not held.settings.production:
        _show_link(held, address)
    # Nothing that is opened here may be shared with the processes that serve.
    held.close()


def _show_link(held: Runtime, address: str) -> None:
    with held.unit_of_work() as session:
        administrator = accounts.first_administrator(session)
        purpose: links.Purpose = "sign-in" if administrator.password_hash else "set-up"
        token = links.create(session, administrator, purpose, hours=_LINK_HOURS)
    sentence = N_("Sign in as {name}, once, within {hours} hours: {link}")
    link = f"{address}/login/link/{token}"
    click.echo(say(sentence, name=administrator.username, hours=_LINK_HOURS, link=link))


@contextmanager
def _worker() -> Iterator[None]:
    """Run a worker beside the server; its standard input is its lifeline, should this process be killed."""
    command = [sys.executable, "-m", "boursa.cli", "worker", "--while-open"]
    # It counts for itself: every job is a process, and each would leave a file in the instance's folder.
    environment = settings.counting_alone()
    # A group of its own: Ctrl-C reaches this process only, which then stops the worker in order.
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, start_new_session=True, env=environment
    )
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_WORKER_STOPS_S)
        process.kill()
        process.wait()
