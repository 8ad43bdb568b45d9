"""Serving the web application: gunicorn, or Werkzeug's server where gunicorn does not run."""

from __future__ import annotations

import sys
from typing import Any

from apiflask import APIFlask

_REQUEST_S = 120
_GOODBYE_S = 5


def serve(app: APIFlask, host: str, port: int, *, threads: int) -> None:
    """Serve `app` until the process is told to stop."""
    if sys.platform == "win32":
        from werkzeug.serving import run_simple  # gunicorn does not run on Windows

        run_simple(host, port, app, threaded=True)
        return
    from gunicorn.app.base import BaseApplication  # exists on POSIX only

    class Server(BaseApplication):  # type: ignore[misc] # gunicorn ships no types
        """Gunicorn with its settings from here instead of a command line."""

        def load_config(self) -> None:
            for name, value in _settings(host, port, threads).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    Server().run()


def _settings(host: str, port: int, threads: int) -> dict[str, Any]:
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": _REQUEST_S,
        # A client that fell silent in the middle of a request must not hold up Ctrl-C.
        "graceful_timeout": _GOODBYE_S,
        "loglevel": "warning",
        "proc_name": "boursa",
        # A control socket in the home folder would be shared by every installation of this person.
        "control_socket_disable": True,
    }
