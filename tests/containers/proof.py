"""The proof of the image and compose.yaml: built, started, reached, scaled, hurt and updated with podman."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import load
import servers
from composed import OURS, Installation, asked_how_they_are, until
from stand_ins import Podman, make, say

_CLIENTS = 6
_LEAD_S = 5
_NEXT = "0.1.0.post1"


def prove(podman: Podman, place: Path) -> None:
    """Go through the proof from the first image to the last container."""
    installation = Installation(podman, place, *servers.free_ports(2))
    _say_how_long("stand-ins", lambda: installation.leave_out(make(podman, *installation.images())))
    podman.run("deploy/make-secrets.sh", place=place)
    _say_how_long("image", lambda: installation.compose("build", "app"))
    say(f"  {int(podman('image', 'inspect', '--format', '{{.Size}}', OURS)) / 1e6:.0f} MB")
    try:
        with asked_how_they_are(installation):
            _say_how_long("start", installation.start)
            _go_through(installation)
    except BaseException:
        _tell(installation)
        raise
    finally:
        _say_how_long("stop", installation.stop)
    left = podman("ps", "-aq").split() + podman("volume", "ls", "-q").split()
    left += [name for name in podman("network", "ls", "--format", "{{.Name}}").split() if name != "podman"]
    assert left == [], left
    say("  nothing is left: no container, no volume, no network")


def _go_through(installation: Installation) -> None:
    _reached(installation)
    _closed(installation)
    token = _person(installation)
    _kept(installation)  # without a backup the doctor would not be content
    _say_how_long("five instances", lambda: _five(installation))
    _say_how_long("healthchecks", lambda: _fails_when_it_should(installation))
    _say_how_long("update", lambda: _update(installation, token))


def _reached(installation: Installation) -> None:
    """The site answers over HTTPS with its own certificate, and leads there from HTTP."""
    site = installation.site
    until(lambda: _status(installation) == 200, lambda: f"/health says {_status(installation)}")
    plain = http.client.HTTPConnection("localhost", site.http_port, timeout=10)
    plain.request("GET", "/login")
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"{site.address}/login")
    say(f"  {site.address}/health: 200; HTTP leads to HTTPS")


def _status(installation: Installation) -> int:
    site = installation.site
    line = http.client.HTTPSConnection("localhost", site.https_port, timeout=10, context=site.tls)
    try:
        line.request("GET", "/health")
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


def _closed(installation: Installation) -> None:
    """Ours run without root on files that nobody can write; no port but Nginx's is published."""
    podman = installation.podman
    for service in ("app", "worker"):
        for container in installation.containers(service):
            assert podman("exec", container, "id", "-u").strip() == "10001"
            tried = podman(
                "exec", container, "sh", "-c", "touch /opt/boursa/x /srv/boursa/x /x; echo $?", ends=None
            )
            assert tried.strip() == "1", tried
            rights = podman(
                "exec", container, "sh", "-c", "grep -E 'CapEff|NoNewPrivs' /proc/1/status"
            ).split()
            assert rights == ["CapEff:", "0000000000000000", "NoNewPrivs:", "1"], rights
    published = {installation.service_of(one) for one in installation.containers() if installation.ports(one)}
    assert published == {"nginx"}, published
    say("  app and worker: account 10001, nothing writable, no capability; published: Nginx alone")


def _person(installation: Installation) -> str:
    """Make somebody an account and a token; they bring a file and find it again."""
    installation.inside("users", "create", "proof", "--role", "administrator")
    token = json.loads(installation.inside("tokens", "create", "proof", "load", "--json"))["token"]
    told = load.Told()
    with load.Client(installation.site, token, told) as client:
        dataset = client.upload()
        assert dataset is not None, told
        client.test(dataset)
    _each_is_there_once(installation, token, told)
    say(f"  a file was brought and found again; its test: {len(told.tests) + len(told.jobs)}")
    return token


