"""What `boursa run` does once its settings are good: prepare what is missing, serve, run a worker beside."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import click

from boursa import settings, telemetry
from boursa.app import create_app
from boursa.cli import samples as sample_data
from boursa.cli import server
from boursa.cli.installation import log_as_set
from boursa.cli.speaking import say
from boursa.errors import Unavailable
from boursa.language import N_
from boursa.ops import adoption
from boursa.runtime import Runtime
from boursa.services import accounts, links
from boursa.settings import Settings

_LINK_HOURS = 24
_WORKER_STOPS_S = 10
# How often the worker is looked after, and the pause before another one: what fails at once must not spin.
_LOOK_S, _PAUSE_S = 0.5, 2
_log = telemetry.logger(__name__)


def run(config: Settings, host: str, *, samples: bool, worker: bool) -> None:
    """Prepare what is missing, say where it is, and serve until stopped."""
    log_as_set(config)
    _free(host, config.port)
    app = create_app(config)
    adoption.bring_up(app)
    _welcome(app.extensions["boursa"], _address(host, config.port), samples=samples)
    with _worker() if worker else nullcontext():
        server.serve(app, config, host)


def _address(host: str, port: int) -> str:
    """Return what to type into a browser on this machine; "everywhere" is no address."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


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
        sample_data.ask_for(held, administrator)
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
    """Run a worker beside the server, and another one whenever it ends by itself."""
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(_started(), over), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(_WORKER_STOPS_S + _LOOK_S + 1)


def _keep(process: subprocess.Popen[bytes], over: threading.Event) -> None:
    while not over.wait(_LOOK_S):
        if process.poll() is not None:
            _log.error("the worker ended; another one starts", status=process.returncode)
            if over.wait(_PAUSE_S):
                return
            process = _started()
    _stop(process)


def _started() -> subprocess.Popen[bytes]:
    """Start a worker; its standard input is its lifeline, should this process be killed."""
    command = [sys.executable, "-m", "boursa.cli", "worker", "--while-open"]
    # It counts for itself: every job is a process, and each would leave a file in the instance's folder.
    environment = settings.counting_alone()
    # A group of its own: Ctrl-C reaches this process only, which then stops the worker in order.
    return subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, start_new_session=True, env=environment
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_WORKER_STOPS_S)
    process.kill()
    process.wait()
