"""What three instances in the production shape cost: CPU of a request, and memory after 1,000 of them.

Needs the wheels of `requirements/servers.txt`: PostgreSQL, Redis, and Nginx, which is not asked here. CPU is
that of all processes of an instance, heartbeats included. PSS counts what processes share once.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import load
import production
import servers
from sqlalchemy import select

from boursa.services import accounts, policy, sessions, tokens
from boursa.storage.models import User

_ROOT = Path(__file__).resolve().parent.parent
MIXED, ALONE, WARM_UP = 1000, 400, 30
# What Nginx says of a browser that comes back.
_HEADERS = {
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "fr",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Proto": "https",
}
# The address, whether somebody is signed in, and the CPU that is aimed at, in milliseconds.
_ASKED = {
    "/health": ("/health", False, 1.5),
    "/ signed out": ("/", False, 3.0),
    "/ signed in": ("/", True, 3.0),
}
_MIXTURE = [("/", True), ("/", False), ("/health", False), ("/data/{dataset}", True), ("/login", False)]
_MOST_MB = 300


def main() -> None:
    """Start everything from wheels, ask, and say what it cost."""
    with tempfile.TemporaryDirectory(prefix="boursa-bench-") as folder, servers.postgresql() as server:
        settings = {"REQUESTS_PER_MINUTE": "10000000", "PYTHONPATH": _as_installed(Path(folder))}
        with production.stack(Path(folder), f"{server.address}/postgres", **settings) as site:
            cookie, dataset = _fill(site)
            _say("CPU of a request, ms", "", "aim")
            for name, (path, signed_in, aim) in _ASKED.items():
                spent = _cpu_ms(site.instances[0], path, cookie if signed_in else "")
                _say(name, f"{spent:.2f}", f"{aim:.1f}")
            _ask_a_mixture(site, cookie, dataset)
            each = [_pss_mb(one) for one in site.instances]
            _say(f"PSS after {MIXED} requests, MB", "", "aim")
            _say("three instances", f"{sum(each):.0f}", str(_MOST_MB), *(f"{one:.0f}" for one in each))


def _as_installed(folder: Path) -> str:
    """Return a path for Python on which what only developers have is not found, as on a server."""
    hidden = dict.fromkeys(("pygments", "rich", "valkey"))
    (folder / "hiding").mkdir()
    (folder / "hiding" / "sitecustomize.py").write_text(f"import sys\nsys.modules.update({hidden})\n")
    return os.pathsep.join([str(folder / "hiding"), str(_ROOT)])


def _say(name: str, *words: str) -> None:
    sys.stdout.write(f"{name:30}" + "".join(f"{word:>8}" for word in words) + "\n")
    sys.stdout.flush()


def _fill(site: production.Stack) -> tuple[str, int]:
    """Make a person with five datasets and five results; return the cookie and a dataset."""
    with site.held() as held, held.unit_of_work() as session:
        user = accounts.create(session, policy.OPERATOR, "awa", role="analyst")
        session.flush()
        token = tokens.create(session, policy.actor_of(session, user), "bench")[1]
    with load.Client(site, token, load.Told()) as client:
        for _ in range(5):
            client.upload(Prefer="respond-async")
        load.await_quiet(site)
        datasets = [line["id"] for line in load.listed(site, token, "/api/v1/datasets")]
        for dataset in datasets:
            client.test(dataset, Prefer="respond-async")
        load.await_quiet(site)
    if len(datasets) != 5 or sum(1 for _ in load.listed(site, token, "/api/v1/history")) != 5:
        sys.exit("five datasets and five results were asked for: the figures would prove nothing")
    with site.held() as held, held.unit_of_work() as session:
        user = session.scalars(select(User).where(User.username == "awa")).one()
        return sessions.start(session, user, days=1), datasets[0]


def _cpu_ms(instance: production.Instance, path: str, cookie: str) -> float:
    with closing(HTTPConnection("127.0.0.1", instance.port, timeout=60)) as connection:
        headers = _headers(connection, cookie)
        for _ in range(WARM_UP):
            _get(connection, path, headers)
        before = _cpu_s(instance)
        for _ in range(ALONE):
            _get(connection, path, headers)
        return 1000 * (_cpu_s(instance) - before) / ALONE


def _ask_a_mixture(site: production.Stack, cookie: str, dataset: int) -> None:
    turns = itertools.islice(itertools.cycle(_MIXTURE), MIXED // len(site.instances) + 1)
    asked = [(path.format(dataset=dataset), signed_in) for path, signed_in in turns]
    for instance in site.instances:
        with closing(HTTPConnection("127.0.0.1", instance.port, timeout=60)) as connection:
            own, nobodys = _headers(connection, cookie), _headers(connection, "")
            for path, signed_in in asked:
                _get(connection, path, own if signed_in else nobodys)


def _headers(connection: HTTPConnection, cookie: str) -> dict[str, str]:
    if not cookie:
        return _HEADERS
    given = _get(connection, "/login", _HEADERS).partition(";")[0]  # the cookie of its forms
    return {**_HEADERS, "Cookie": f"__Host-boursa={cookie}; {given}"}


def _get(connection: HTTPConnection, path: str, headers: dict[str, str]) -> str:
    """Return the cookie that the answer brings."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"{path} answered {answer.status}: its cost would prove nothing")
    return answer.headers.get("Set-Cookie", "")


def _processes(instance: production.Instance) -> list[int]:
    """Return the instance's process and all below it."""
    found = [instance.process.pid] if instance.process else []
    for pid in found:  # grows meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _cpu_s(instance: production.Instance) -> float:
    ticks = 0
    for pid in _processes(instance):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # in user mode and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def _pss_mb(instance: production.Instance) -> float:
    lines = "\n".join(Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in _processes(instance))
    return sum(int(line.split()[1]) for line in lines.splitlines() if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