def _each_is_there_once(installation: Installation, token: str, told: load.Told) -> None:
    """Assert that what was acknowledged is there, once the worker is done, and nothing twice."""

    def kept() -> Counter[str]:
        lines = load.listed(installation.site, token, "/api/v1/datasets")
        return Counter(one["name"].partition(".")[0] for one in lines)

    wanted, tried = ({name.partition(".")[0] for name in names} for names in (told.uploads, told.tried))
    until(lambda: wanted <= kept().keys(), lambda: f"lost: {wanted - kept().keys()}")
    assert {name for name, times in kept().items() if name in tried and times > 1} == set()


def _five(installation: Installation) -> None:
    installation.compose("up", "-d", "--no-deps", "--no-recreate", "--scale", "app=5", "app")
    installation.await_all("app", "healthy", 5)
    # An instance that has just begun, on a machine that is busy with beginning, may have missed Redis once.
    until(lambda: not _failures(installation), lambda: f"{_failures(installation)}")
    found = installation.doctor()
    assert found["instances"]["facts"]["n"] == 5, found["instances"]
    assert found["instances-database"]["facts"]["n"] == 6, found["instances-database"]
    states = Counter(one["state"] for one in found.values())
    say(f"  {found['instances']['evidence']}")
    say(f"  {found['instances-database']['evidence']}")
    say(f"  the doctor: {dict(states)}")


def _failures(installation: Installation) -> list[str]:
    return [one["evidence"] for one in installation.doctor().values() if one["state"] == "fail"]


def _fails_when_it_should(installation: Installation) -> None:
    """Without the database every instance is unhealthy and the site says 503; with it all is well."""
    postgres = installation.containers("postgres")[0]
    installation.podman("stop", postgres)
    installation.await_all("app", "unhealthy", 5)
    assert _status(installation) == 503
    installation.podman("start", postgres)
    installation.await_all("app", "healthy", 5)
    until(lambda: _status(installation) == 200, lambda: f"/health says {_status(installation)}")
    say("  PostgreSQL away: 5 unhealthy, 503; back: 5 healthy, 200")


def _kept(installation: Installation) -> None:
    """A backup is made and checked."""
    installation.once("backup")
    made = [path.name for path in (installation.place / "backups").iterdir() if path.name != "blobs"]
    assert len(made) == 1, made
    installation.once("backup", "boursa", "restore", f"/srv/backups/{made[0]}", "--check")
    say("  a backup was made and checked")


def _update(installation: Installation, token: str) -> None:
    """Bring in another release under load: no request fails, and every instance is another one."""
    before = set(installation.containers("app"))
    module = installation.place / "boursa/__init__.py"
    module.write_text(re.sub(r'(__version__ = )".*"', rf'\1"{_NEXT}"', module.read_text()))
    with load.pressing(installation.site, [token], clients=_CLIENTS, work=load.visit) as told:
        time.sleep(_LEAD_S)
        said = installation.update()
        time.sleep(_LEAD_S)
    after = installation.containers("app")
    say(f"  {said.strip().splitlines()[-1]} {told}")
    assert told.failures == [], told.failures[:5]
    assert len(after) == len(before)
    assert not before & set(after), "an old instance still runs"
    shown = installation.doctor()
    assert shown["versions"]["state"] == "pass", shown["versions"]
    _each_is_there_once(installation, token, told)


def _say_how_long(name: str, work: Callable[[], object]) -> None:
    say(f"-- {name}")
    started = time.monotonic()
    work()
    say(f"   {time.monotonic() - started:.0f} s")


def _tell(installation: Installation) -> None:
    """Say what the containers said, where something failed."""
    podman = installation.podman
    say(podman("ps", "-a", "--format", "{{.Names}}\t{{.Status}}", ends=None))
    for name in podman("ps", "-a", "--format", "{{.Names}}", ends=None).split():
        said = podman.said(name)
        away = [line for line in said.splitlines() if re.search(r'"status":5\d\d', line)]
        say("\n".join([f"== {name}", said[-1500:], *away[-20:]]))
