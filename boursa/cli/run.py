"""``boursa run``: everything on one machine, in one command: pages, API and a worker."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from boursa import settings, telemetry
from boursa.app import create_app
from boursa.cli import samples, server
from boursa.cli.lazy import Speaking
from boursa.cli.speaking import say
from boursa.errors import Unavailable
from boursa.language import N_
from boursa.ops import adoption, schema
from boursa.runtime import Runtime
from boursa.services import accounts, links

_LINK_HOURS = 24
_WORKER_STOPS_S = 10


@click.command(
    cls=Speaking,
    help=N_("Serve pages and API with a local worker; makes the installation if there is none."),
    epilog=N_("Example: boursa run --port 5001"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=N_("The address to listen on."))
@click.option("--port", type=click.IntRange(1, 65535), help=N_("The port to listen on; by default PORT."))
@click.option("--no-samples", is_flag=True, help=N_("Load no sample data into a new installation."))
def run(host: str, port: int | None, no_samples: bool) -> None:
    """Prepare what is missing, say where it is, and serve until stopped."""
    config = settings.load()
    telemetry.configure_logging(config.log_level, json=config.production)
    port = port or config.port
    _free(host, port)
    app = create_app(config)
    adoption.bring_up(schema.config_of(app))
    _welcome(app.extensions["boursa"], f"http://{host}:{port}", load_samples=not no_samples)
    with _worker():
        server.serve(app, host, port, threads=config.web_threads)


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


def _welcome(held: Runtime, address: str, *, load_samples: bool) -> None:
    with held.unit_of_work() as session:
        administrator = accounts.first_administrator(session)
        purpose: links.Purpose = "sign-in" if administrator.password_hash else "set-up"
        token = links.create(session, administrator, purpose, hours=_LINK_HOURS)
    if load_samples:
        samples.load(held, administrator)
    click.echo(say(N_("BoursA serves on {address} (stop with Ctrl-C)"), address=address))
    # Production logs go to places where a way in should not stand; `boursa users link` makes one there.
    if not held.settings.production:
        sentence = N_("Sign in as {name}, once, within {hours} hours: {link}")
        link = f"{address}/login/link/{token}"
        click.echo(say(sentence, name=administrator.username, hours=_LINK_HOURS, link=link))
    # Nothing that is opened here may be shared with the processes that serve.
    held.close()


@contextmanager
def _worker() -> Iterator[None]:
    """Run a worker beside the server; its standard input is its lifeline, should this process be killed."""
    command = [sys.executable, "-m", "boursa.cli", "worker", "--while-open"]
    # A group of its own: Ctrl-C reaches this process only, which then stops the worker in order.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_WORKER_STOPS_S)
        process.kill()
        process.wait()
