"""How an instance behind Nginx stops without a failed request.

Nginx learns from failures only. So a process that was told to stop first refuses what may safely be asked
elsewhere: Nginx asks another instance and leaves this one alone. Everything else is still done. Only then
is the door closed, after whoever had already knocked was let in.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

REFUSES_S = 1.0
# What a process has beyond the time for what is under way: to refuse, sign off, stop a worker beside it.
_AT_LAST_S = 5
_SAFE = ("GET", "HEAD")
_leaving = threading.Event()
_refusing = threading.Event()


class Refusing:
    """The application, saying 504 to what may be asked elsewhere while the process is about to stop."""

    def __init__(self, application: Any) -> None:
        self.application = application
        _refusing.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        if _leaving.is_set() and environ["REQUEST_METHOD"] in _SAFE:
            headers = [
                ("Content-Type", "application/json"),
                ("Retry-After", "1"),
                ("Cache-Control", "no-store"),
            ]
            start_response("504 Gateway Timeout", headers)  # which no view of ours ever says
            return [b'{"status": "leaving"}\n']
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn ships no types
    """A process of gunicorn that leaves in that order."""

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Hear the signal to stop."""
        if not _refusing.is_set():
            super().handle_exit(sig, frame)
        elif not _leaving.is_set():
            _leaving.set()
            timer = threading.Timer(REFUSES_S, super().handle_exit, (sig, frame))
            timer.daemon = True
            timer.start()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Let in whoever waits before the door is closed for good: what waits there would be cut off."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._let_in(listener)
                listener.close()

    def _let_in(self, listener: Any) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)


class Alone(Worker):
    """The same as the only process of an instance, with no arbiter that looks after it."""

    def is_parent_alive(self) -> bool:
        """Whose child it is does not matter."""
        return True

    def init_signals(self) -> None:
        """Listen to signals, but for the one that whoever started it had it ignore, as nohup does."""
        kept = signal.getsignal(signal.SIGHUP)
        super().init_signals()
        if kept is signal.SIG_IGN:
            signal.signal(signal.SIGHUP, kept)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Hear the signal to stop, once what is under way is done."""
        self._end_within(self.cfg.graceful_timeout + _AT_LAST_S)
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        """Hear the signal to stop at once."""
        self._end_within(_AT_LAST_S)
        super().handle_quit(sig, frame)

    def _end_within(self, seconds: float) -> None:
        # A thread that still hears or answers somebody would keep the process: an arbiter would kill it.
        timer = threading.Timer(seconds, os._exit, (0,))
        timer.daemon = True
        timer.start()


class Log(Logger):  # type: ignore[misc] # gunicorn ships no types
    """What gunicorn says goes where our own lines go."""

    def setup(self, cfg: Any) -> None:
        """Take its own handlers away."""
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True
