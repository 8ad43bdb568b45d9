"""`boursa run` keeps its worker running."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

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


def _worker(held: runtime.Runtime, other_than: int) -> int:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        with held.unit_of_work() as session:
            found = [one.pid for one in instances.alive(session, "worker") if one.pid != other_than]
        if found:
            return found[0]
        time.sleep(0.2)
    raise TimeoutError("no worker came")
