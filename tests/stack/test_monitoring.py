"""A real Prometheus looks at the running site: no panel stays empty, and no alert cries without a reason."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import load
import production
import pytest
import servers
import yaml

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

_DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
_ROUNDS, _UPLOADS = 2, 6
# What Grafana puts in the place of its own variables.
_GRAFANA = {"$__rate_interval": "1m", "$__interval": "15s", "$__range": "1h"}


@dataclass
class _Watched:
    """A site that was at work, the Prometheus that looked at it meanwhile, and what its clients were told."""

    prometheus: servers.Prometheus
    told: load.Told


@pytest.fixture(scope="module")
def watched(stack: production.Stack) -> Iterator[_Watched]:
    """A healthy run, in rounds: a rate is there once Prometheus has seen a number before and after."""
    with servers.prometheus(stack.measured) as prometheus:
        (shown,) = load.people(stack, 1)
        dataset = load.shared_dataset(stack, shown)
        with load.Client(stack, shown, load.Told()) as client:
            for _ in range(_ROUNDS):
                _work(client, dataset)
                load.await_quiet(stack)
                _await_a_look(prometheus)
            yield _Watched(prometheus, client.told)


def _work(client: load.Client, dataset: int) -> None:
    """Do a bit of everything: pages, a wrong address, uploads, a test, a file that cannot be read."""
    for _ in range(4):
        client.look()
    client.ask("GET", "/not-there")
    for _ in range(_UPLOADS):
        client.upload(Prefer="respond-async")
    client.send("empty.csv", "date,close\n", Prefer="respond-async")
    client.test(dataset, Prefer="respond-async")


def _await_a_look(prometheus: servers.Prometheus) -> None:
    """Wait until every process was looked at after this moment."""
    now = time.time()

    def look() -> None:
        seen = [moment for _, moment in prometheus.query("timestamp(up) and up == 1")]
        assert len(seen) == 4
        assert min(seen) > now

    servers.until(30, look, AssertionError)


def _panels() -> list[Any]:
    boards = [json.loads(path.read_text()) for path in (_DEPLOY / "grafana/dashboards").glob("*.json")]
    return [panel for board in boards for panel in board["panels"]]


def _as_grafana(expression: str) -> str:
    for variable, value in _GRAFANA.items():
        expression = expression.replace(variable, value)
    return expression


def test_every_panel_of_the_dashboards_shows_something(watched: _Watched) -> None:
    # "No data" is read as "nothing happens"; where that is so, a panel shows 0.
    found = {
        f"{panel['title']}: {target['expr']}": watched.prometheus.query(_as_grafana(target["expr"]))
        for panel in _panels()
        for target in panel["targets"]
    }
    print(f"{len(found)} queries, {sum(map(len, found.values()))} samples; {watched.told}")
    assert watched.told.failures == []
    assert len(found) >= 14
    empty = [title for title, samples in found.items() if all(math.isnan(value) for _, value in samples)]
    assert empty == []


def test_what_is_counted_is_what_clients_were_told(watched: _Watched) -> None:
    # All processes of all instances together, none twice; the jobs as the worker ended them.
    wrong = watched.prometheus.query('sum(boursa_requests_total{status="404"})')
    assert wrong == [({}, watched.told.statuses[404])]
    jobs = watched.prometheus.query("sum by (kind, state) (boursa_jobs_finished_total)")
    assert {tuple(labels.values()): number for labels, number in jobs} == {
        ("reading", "done"): 1 + _ROUNDS * _UPLOADS,
        ("reading", "failed"): _ROUNDS,
        ("test", "done"): _ROUNDS,
    }
    up = watched.prometheus.query("sum by (job) (up)")
    assert {labels["job"]: number for labels, number in up} == {"boursa-web": 3, "boursa-worker": 1}


def test_every_alert_is_loaded_and_silent(watched: _Watched) -> None:
    # One that fires on a healthy site is soon read by nobody; one about a missing number never fires.
    shipped = yaml.safe_load((_DEPLOY / "prometheus" / "rules.yml").read_text())["groups"]
    names = {rule["alert"] for group in shipped for rule in group["rules"]}
    rules = _rules(watched.prometheus)
    assert set(rules) == names
    assert {name: rule["lastError"] for name, rule in rules.items() if rule["health"] != "ok"} == {}
    servers.until(30, lambda: _all_are_silent(watched.prometheus), AssertionError)
    numbers = {name for rule in rules.values() for name in re.findall(r"\bboursa_\w+", rule["query"])}
    assert len(numbers) > 5
    assert {name for name in numbers if not watched.prometheus.query(name)} == set()


def _rules(prometheus: servers.Prometheus) -> dict[str, Any]:
    return {rule["name"]: rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]}


def _all_are_silent(prometheus: servers.Prometheus) -> None:
    # On a busy machine one look may take too long, and the next one finds all well.
    rules = _rules(prometheus)
    assert {name for name, rule in rules.items() if rule["state"] != "inactive"} == set()
