"""PostgreSQL restarted and frozen under load: who asks is told, and nothing of ours needs a restart."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import databases
import load
import production
import pytest
import servers
from load import pressing

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

_AWAY_S = 3
_PLACES = 8  # WEB_THREADS


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


@pytest.mark.mariadb
def test_health_says_so_while_requests_hang_on_mariadb(tmp_path: Path) -> None:
    # The other kind of server, frozen under load.
    with servers.mariadb() as server:
        address = databases.create(server.address, "mysql", "frozen")
        with production.stack(tmp_path, address, instances=1, **production.UNLIMITED) as site:
            _watched_while_frozen(server, site)


def test_health_says_so_while_requests_hang(database: servers.PostgreSQL, site: production.Stack) -> None:
    # Whoever asked first is held by the server; the others are told, and whoever watches is answered.
    _watched_while_frozen(database, site)


def _watched_while_frozen(server: servers.Program, site: production.Stack) -> None:
    """Freeze the server, send each instance more requests than it has threads, and watch."""
    port = site.instances[0].port
    waiting = 40
    with ThreadPoolExecutor(waiting) as pool:
        server.freeze()
        try:
            asked = [pool.submit(_ask, port) for _ in range(waiting)]
            time.sleep(1.5)  # for a second nobody is answered: only then it is sure
            for _ in range(5):
                status, said, seconds = _health(port)
                assert (status, said["database"]) == (503, "unreachable"), said
                assert seconds < 0.6
                assert _ask(port, "/health/live")[2] < 0.3
                assert _ask(port, "/metrics")[2] < 0.6
            late = [_ask(port) for _ in range(5)]
            told = [one.result() for one in asked if one.done()]
        finally:
            server.thaw()
        answers = [one.result() for one in asked]
    print(f"{len(told)} of {waiting} told at once, {len(answers) - len(told)} held until the end")
    assert [(status, again) for status, again, _ in late] == [(503, "5")] * len(late)
    assert max(seconds for _, _, seconds in late) < 0.6
    assert len(told) >= waiting - _PLACES
    assert {(status, again) for status, again, _ in told} == {(503, "5")}
    assert {status for status, _, _ in answers} == {401, 503}
    servers.until(10, lambda: _well(site), AssertionError)


def _ask(port: int, path: str = "/api/v1/datasets") -> tuple[int, str | None, float]:
    """Return the status, when to come again, and how long it took."""
    begun = time.monotonic()
    # A token that does not exist has to be looked up like any other.
    headers = {"Authorization": "Bearer bsa_" + "x" * 43} if path.startswith("/api") else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=90)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    return answer.status, answer.headers["Retry-After"], time.monotonic() - begun


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
