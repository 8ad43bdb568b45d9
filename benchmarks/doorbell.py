"""What ringing for a job through Celery costs whoever asked for it, over writing the job's row.

Needs the wheels of `requirements/servers.txt`. Two hundred jobs each; divide for one. The baseline is a
job row alone, in SQLite.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import servers
from redis import Redis

from boursa import runtime, settings
from boursa.jobs import doorbell
from boursa.services import jobs
from boursa.services.policy import OPERATOR
from boursa.storage.models import Base

JOBS = 200


def _ask(broker: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given = {"BOURSA_INSTANCE": folder} | ({"JOBS_BROKER_URL": broker} if broker else {})
        config = settings.load(given)
        held = runtime.build(config, doorbell.of(config))
        Base.metadata.create_all(held.engine)
        for _ in range(JOBS):
            with held.unit_of_work() as session:
                jobs.request(session, OPERATOR, "test", {})
        held.close()


def _rung() -> None:
    with servers.redis() as server:
        _ask(server.url())
        with Redis.from_url(server.url()) as client:
            sizes = [len(message) for message in client.lrange("boursa-jobs", 0, -1)]
    sys.stderr.write(f"{len(sizes)} messages of at most {max(sizes)} bytes\n")


CONTENDERS = {"a job row alone": lambda: _ask(None), "a job row and a ring": _rung}


def warm_up(name: str) -> None:
    """Import what a process that serves has imported already."""
    if name != "a job row alone":
        from boursa.jobs import celery  # what is measured is ringing, not its first import

        celery.doorbell("redis://127.0.0.1:1")(0)
