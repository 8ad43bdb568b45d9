"""PostgreSQL restarted and frozen under load: who asks is told, and nothing of ours needs a restart."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import databases
import load
import production
import pytest
import servers
from load import pressing

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

_AWAY_S = 3


@pytest.fixture(scope="module")
def database() -> Iterator[servers.PostgreSQL]:
    """A server of these tests' own, since they take it away."""
    with servers.postgresql() as server:
        yield server


@pytest.fixture(scope="module")
def site(
    database: servers.PostgreSQL, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[production.Stack]:
    """The production shape on it."""
    folder, address = tmp_path_factory.mktemp("site"), f"{database.address}/postgres"
    with production.stack(folder, address, **production.UNLIMITED) as whole:
        yield whole


def _token(site: production.Stack) -> str:
    site.boursa("users", "create", "awa")
    found: str = json.loads(site.boursa("tokens", "create", "awa", "load", "--json"))["token"]
    return found


def _health(port: int) -> tuple[int, dict[str, str], float]:
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read()
    return status, json.loads(content), time.monotonic() - begun


def _well(site: production.Stack) -> None:
    for instance in site.instances:
        status, said, _ = _health(instance.port)
        assert (status, said["database"]) == (200, "ok")


def test_a_restart_is_said_while_it_lasts_and_no_longer(
    database: servers.PostgreSQL, site: production.Stack
) -> None:
    # 503 with Retry-After while the server is away; then everything goes on, with nothing lost or doubled.
    token = _token(site)
    with pressing(site, [token], clients=6) as told:
        time.sleep(2)
        before = told.requests
        database.stop()
        time.sleep(_AWAY_S)
        database.start()
        back = time.monotonic()
        time.sleep(4)
    print(f"{before} before; {told}; the last failure {told.failed_last - back:+.2f} s after the return")
    assert told.failures
    assert [one for one in told.failures if ": 503 (Retry-After: " not in one] == []
    assert [one for one in told.failures if "Retry-After: None" in one] == []
    assert told.failed_last < back + 1
    load.each_is_there_once(site, told)


def test_health_says_at_once_that_the_database_hangs(
    database: servers.PostgreSQL, site: production.Stack
) -> None:
    # A frozen server takes connections and answers nothing; whoever watches must not wait for it.
    database.freeze()
    try:
        time.sleep(0.5)  # until then the answer from before may be given again
        for _ in range(3):
            for instance in site.instances:
                status, said, seconds = _health(instance.port)
                assert (status, said["database"]) == (503, "unreachable"), said
                assert seconds < 0.6
    finally:
        database.thaw()
    servers.until(10, lambda: _well(site), AssertionError)


def test_a_restart_behind_a_pooler_fails_nobody(database: servers.PostgreSQL, tmp_path: Path) -> None:
    # PAUSE lets transactions end and the next ones wait; the server is exchanged; RESUME.
    name = databases.create(database.address, "postgres", "pooled").rpartition("/")[2]
    with (
        servers.pgbouncer(database) as pooler,
        production.stack(
            tmp_path,
            f"{pooler.address}/{name}",
            direct=f"{database.address}/{name}",
            instances=2,
            **production.UNLIMITED,
        ) as site,
    ):
        token = _token(site)
        with pressing(site, [token], clients=6) as told:
            time.sleep(2)
            before = told.requests
            pooler.tell("PAUSE")
            database.stop()
            database.start()
            pooler.tell("RESUME")
            time.sleep(4)
        print(f"{before} before; {told}")
        assert told.failures == []
        assert told.requests > before
        load.each_is_there_once(site, told)
