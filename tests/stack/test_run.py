"""`boursa run` keeps its worker running, stays as long as it is wanted, and ends when it is told to."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import servers
import sites

from boursa import runtime, settings
from boursa.services import instances


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    # Pages would wait for a free worker for ever.
    with sites.running(tmp_path, "--no-samples") as site:
        held = runtime.build(settings.load(site.environment))
        try:
            first = _worker(held, other_than=0)
            os.kill(first, signal.SIGKILL)
            assert _worker(held, other_than=first) != first
        finally:
            held.close()


def test_who_says_nothing_does_not_hold_up_its_end(tmp_path: Path) -> None:
    # A request that never becomes whole keeps a thread, and threads keep a process.
    with sites.running(tmp_path, "--no-samples", "--no-worker") as site:
        place = urlsplit(site.address)
        with socket.create_connection((place.hostname, place.port)) as silent:
            silent.sendall(b"GET / HTTP/1.1\r\n")
            time.sleep(0.5)
            begun = time.monotonic()
            site.stop()
            assert time.monotonic() - begun < 20


def test_it_outlives_whoever_started_it(tmp_path: Path) -> None:
    # Such as a terminal that is closed; nohup has its signal ignored.
    port = servers.free_port()
    run = shlex.join([sys.executable, "-m", "boursa.cli", "run", "--no-samples", "--no-worker"])
    said = shlex.quote(str(tmp_path / "run.log"))
    with subprocess.Popen(
        ["/bin/sh", "-c", f"trap '' HUP; {run} --port {port} 2> {said} & echo $!; read end"],
        env={**os.environ, **sites.Site(tmp_path).environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as shell:
        assert shell.stdin
        assert shell.stdout
        pid = int(shell.stdout.readline())
        try:
            servers.until(60, lambda: _ask(port), OSError)
            shell.stdin.close()
            shell.wait(10)
            os.kill(pid, signal.SIGHUP)
            time.sleep(2.5)  # gunicorn looks once a second
            _ask(port)
        finally:
            os.kill(pid, signal.SIGKILL)


def _ask(port: int) -> None:
    urlopen(f"http://127.0.0.1:{port}/health/live").close()


def _worker(held: runtime.Runtime, other_than: int) -> int:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        with held.unit_of_work() as session:
            found = [one.pid for one in instances.alive(session, "worker") if one.pid != other_than]
        if found:
            return found[0]
        time.sleep(0.2)
    raise TimeoutError("no worker came")
