"""A whole BoursA as a person starts it: `boursa run` in a folder of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import servers

import boursa

_LINK = re.compile(r"(http://[^/\s]+)/login/link/\S+")
_STARTS_S, _STOPS_S = 120, 30


class Site:
    """One installation; it can be started, stopped with Ctrl-C, and started again."""

    def __init__(self, folder: Path, *options: str, **variables: str) -> None:
        self.folder, self.options = folder, options
        self.environment = {
            # Processes that a test starts run the same code as the test.
            "PYTHONPATH": str(Path(boursa.__file__).parent.parent),
            "BOURSA_INSTANCE": str(folder / "instance"),
            "BOURSA_ENV_FILE": "",
            "WORKER_PROCESSES": "2",
            "LOG_LEVEL": "WARNING",
            **variables,
        }
        self.address, self.link, self.starts = "", "", 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; `address` and `link` are what it printed."""
        self.starts += 1
        log = self.folder / f"run-{self.starts}.log"
        port = str(servers.free_port())
        command = [sys.executable, "-m", "boursa.cli", "run", "--port", port, *self.options]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env={**_plain(), **self.environment}, stdout=output, stderr=output
            )
        until = time.monotonic() + _STARTS_S
        while not self._answers(log):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"boursa run did not come up: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> list[str]:
        """Press Ctrl-C; return what it left running, which has to be nothing."""
        if self._process is None:
            return []
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOPS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        return self._left_running()

    def _answers(self, log: Path) -> bool:
        found = _LINK.search(log.read_text(errors="replace"))
        if found is None:
            return False
        self.link, self.address = found[0], found[1]
        with suppress(URLError, ConnectionError), urlopen(f"{self.address}/health/live") as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
        return False

    def _left_running(self) -> list[str]:
        mine = f"BOURSA_INSTANCE={self.environment['BOURSA_INSTANCE']}".encode()
        # A child of the worker notices within moments that its parent is gone.
        until = time.monotonic() + 5
        while (left := [*_processes(mine)]) and time.monotonic() < until:
            time.sleep(0.1)
        return left


def _plain() -> dict[str, str]:
    """Return the environment without settings of an installation that somebody works with."""
    kept = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _processes(variable: bytes) -> Iterator[str]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if variable in (folder / "environ").read_bytes().split(b"\0"):
                yield (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()


@contextmanager
def running(folder: Path, *options: str, **variables: str) -> Iterator[Site]:
    """Run a site for as long as the block lasts, and see that it leaves nothing behind."""
    site = Site(folder, *options, **variables)
    try:
        site.start()
        yield site
    finally:
        left = site.stop()
    assert not left, f"still running after Ctrl-C: {left}"
