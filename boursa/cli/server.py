"""Serving the web application: gunicorn, or Werkzeug's server where gunicorn does not run."""

from __future__ import annotations

import gc
import os
import secrets
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

from apiflask import APIFlask
from prometheus_client import multiprocess
from sqlalchemy.exc import SQLAlchemyError

from boursa import telemetry
from boursa.errors import BoursaError, Unavailable
from boursa.ops import places
from boursa.runtime import Runtime
from boursa.services import instances
from boursa.settings import Settings, counted_together

_REQUEST_S, _GOODBYE_S, _LAST_WORD_S = 120, 5, 1
# Longer than Nginx keeps an idle connection: who closes it must be Nginx, or it may be writing to it.
_IDLE_S = 30
_log = telemetry.logger(__name__)


def serve(app: APIFlask, config: Settings, host: str) -> None:
    """Serve `app` until the process is told to stop."""
    if sys.platform == "win32":
        from werkzeug.serving import run_simple  # gunicorn does not run on Windows

        run_simple(host, config.port, app, threaded=True)
        return
    from gunicorn.app.base import BaseApplication  # exists on POSIX only

    from boursa.cli import leaving  # the same

    if config.trusted_proxies:
        app.wsgi_app = leaving.Refusing(app.wsgi_app)  # type: ignore[method-assign] # how Flask takes middleware

    class Server(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
        """Gunicorn with its settings from here instead of a command line."""

        def load_config(self) -> None:
            self.cfg.set("worker_class", leaving.Worker)
            self.cfg.set("logger_class", leaving.Log)
            for name, value in (_settings(config, host) | _hooks(app.extensions["boursa"])).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    # What is there by now stays: not looking through it again keeps it shared by the processes that serve.
    gc.collect()
    gc.freeze()
    if config.web_processes == 1:
        _alone(Server())
    else:
        Server().run()


def _alone(server: Any) -> None:
    """Serve in this process: an arbiter over one would need as much memory again, to start it anew."""
    from gunicorn.sock import create_sockets  # exists on POSIX only

    from boursa.cli import leaving  # the same

    config = server.cfg
    log = config.logger_class(config)
    worker = leaving.Alone(1, os.getppid(), create_sockets(config, log), server, config.timeout, config, log)
    worker.pid = os.getpid()
    try:
        worker.init_process()
    finally:
        config.worker_exit(server, worker)


def _settings(config: Settings, host: str) -> dict[str, Any]:
    return {
        "bind": f"[{host}]:{config.port}" if ":" in host else f"{host}:{config.port}",
        "workers": config.web_processes,
        "threads": config.web_threads * places.THREADS_A_PLACE,
        "timeout": _REQUEST_S,
        # On a laptop a client that fell silent in the middle of a request must not hold up Ctrl-C; behind
        # a proxy whatever is on its way arrives.
        "graceful_timeout": _REQUEST_S if config.trusted_proxies else _GOODBYE_S,
        "keepalive": _IDLE_S if config.trusted_proxies else 2,
        "loglevel": "warning",
        "proc_name": "boursa",
        # A control socket in the home folder would be shared by every installation of this person.
        "control_socket_disable": True,
    }


def _hooks(held: Runtime) -> dict[str, Any]:
    """Return what each process does when it begins and ends."""
    presence = Presence(held)

    def begin(_worker: Any) -> None:
        if held.engine.dialect.name != "sqlite":
            telemetry.connections_most.set(2 * held.settings.pool_size)
        presence.begin()

    def end(_arbiter: Any, _worker: Any) -> None:
        presence.end()

    def gone(_arbiter: Any, worker: Any) -> None:
        # Its counts stay, or the sums would go backwards; what it was holding is held no more.
        if counted_together():
            multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call] # it has no types

    return {"post_worker_init": begin, "worker_exit": end, "child_exit": gone}


class Presence:
    """Signs the list of living processes, for one process that serves."""

    def __init__(self, held: Runtime) -> None:
        self.held = held
        self._name = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sign, name="presence", daemon=True)

    def begin(self) -> None:
        """Sign in now and every few seconds."""
        self._name = f"{socket.gethostname()}:{self.held.settings.port}/{os.getpid()}-{secrets.token_hex(4)}"
        self._thread.start()

    def end(self) -> None:
        """Sign off; whoever cannot is taken off the list for its silence."""
        self._stop.set()
        if self._name:
            self._thread.join(_LAST_WORD_S)  # or it might sign once more, after it has signed off
            with suppress(Unavailable), self.held.unit_of_work() as session:
                instances.sign_off(session, self._name)

    def _sign(self) -> None:
        while not self._stop.is_set():
            try:
                parts = self.held.parts()
                with self.held.unit_of_work() as session:
                    instances.sign_in(session, self._name, "web", parts)
            except (BoursaError, SQLAlchemyError, OSError) as error:
                # The next signature may be well; whoever looks after the site sees this one missing.
                _log.warning("not signed in", reason=str(error))
            self._stop.wait(self.held.settings.job_heartbeat_s)
