"""The services of compose.yaml, started from a copy of this checkout with podman-compose."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import production
import stand_ins
import yaml
from stand_ins import ROOT, say

_PATIENCE_S = 300
_NETWORK = {"ipam": {"config": [{"subnet": "10.89.77.0/24"}]}}
_FIXED = {"postgres": "10.89.77.250", "redis": "10.89.77.251"}
OURS = "localhost/boursa:latest"


class Installation:
    """The services of compose.yaml, from a copy of this checkout."""

    def __init__(self, podman: stand_ins.Podman, place: Path, http_port: int, https_port: int) -> None:
        """Copy what git knows, and choose ports; nothing is started."""
        self.podman, self.place = podman, place
        listed = podman.run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, place / name)
        self.services: dict[str, Any] = yaml.safe_load((place / "compose.yaml").read_text())["services"]
        settings = {
            "HTTP_PORT": http_port, "HTTPS_PORT": https_port, "BASE_URL": f"https://localhost:{https_port}",
        }  # fmt: skip
        (place / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        certificate = {"TLS_CERTIFICATE": str(place / "nginx/ssl/cert.pem")}
        self.site = production.Stack(place, certificate, https_port, http_port)

    def images(self) -> tuple[set[str], set[str]]:
        """Return what compose.yaml starts of others, and what our own image stands on."""
        named = {one["image"] for one in self.services.values()} - {OURS}
        return named, set(
            re.findall(r"^FROM (\S+/\S+)", (self.place / "deploy/Dockerfile").read_text(), re.M)
        )

    def leave_out(self, images: set[str]) -> None:
        """Do without the services of these images, and lift the limits that a load would meet."""
        out = {name for name, one in self.services.items() if one["image"] in images}
        override: dict[str, Any] = {name: {"profiles": ["absent"]} for name in out}
        for name, one in self.services.items():
            if one["image"] == OURS:
                # Podman 4.3's name server is at times away for half a minute after a container has come.
                override[name] = {"extra_hosts": [f"{host}:{place}" for host, place in _FIXED.items()]}
        for name, place in _FIXED.items():
            override[name] = {"networks": {"inside": {"ipv4_address": place}}}
        override["app"]["environment"] = production.UNLIMITED
        (self.place / "compose.override.yaml").write_text(
            yaml.safe_dump({"services": override, "networks": {"inside": _NETWORK}})
        )
        self.services = {name: one for name, one in self.services.items() if name not in out}
        if out:
            say(f"  left out, as there is no stand-in: {', '.join(sorted(out))}")

    def compose(self, *words: str) -> str:
        """Do what a person does with compose."""
        return self.podman.run(self.podman.folder / "compose", *words, place=self.place)

    def update(self) -> str:
        """Run deploy/update.sh, as a person does."""
        named = {"COMPOSE": str(self.podman.folder / "compose"), "ENGINE": "podman"}
        return self.podman.run("env", *(f"{name}={value}" for name, value in named.items()),
                               "deploy/update.sh", place=self.place)  # fmt: skip

    def containers(self, service: str | None = None) -> list[str]:
        """Return the containers that run, of one service or of all."""
        labels = ["label=com.docker.compose.project=boursa"]
        labels += [f"label=com.docker.compose.service={service}"] if service else []
        return self.podman("ps", "-q", *(word for one in labels for word in ("--filter", one))).split()

    def service_of(self, container: str) -> str:
        """Return the service that a container is of."""
        labels: dict[str, str] = self.podman.inspect(container)["Config"]["Labels"]
        return labels["com.docker.compose.service"]

    def ports(self, container: str) -> list[str]:
        """Return the ports of a container that lead out of it."""
        bound: dict[str, Any] = self.podman.inspect(container)["HostConfig"]["PortBindings"]
        return [port for port, places in bound.items() if places]

    def health(self, service: str) -> list[str]:
        """Return how each container of a service says it is."""
        found = [self.podman.inspect(one)["State"] for one in self.containers(service)]
        return [state.get("Health", state.get("Healthcheck"))["Status"] for state in found]

    def start(self) -> None:
        """Start one service after the other, as their conditions say: older podmans do not look at them."""
        waiting = {name: one for name, one in self.services.items() if "profiles" not in one}
        while waiting:
            name = next(
                name for name, one in waiting.items() if not waiting.keys() & set(one.get("depends_on", ()))
            )
            needs = waiting.pop(name).get("depends_on", {})
            for other, how in needs.items() if isinstance(needs, dict) else ():
                self._await(other, how["condition"])
            self.compose("up", "-d", "--no-deps", name)

    def stop(self) -> None:
        """Take everything down; podman-compose forgets the instances beyond the number in compose.yaml."""
        for container in self.containers("app"):
            self.podman("rm", "--force", "--depend", container)
        self.compose("down", "--volumes", "--timeout", "20")

    def _await(self, service: str, condition: str) -> None:
        if condition == "service_healthy":
            self.await_all(service, "healthy")
        elif condition == "service_completed_successfully":
            ended = self.podman("wait", f"boursa_{service}_1").strip()
            assert ended == "0", self.podman("logs", f"boursa_{service}_1", ends=None)

    def await_all(self, service: str, status: str, count: int | None = None) -> None:
        """Wait until every container of a service says so."""

        def reached() -> bool:
            found = self.health(service)
            return bool(found) and set(found) == {status} and count in (None, len(found))

        until(reached, lambda: f"{service} is {self.health(service)}, not {status}")

    def inside(self, *words: str) -> str:
        """Run a command of BoursA in one of the instances."""
        return self.podman("exec", self.containers("app")[0], "boursa", "--lang", "en", *words)

    def once(self, service: str, *words: str) -> str:
        """Run a service that has an end; podman-compose wants its profile to be named, Docker's does not."""
        return self.compose("--profile", service, "run", "--rm", "-T", service, *words)

    def doctor(self) -> dict[str, dict[str, Any]]:
        """Let the doctor look; return what he says of each item."""
        program, *words = self.services["doctor"]["command"]
        said = self.once("doctor", "sh", "-c", f"{program} --lang en {shlex.join(words)} --json || true")
        return {one["name"]: one for one in json.loads(said[said.index("{") :])["checks"]}


def until(reached: Callable[[], bool], what: Callable[[], str]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not reached():
        assert time.monotonic() < until, what()
        time.sleep(1)


@contextmanager
def asked_how_they_are(installation: Installation) -> Iterator[None]:
    """Ask every container's healthcheck every few seconds, as systemd does where it runs."""
    over = threading.Event()

    def ask() -> None:
        while not over.wait(3):
            for container in installation.containers():
                with suppress(AssertionError):  # it has just been stopped, or has no healthcheck
                    installation.podman("healthcheck", "run", container, ends=None)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
