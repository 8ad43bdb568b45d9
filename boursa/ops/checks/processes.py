"""The processes: every instance and worker answers, and says itself what it reaches."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from boursa import __version__
from boursa.language import N_
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned
from boursa.services import instances, queue
from boursa.storage.models import Instance
from boursa.storage.session import clock, unit_of_work

_WAIT_S = 2.0
_QUEUE_S = 300  # as the alert rule has it
_START = N_(
    "Read its log and start it: systemctl restart 'boursa@*' boursa-worker, or docker compose up -d. "
    "One that was removed on purpose is off the list after a day."
)


@dataclass(frozen=True)
class _Seen:
    """A process as its heartbeat shows it."""

    name: str
    kind: str
    host: str
    version: str
    age_s: int
    parts: dict[str, str] | None

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.version}, {self.age_s} s)"


def answering(site: Site) -> Finding:
    """Ask each address in INSTANCES, past Nginx."""
    if not site.settings.production:
        return apart(N_("Development serves from one process."))
    places = [place for one in site.settings.upstreams for place in _places(one)]
    with ThreadPoolExecutor(max_workers=16) as pool:
        answers = dict(zip(places, pool.map(_ask, places), strict=True))
    away = [f"{place} ({answer})" for place, answer in answers.items() if not answer.startswith("200")]
    facts = {"n": len(places) - len(away), "all": len(places), "places": ", ".join(places)}
    if away:
        return failed(
            N_("{n} of {all} instances answer; these do not: {away}."), _START, **facts, away=", ".join(away)
        )
    return passed(N_("{n} of {all} answer: {places}."), **facts)


def _places(address: str) -> list[str]:
    """Return each address behind a name: in containers one name stands for all instances."""
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError:
        return [address]
    plain = sorted({str(one[4][0]) for one in found if one[0] is socket.AF_INET})
    return [f"{one}:{port}" for one in plain] or [address]


def _ask(place: str) -> str:
    host, _, port = place.rpartition(":")
    line = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=_WAIT_S)
    started = time.perf_counter()
    try:
        line.request("GET", "/health")
        answer = line.getresponse()
        said = json.loads(answer.read())["status"]
        return f"{answer.status} {said}, {1000 * (time.perf_counter() - started):.0f} ms"
    except OSError as error:
        return error.strerror or type(error).__name__
    except (http.client.HTTPException, ValueError, KeyError, TypeError):
        return "?"
    finally:
        line.close()


def reaching_database(site: Site) -> Finding:
    """Read the heartbeats: each one is a row that the process wrote."""
    living, lost = _seen(site)
    if lost:
        return failed(N_("No longer signed in: {lost}."), _START, lost=_listed(lost), living=_listed(living))
    if not living:
        return _nobody(site)
    if site.settings.production and all(one.kind != "web" for one in living):
        return failed(N_("No web instance signs in to the database."), _START, living=_listed(living))
    return passed(N_("{n} sign in: {living}."), n=len(living), living=_listed(living))


def reaching_redis(site: Site) -> Finding:
    """Read in the heartbeats whether each process reaches Redis."""
    if site.settings.redis is None:
        return apart(N_("No Redis is used here: every process has a cache of its own."))
    return _reaching(site, ("cache", "broker"))


def reaching_storage(site: Site) -> Finding:
    """Read in the heartbeats whether each process reaches the files, and that they are the same ones."""
    living, _ = _seen(site)
    machines = {one.host for one in living}
    if len(machines) > 1 and site.settings.storage_url is None:
        return failed(
            N_("BoursA runs on {n} machines, and each keeps uploaded files in a folder of its own."),
            N_("Set STORAGE_URL to a shared folder (file://) or a bucket (s3://) on all of them."),
            n=len(machines),
        )
    return _reaching(site, ("storage",))


def _reaching(site: Site, parts: Sequence[str]) -> Finding:
    living, _ = _seen(site)
    if not living:
        return _nobody(site)
    away = [
        f"{one}: {part} {one.parts.get(part, '?')}"
        for one in living
        if one.parts is not None
        for part in parts
        if one.parts.get(part) != "ok"
    ]
    if away:
        return failed(
            N_("Not reached by: {away}."),
            N_("Look whether it runs, and whether these machines have the same settings and may reach it."),
            away="; ".join(away),
        )
    unknown = [one for one in living if one.parts is None]
    if unknown:
        return warned(
            N_("These run a release that does not say: {unknown}."),
            N_("Update them to {version}."),
            unknown=_listed(unknown),
            version=__version__,
        )
    return passed(N_("Reached by all {n}: {living}."), n=len(living), living=_listed(living))


def versions(site: Site) -> Finding:
    """Compare the release that each process runs with this one."""
    living, _ = _seen(site)
    if not living:
        return _nobody(site)
    other = [one for one in living if one.version != __version__]
    if other:
        return warned(
            N_("This is {version}; others run: {other}."),
            N_("Finish the update: restart them on this release."),
            version=__version__,
            other=_listed(other),
        )
    return passed(N_("All {n} run {version}."), n=len(living), version=__version__)


def workers(site: Site) -> Finding:
    """Look whether somebody does the jobs."""
    living = [one for one in _seen(site)[0] if one.kind == "worker"]
    if living:
        return passed(N_("{n} at work: {living}."), n=len(living), living=_listed(living))
    if not site.settings.production:
        return apart(N_("In development, boursa run starts a worker with the site."))
    return failed(
        N_("No worker signs in: jobs wait and nothing is computed."),
        N_("Start one: systemctl start boursa-worker, or docker compose up -d worker"),
    )


def waiting(site: Site) -> Finding:
    """Look how long the first job in the queue has been waiting."""
    with unit_of_work(site.sessions) as session:
        counted, age_s = queue.open_jobs(session), round(queue.age_s(session))
    facts = {**counted, "age_s": age_s}
    if age_s > _QUEUE_S:
        return warned(
            N_("{queued} jobs wait, the first one for {age_s} s; {running} run."),
            N_("Start more workers, or raise WORKER_PROCESSES."),
            **facts,
        )
    return passed(N_("{queued} jobs wait, the first one for {age_s} s; {running} run."), **facts)


def _seen(site: Site) -> tuple[list[_Seen], list[_Seen]]:
    with unit_of_work(site.sessions) as session:
        moment = clock(session)
        living, lost = instances.alive(session), instances.silent(session)

        def shown(row: Instance) -> _Seen:
            age_s = max(0, round((moment - row.heartbeat_at).total_seconds()))
            name = row.name.rpartition("-")[0] or row.name
            return _Seen(name, row.kind, row.host, row.version, age_s, row.parts)

        ours, gone = [*map(shown, living)], [*map(shown, lost)]
    return sorted(ours, key=str), sorted(gone, key=str)


def _nobody(site: Site) -> Finding:
    if site.settings.production:
        return failed(N_("No instance and no worker signs in to the database."), _START)
    return apart(N_("Nothing runs at the moment."))


def _listed(seen: Sequence[_Seen]) -> str:
    return ", ".join(map(str, seen))
