"""Three instances behind Nginx with TLS: what was acknowledged is there once, and an update fails nobody."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import databases
import load
import production
import pytest
import servers
from load import Told, pressing
from sqlalchemy import create_engine, text

from boursa.ops import schema
from boursa.settings import with_driver

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]


def _analyst(site: production.Stack) -> str:
    site.boursa("users", "create", "awa")
    found: str = json.loads(site.boursa("tokens", "create", "awa", "load", "--json"))["token"]
    return found


@pytest.fixture(scope="module")
def token(stack: production.Stack) -> str:
    """A token of an analyst."""
    return _analyst(stack)


def _press(site: production.Stack, *, clients: int, seconds: float, writes: int = 0) -> None:
    """Write for so long, and on until so many writes were acknowledged; then look for each of them."""
    shown = load.people(site, clients)
    work = load.writing(load.shared_dataset(site, shown[0]))
    with pressing(site, shown, clients=clients, work=work) as told:
        time.sleep(seconds)
        in_time = told.writes
        while told.writes < writes:
            time.sleep(0.1)
    print(f"{clients} clients, {in_time} writes acknowledged in {seconds} s; in all {told}")
    load.each_is_there_once(site, told)
    assert told.failures == []
    assert all((told.uploads, told.jobs, told.places))


def test_every_acknowledged_write_is_there_once(stack: production.Stack) -> None:
    # Clients write through all three instances at once: no 5xx, nothing lost, nothing twice.
    _press(stack, clients=8, seconds=4)
    served = [_requests(instance.port) for instance in stack.instances]
    print(f"by instance: {served}")
    assert min(served) > 0


def test_people_with_browsers_fail_nowhere(stack: production.Stack, token: str) -> None:
    # Who signs up, looks around, brings a file and waits for its test is served by any of the three.
    with pressing(stack, [token], clients=8) as told:
        time.sleep(4)
    print(told)
    load.each_is_there_once(stack, told)
    assert told.failures == []
    assert all((told.uploads, told.people))


@pytest.mark.long
def test_every_acknowledged_write_of_64_clients_is_there_once(stack: production.Stack) -> None:
    # The same at full length.
    _press(stack, clients=64, seconds=30, writes=5000)


@pytest.mark.mariadb
@pytest.mark.long
def test_every_acknowledged_write_is_there_once_on_mariadb(stack_on_mariadb: production.Stack) -> None:
    # The other kind of server locks in another way: the same at full length.
    _press(stack_on_mariadb, clients=64, seconds=30, writes=5000)


def _requests(port: int) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("boursa_requests_total{"))


def test_a_rolling_update_with_a_migration_fails_no_request(tmp_path: Path, postgresql_server: str) -> None:
    # The schema changes under the old release, which serves on until it is replaced: nobody notices.
    _updates(tmp_path, postgresql_server, times=1, clients=2, each=500)


@pytest.mark.long
@pytest.mark.timeout(2400)
def test_ten_rolling_updates_with_migrations_fail_no_request(tmp_path: Path, postgresql_server: str) -> None:
    # The same at full length.
    _updates(tmp_path, postgresql_server, times=10, clients=16, each=5000)


def _updates(folder: Path, server: str, *, times: int, clients: int, each: int, instances: int = 3) -> None:
    """Update so many times, and go on once `each` further requests were answered."""
    database = databases.create(server, "postgres", f"updates_{times}")
    with production.stack(folder, database, instances=instances, **production.UNLIMITED) as site:
        with pressing(site, load.people(site, clients), clients=clients, work=load.mixed) as told:
            for number in range(1, times + 1):
                site.update(production.release(folder, number))
                while told.requests < number * each:
                    time.sleep(0.5)
        print(f"{times} updates: {told}")
        assert told.failures == []
        assert _revision(site) == f"release{times}"
        load.each_is_there_once(site, told)


def _revision(site: production.Stack) -> str:
    engine = create_engine(with_driver(site.environment["DATABASE_URL"]))
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    engine.dispose()
    return str(found)


def test_an_update_can_be_taken_back(stack: production.Stack, tmp_path: Path) -> None:
    # The release before starts on the schema of the one after it, and says so.
    ahead = production.release(tmp_path, 1)
    stack.boursa("db", "upgrade", PYTHONPATH=str(ahead))
    try:
        instance = stack.instances[2]
        assert instance.stop() == 0
        instance.start()
        instance.await_ready()
        health = json.loads(_tell(instance.port, "", "/health"))
        assert (health["status"], health["migrations"]) == ("degraded", "newer")
    finally:
        stack.boursa("db", "downgrade", "--yes", schema.scripts()[0], PYTHONPATH=str(ahead))


def test_a_killed_instance_fails_nobody_who_asks_again(stack: production.Stack, token: str) -> None:
    # Without retries only what was in flight on it may fail; with a key and retries, nothing does.
    with (
        pressing(stack, [token], clients=6) as impatient,
        pressing(stack, [token], clients=4, retries=True) as patient,
    ):
        time.sleep(2)
        stack.instances[0].kill()
        time.sleep(3)
        stack.instances[0].start()
        stack.instances[0].await_ready()
    print(f"without retries: {impatient}; with: {patient}")
    assert patient.failures == []
    # Six clients have at most six requests under way.
    assert len(impatient.failures) <= 6, impatient.failures
    assert not [one for one in impatient.failures if one.startswith("GET")]
    load.each_is_there_once(stack, patient)
    load.each_is_there_once(stack, impatient)


def test_the_instances_sign_in_and_off(stack: production.Stack, token: str) -> None:
    # Whoever looks after the site sees which processes are alive.
    health = load.get(stack, token, "/health")
    assert health["status"] == "ok", health
    assert health["worker"] == "ok"


def _once_it_says(log: Path, word: str) -> str:
    """Return what stands in a log to which Nginx adds a line after it has answered."""
    until = time.monotonic() + 10
    while word not in (text := log.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    return text


def test_the_site_says_who_may_see_what(stack: production.Stack) -> None:
    # The numbers of an instance are not for the public, and a client's word on its address is not taken.
    with load.Client(stack, "", Told()) as client:
        for path in ("/metrics", "//metrics", "/%6detrics", "/metrics/", "/x/../metrics"):
            assert client.ask("GET", path)[0] == 404, path
        claims = {"X-Forwarded-For": "1.2.3.4", "X-Request-ID": "mine-mine"}
        status, _, headers = client.ask("GET", "/", headers=claims)
    assert status == 200
    assert headers is not None
    assert headers["X-Request-ID"] != "mine-mine"
    log = Path(stack.folder) / "nginx" / "state" / "access.log"
    assert headers["X-Request-ID"] in _once_it_says(log, headers["X-Request-ID"])
    assert "1.2.3.4" not in log.read_text()


def test_a_sign_in_link_stands_in_no_log(stack: production.Stack) -> None:
    # The link is a key; whoever may read logs must not find one there.
    with load.Client(stack, "", Told()) as client:
        client.ask("GET", "/login/link/abcdefghijklmnop-secret")
    logs = [*stack.folder.glob("*.log"), *stack.folder.glob("nginx/**/*.log")]
    assert len(logs) > 4
    assert not [path for path in logs if "abcdefghijklmnop-secret" in path.read_text(errors="replace")]


def test_the_numbers_never_go_back_when_a_process_is_replaced(stack: production.Stack, token: str) -> None:
    # What a process counted before it died stays in the sum; a monitor would take less for a new start.
    port = servers.free_port()
    instance = production.Instance(
        ["run", "--no-samples", "--no-worker", "--port", str(port)],
        {**stack.environment, "WEB_PROCESSES": "2"},
        stack.folder / "instance-of-two.log",
        port,
    )
    instance.start()
    try:
        instance.await_ready()
        for _ in range(12):
            _tell(port, token, "/api/v1/datasets")
        before = _requests(port)
        assert instance.process is not None
        children = Path(f"/proc/{instance.process.pid}/task/{instance.process.pid}/children")
        former = children.read_text().split()
        assert len(former) == 2
        for child in former:
            os.kill(int(child), signal.SIGKILL)
        # One of two may answer before the other is replaced.
        servers.until(20, lambda: _replaced(children, former), AssertionError)
        instance.await_ready()
        after = _requests(port)
        print(f"{before} requests before, {after} after")
        assert before >= 12
        assert after >= before
    finally:
        assert instance.stop() == 0


def _replaced(children: Path, former: list[str]) -> None:
    found = set(children.read_text().split())
    assert len(found) == len(former)
    assert found.isdisjoint(former)


def _tell(port: int, token: str, path: str, body: bytes | None = None, kind: str = "") -> bytes:
    """Ask one instance, past Nginx; return what it answered."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": kind} if kind else {})
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
    assert answer.status < 300, content
    return content


