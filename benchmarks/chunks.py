"""What a chunk costs beyond its work, and how busy chunks that sleep keep fifty children.

Needs the wheels of `requirements/servers.txt`: PostgreSQL, and Valkey with Celery as the doorbell. A
chunk is a job that sleeps, so that all processor time is ours: that of the workers with their children,
and, said apart, that of the database and of the process that asks. Run as a program, this is a worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve()
sys.path[:0] = [str(_HERE.parent.parent), str(_HERE.parent.parent / "tests")]

REPEATS = 1  # minutes each, and thousands of chunks are repetition enough
_TICKS = os.sysconf("SC_CLK_TCK")


def _do_sleep(_kind: str, payload: Mapping[str, Any], *_: Any) -> tuple[Any, dict[str, str]]:
    from boursa.services.history import Record  # in the children only

    time.sleep(payload["seconds"])
    return Record("test", "sleep", {}, {"slept": payload["seconds"]}), {}


def child_main(*given: Any) -> None:
    """Be a child whose computations sleep."""
    from boursa.jobs import child  # in the children only
    from boursa.services import computations  # in the children only

    computations.perform = _do_sleep  # type: ignore[assignment]
    child._main(*given)


def work() -> None:
    """Be a worker until told to stop."""
    from boursa import runtime, settings  # in the workers only
    from boursa.jobs import child  # in the workers only
    from boursa.jobs.worker import Worker  # in the workers only

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    start = child.start
    child.start = lambda making, storage: _started(start, making, storage)  # type: ignore[assignment]
    Worker(runtime.build(settings.load(os.environ))).run(stop)


def _started(start: Any, making: Any, storage: Any) -> Any:
    from boursa.jobs import child  # in the workers only

    real, child._main = child._main, child_main
    try:
        return start(making, storage)
    finally:
        child._main = real


def ask(chunks: int, seconds: float, workers: int, children: int) -> None:
    """Have so many chunks done, and say what that took."""
    import databases
    import servers

    from boursa import runtime, settings
    from boursa.jobs import doorbell

    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        server, broker = held.enter_context(servers.postgresql()), held.enter_context(servers.redis())
        given = {
            "BOURSA_INSTANCE": name,
            "BOURSA_ENV_FILE": "",
            "DATABASE_URL": databases.create(server.address, "postgres", "chunks"),
            "JOBS_BROKER_URL": broker.url(),
            "WORKER_PROCESSES": str(children),
        }
        databases.migrate(given["DATABASE_URL"], Path(name))
        config = settings.load(given)
        here = runtime.build(config, doorbell.of(config))
        at_work = [held.enter_context(_worker(given, f"{name}/{one}.log")) for one in range(workers)]
        _do(here, 4 * workers * children, 0.1)  # until every child is there
        before, asked_before = _used(at_work), time.process_time()
        taken = _do(here, chunks, seconds)
        asked = time.process_time() - asked_before
        by_workers, by_database = (now - then for now, then in zip(_used(at_work), before, strict=True))
        here.close()
    busy = chunks * seconds / taken / (workers * children)
    sys.stderr.write(
        f"{chunks} chunks of {seconds} s, {workers} workers with {children} children: {taken:.1f} s, "
        f"{100 * busy:.1f} % busy; a chunk: {1000 * by_workers / chunks:.2f} ms in the workers, "
        f"{1000 * by_database / chunks:.2f} in the database, {1000 * asked / chunks:.2f} in whoever asked\n"
    )


@contextmanager
def _worker(given: Mapping[str, str], log: str) -> Iterator[int]:
    with Path(log).open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - this very file
            [sys.executable, str(_HERE)],
            env={**os.environ, **given},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _do(here: Any, chunks: int, seconds: float) -> float:
    from sqlalchemy import func, select

    from boursa.services import jobs
    from boursa.services.policy import OPERATOR
    from boursa.storage.models import Job
    from boursa.storage.models.jobs import QUEUED, RUNNING

    left = select(func.count()).select_from(Job).where(Job.state.in_((QUEUED, RUNNING)))
    with here.unit_of_work() as session:
        for _ in range(chunks):
            jobs.request(session, OPERATOR, "test", {"seconds": seconds})
        begun = time.perf_counter()  # with the commit the first are taken, while the bell still rings
    while True:
        with here.unit_of_work() as session:
            if not session.scalar(left):
                return time.perf_counter() - begun
        time.sleep(0.2)


def _used(sessions: list[int]) -> tuple[float, float]:
    """Return the processor seconds of all processes of the workers' sessions, and of PostgreSQL."""
    workers, database = 0.0, 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue  # it has ended meanwhile
        fields = rest.split()
        seconds = sum(map(int, fields[11:15])) / _TICKS  # its own, and of children that have ended
        if int(fields[3]) in sessions:
            workers += seconds
        elif name == "postgres":
            database += seconds
    return workers, database


CONTENDERS = {
    "chunks of nothing": partial(ask, 2000, 0.0, 1, 2),
    "chunks that sleep": partial(ask, 10_000, 1.0, 5, 10),
}

if __name__ == "__main__":
    work()
