"""What a request costs the process that serves it: 300 of each, by raw WSGI calls, on SQLite."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

REQUESTS, WARM_UP = 300, 30
FOLDER = Path(tempfile.gettempdir()) / "boursa-benchmarks" / "web"
COOKIE = FOLDER / "cookie"
VARIABLES = {
    "BOURSA_INSTANCE": str(FOLDER),
    "BOURSA_ENV_FILE": "",
    "DATABASE_URL": f"sqlite:///{FOLDER / 'boursa.db'}",
    "REQUESTS_PER_MINUTE": "1000000",
}
# The address, and whether somebody is signed in, with five datasets and five results.
ASKED = {
    "/health/live": ("/health/live", False),
    "/health": ("/health", False),
    "/ signed out": ("/", False),
    "/ signed in": ("/", True),
    "a finished Bilan": ("/data/1", True),
}
_held: dict[str, Any] = {}


def ask(name: str) -> None:
    """Send the requests of one contender, and say the median of their CPU time and what the last one sent."""
    environ = _environ(*ASKED[name])
    times = []
    for _ in range(REQUESTS):
        start = time.process_time()
        size = _answer(environ)
        times.append(time.process_time() - start)
    sys.stderr.write(f"{name:20} {1000 * median(times):6.2f} ms  {size:7,} bytes\n")


CONTENDERS: Mapping[str, Callable[[], None]] = {name: partial(ask, name) for name in ASKED}


def warm_up(name: str) -> None:
    """Install BoursA once, in a process of its own; then start, and let templates and caches fill."""
    from boursa import settings, telemetry  # late: only the process that serves needs it
    from boursa.app import create_app  # late: the same
    from boursa.ops import schema  # late: the same
    from boursa.storage.session import make_engine  # late: the same

    if not COOKIE.exists() or schema.state(make_engine(VARIABLES["DATABASE_URL"])).state != "current":
        subprocess.run([sys.executable, __file__], check=True)  # noqa: S603 - this very file

    telemetry.configure_logging(file=FOLDER / "requests.log")  # as production does: a line a request
    _held["app"] = create_app(settings.load(VARIABLES))
    for _ in range(WARM_UP):
        _answer(_environ(*ASKED[name]))


def _environ(path: str, signed_in: bool) -> dict[str, Any]:
    from werkzeug.test import create_environ  # late: only the process that serves needs it

    headers = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "fr"}
    if signed_in:  # a browser that comes back: it has the cookie of its forms too
        headers["Cookie"] = f"boursa={COOKIE.read_text()}; {_form_cookie()}"
    return create_environ(path, headers=headers)


def _form_cookie() -> str:
    answer = _held["app"].test_client().get("/login")
    cookie: str = answer.headers["Set-Cookie"].partition(";")[0]
    return cookie


def _answer(environ: Mapping[str, Any]) -> int:
    """Return how many bytes were sent."""
    said: list[str] = []
    body = _held["app"]({**environ, "wsgi.input": io.BytesIO()}, lambda status, *_: said.append(status))
    size = sum(map(len, body))
    body.close()
    if not said[0].startswith("200"):
        raise SystemExit(f"{environ['PATH_INFO']} answered {said[0]}: its time would prove nothing")
    return size


def install() -> None:
    """Make the installation: five datasets, one Bilan and four tests, done as a worker does them."""
    from boursa import settings  # late: what computes must not be in the process that is measured
    from boursa.app import create_app  # late: the same
    from boursa.ops import migrations  # late: the same
    from boursa.services import accounts, analyses, policy, readings, sessions  # late: the same

    shutil.rmtree(FOLDER, ignore_errors=True)
    app = create_app(settings.load(VARIABLES))
    held = app.extensions["boursa"]
    migrations.upgrade(app)
    with held.unit_of_work() as session:
        user = accounts.create(session, policy.OPERATOR, "awa")
        actor, token = policy.actor_of(session, user), sessions.start(session, user, days=3650)
    for number in range(5):
        with held.unit_of_work() as session:
            job = readings.request_sample(session, actor, "vix", keep=False)
        _work(held)
        with held.unit_of_work() as session:
            version = readings.confirm(session, actor, job.id, name=f"cours-{number}.csv")
            wanted = {"test": "adf", "columns": ["Clôture"]} if number else {}
            analyses.request(session, actor, "test" if number else "analysis", version, wanted)
        _work(held)
    COOKIE.write_text(token)


def _work(held: Any) -> None:
    from boursa.services import computations, jobs, outcomes  # late: as above

    class Silent:
        def progress(self, *_: object) -> None: ...

        def partial(self, *_: object) -> None: ...

    with held.unit_of_work() as session:
        claim = jobs.claim_next(session, "benchmark")
    outcome, versions = computations.perform(claim.kind, claim.payload, held.blobs, Silent())
    with held.unit_of_work() as session:
        outcomes.write(session, claim, outcome, versions, 1.0)


if __name__ == "__main__":
    os.umask(0o077)
    install()