def _send(port: int, token: str, name: str, content: bytes) -> int:
    """Bring a file in through one instance; return the number of its dataset."""
    edge = uuid.uuid4().hex
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = f"{head}{content.decode()}\r\n--{edge}--\r\n".encode()
    said = json.loads(_tell(port, token, "/api/v1/datasets", body, f"multipart/form-data; boundary={edge}"))
    while "state" in said:  # a job: the worker has others before it
        assert said["state"] in ("queued", "running", "done"), said
        if said["state"] == "done":
            return int(said["result"]["dataset_id"])
        time.sleep(0.1)
        said = json.loads(_tell(port, token, f"/api/v1/jobs/{said['id']}"))
    return int(said["id"])


def _prices(first: int) -> bytes:
    return (
        "date,close\n" + "".join(f"2024-01-{day:02},{first + day % 7}\n" for day in range(1, 29))
    ).encode()


def test_two_instances_take_files_of_one_name_at_the_same_moment(stack: production.Stack, token: str) -> None:
    # Two people with different files, one person with the same file twice: nobody loses a byte.
    stack.boursa("users", "create", "ben")
    other: str = json.loads(stack.boursa("tokens", "create", "ben", "load", "--json"))["token"]
    first, second = (instance.port for instance in stack.instances[:2])
    rounds = 5
    for number in range(rounds):
        mine, theirs = (_prices(first_close) for first_close in (100 + number, 200 + number))
        name = f"same-{number}.csv"
        with ThreadPoolExecutor(4) as pool:
            sent = [
                pool.submit(_send, first, token, name, mine),
                pool.submit(_send, second, token, name, mine),
                pool.submit(_send, second, other, name, theirs),
            ]
            one, again, another = (future.result() for future in sent)
        assert one == again
        assert another != one
        # Each through the instance that it was not sent to.
        assert _tell(second, token, f"/api/v1/datasets/{one}/file") == mine
        assert _tell(first, other, f"/api/v1/datasets/{another}/file") == theirs
        kept = Counter(line["name"] for line in load.listed(stack, token, "/api/v1/datasets"))
        assert kept[name] == 1
    print(f"{rounds} rounds, {3 * rounds} files, each person's one is there once and whole")
