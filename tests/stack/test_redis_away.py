"""Redis killed and frozen under the whole site: pages answer through Nginx, and every ``/health`` tells."""

from __future__ import annotations

import json
import time
import urllib.request

import load
import production
import pytest
import servers
from load import pressing

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

_AWAY_S = 3


def _said(instance: production.Instance) -> tuple[int, str, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{instance.port}/health", timeout=2) as answer:
        said = json.load(answer)
    return answer.status, said["status"], said["cache"]


def _all_say(site: production.Stack, wanted: tuple[int, str, str]) -> None:
    assert {_said(one) for one in site.instances} == {wanted}


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_losing_redis_costs_no_request(stack: production.Stack, how: str) -> None:
    # It carries cache, limits and the short way to workers: nothing that cannot be done without.
    assert stack.redis is not None
    servers.until(10, lambda: _all_say(stack, (200, "ok", "ok")), AssertionError)
    people = load.people(stack, 4)
    with pressing(stack, people, clients=4) as told:
        time.sleep(1)
        stack.redis.kill() if how == "kill" else stack.redis.freeze()
        try:
            servers.until(1, lambda: _all_say(stack, (200, "degraded", "unreachable")), AssertionError)
            before = told.requests
            time.sleep(_AWAY_S)
            during = told.requests - before
        finally:
            stack.redis.start() if how == "kill" else stack.redis.thaw()
        servers.until(5, lambda: _all_say(stack, (200, "ok", "ok")), AssertionError)
        time.sleep(1)
    print(f"{during} requests while Redis was away ({how}); {told}")
    assert told.failures == []
    assert during > 0
    load.each_is_there_once(stack, told)
