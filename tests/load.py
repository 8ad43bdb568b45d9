"""Clients that press on a running site, and remember what they were told."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import production
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from boursa.services import accounts, policy, tokens
from boursa.services.policy import OPERATOR
from boursa.storage.models import Dataset, Group, HistoryEntry, Job, Membership, Position, User
from boursa.storage.models.jobs import QUEUED, RUNNING

_HEADERS = {"Accept-Language": "en"}
_RETRIES_S = 60
_BREATH_S = 0.3
_PLACES = 8


@dataclass
class Told:
    """What the clients of one run were told."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)  # tests whose answer was not waited for
    places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # revisions, by token
    seconds: list[float] = field(default_factory=list)
    failed_last: float = 0.0  # by time.monotonic()

    @property
    def requests(self) -> int:
        """How many requests were answered or failed."""
        return sum(self.statuses.values()) + len(self.failures)

    @property
    def writes(self) -> int:
        """How many writes were acknowledged."""
        places = sum(len(revisions) for revisions in list(self.places.values()))
        return len(self.uploads) + len(self.tests) + len(self.jobs) + len(self.people) + places

    def __str__(self) -> str:
        ordered = sorted(self.seconds) or [0.0]
        median, slow = ordered[len(ordered) // 2], ordered[-1 - len(ordered) // 100]
        return (
            f"{self.requests} requests, {len(self.failures)} failed, {dict(self.statuses)}, "
            f"{self.writes} acknowledged writes: {len(self.uploads)} uploads, "
            f"{len(self.tests) + len(self.jobs)} tests, {len(self.people)} accounts, "
            f"{sum(len(one) for one in self.places.values())} positions; "
            f"median {median:.3f} s, p99 {slow:.3f} s"
        )


class Client:
    """One client with a connection that it keeps, as browsers and programs do."""

    def __init__(self, site: production.Stack, token: str, told: Told, *, retries: bool = False) -> None:
        self.site, self.token, self.told, self.retries = site, token, told, retries
        self._tls = site.tls
        self._connection: http.client.HTTPSConnection | None = None

    def __enter__(self) -> Client:
        """Return itself: the connection is made with the first request."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, http.client.HTTPMessage | None]:
        """Send one request and return status, body and headers; 0 if there was no answer.

        With `retries`, what fails is sent again, as a client does that has an Idempotency-Key.
        """
        until = time.monotonic() + _RETRIES_S
        while True:
            status, content, found, failure = self._once(method, path, body, headers or {})
            busy = status == 409 and self.retries  # the first one is still being answered
            if not (busy or (failure and self.retries)) or time.monotonic() > until:
                break
            time.sleep(0.2)
        if failure:
            self.told.failures.append(f"{method} {path}: {failure}")
            self.told.failed_last = time.monotonic()
        else:
            self.told.statuses[status] += 1
        return status, content, found

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes, http.client.HTTPMessage | None, str]:
        begun = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPSConnection(
                    "localhost", self.site.https_port, timeout=60, context=self._tls
                )
            self._connection.request(method, path, body, {**_HEADERS, **headers})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.__exit__()
            self._connection = None
            return 0, b"", None, repr(error)
        self.told.seconds.append(time.monotonic() - begun)
        again = answer.headers["Retry-After"]
        failure = f"{answer.status} (Retry-After: {again}) {content[:200]!r}" if answer.status >= 500 else ""
        return answer.status, content, answer.headers, failure

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex}

    def look(self) -> None:
        """Read a page and a list."""
        self.ask("GET", "/")
        self.ask("GET", "/api/v1/datasets", headers={"Authorization": f"Bearer {self.token}"})

    def place(self) -> None:
        """Say where the person is."""
        body = json.dumps({"latitude": 14.7, "longitude": -17.4, "published": True}).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        status, content, _ = self.ask("PUT", "/api/v1/positions/me", body, headers)
        if status == 200:
            self.told.places[self.token].append(json.loads(content)["revision"])

    def upload(self, **wishes: str) -> int | None:
        """Bring a small file of a name that nobody else has; return its dataset if it is there already."""
        name = f"{uuid.uuid4().hex}.csv"
        rows = "date,close\n" + "".join(f"2024-01-{day:02},{100 + day * 7 % 11}\n" for day in range(1, 29))
        self.told.tried.append(name)
        status, content = self.send(name, rows, **wishes)
        if status in (201, 202):
            self.told.uploads.append(name)
        return json.loads(content)["id"] if status == 201 else None

    def send(self, name: str, text: str, **wishes: str) -> tuple[int, bytes]:
        """Send a file, whatever stands in it; return status and body of the answer."""
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = f"{head}{text}\r\n--{edge}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        status, content, _ = self.ask("POST", "/api/v1/datasets", body, self._bearer() | kind | wishes)
        return status, content

    def test(self, dataset: int, **wishes: str) -> None:
        """Ask for one statistical test."""
        wanted = json.dumps({"dataset": dataset, "test": "jarque-bera", "columns": ["close"]}).encode()
        headers = self._bearer() | {"Content-Type": "application/json"} | wishes
        status, content, found = self.ask("POST", "/api/v1/tests", wanted, headers)
        if status == 200 and found is not None:
            self.told.tests.append(int(found["Content-Location"].rpartition("/")[2]))
        if status == 202:
            self.told.jobs.append(json.loads(content)["id"])

    def register(self) -> None:
        """Make an account, as a browser does."""
        status, content, found = self.ask("GET", "/register")
        if status != 200 or found is None:
            return
        mark = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', content)
        assert mark is not None
        name = f"p{uuid.uuid4().hex[:12]}"
        said = {"csrf_token": mark[1].decode(), "username": name, "password": f"{uuid.uuid4().hex} Ngor"}
        cookies = "; ".join(one.partition(";")[0] for one in found.get_all("Set-Cookie") or [])
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        referer = {"Referer": f"{self.site.address}/register"}
        status, content, _ = self.ask("POST", "/register", urlencode(said).encode(), kind | referer)
        assert status in (303, 0) or status >= 500, content.decode()
        if status == 303:
            self.told.people.append(name)


Work = Callable[[Client, int], None]


def visit(client: Client, number: int) -> None:
    """Do what people do: look around, and every other one brings a file and has it tested."""
    time.sleep(_BREATH_S)  # the site and its clients share the machine's processors here
    client.look()
    if number % 2 == 0:
        dataset = client.upload()
        if dataset is not None:
            client.test(dataset)
    if number % 4 == 1:
        client.register()


def writing(dataset: int) -> Work:
    """Return what programs do that write without a pause: positions, uploads, and tests of `dataset`."""

    def write(client: Client, _: int) -> None:
        for _ in range(_PLACES):
            client.place()
        client.upload(Prefer="respond-async")
        client.test(dataset, Prefer="respond-async")

    return write


def mixed(client: Client, number: int) -> None:
    """Let one in eight be a person with a browser, and the others look and say where they are."""
    if number % 8 == 0:
        visit(client, number)
    else:
        client.look()
        for _ in range(_PLACES):
            client.place()


@contextmanager
def pressing(
    site: production.Stack, shown: Sequence[str], *, clients: int, retries: bool = False, work: Work = visit
) -> Iterator[Told]:
    """Let so many clients work while the block runs; they share the tokens in `shown`."""
    told, stop = Told(), threading.Event()
    faults: list[BaseException] = []

    def run(number: int) -> None:
        try:
            with Client(site, shown[number % len(shown)], told, retries=retries) as client:
                while not stop.is_set():
                    work(client, number)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            faults.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not faults, faults


def people(site: production.Stack, count: int) -> list[str]:
    """Make analysts who are in one group; return a token of each."""
    with site.held() as held, held.unit_of_work() as session:
        group = Group(name=uuid.uuid4().hex)
        session.add(group)
        session.flush()
        made = []
        for _ in range(count):
            user = accounts.create(session, OPERATOR, f"a{uuid.uuid4().hex[:12]}", role="analyst")
            session.add(Membership(group_id=group.id, user_id=user.id, writer=False))
            session.flush()
            made.append(tokens.create(session, policy.actor_of(session, user), "load")[1])
    return made


def shared_dataset(site: production.Stack, token: str) -> int:
    """Bring a dataset in that everybody in the group of `token` may read."""
    told = Told()
    with Client(site, token, told) as client:
        client.upload()
    await_quiet(site)
    with site.held() as held, held.unit_of_work() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.filename == told.uploads[0])).one()
        dataset.group_id = session.scalar(
            select(Membership.group_id).where(Membership.user_id == dataset.owner_id)
        )
        return dataset.id


def get(site: production.Stack, token: str, path: str) -> Any:
    """Return what the API answers at `path`."""
    with Client(site, token, Told()) as client:
        status, content, _ = client.ask("GET", path, headers={"Authorization": f"Bearer {token}"})
    assert status == 200, content
    return json.loads(content)


def listed(site: production.Stack, token: str, path: str) -> Iterator[dict[str, Any]]:
    """Return every line of a list of the API."""
    address: str | None = f"{path}?limit=100"
    while address:
        page = get(site, token, address)
        yield from page["items"]
        address = page["next"]


def await_quiet(site: production.Stack) -> None:
    """Wait until the worker has done what was acknowledged."""
    until = time.monotonic() + 300
    with site.held() as held:
        while True:
            with held.unit_of_work() as session:
                waiting = select(func.count()).select_from(Job).where(Job.state.in_((QUEUED, RUNNING)))
                if not session.scalar(waiting):
                    return
            assert time.monotonic() < until, "the worker does not come to an end"
            time.sleep(0.5)


def each_is_there_once(site: production.Stack, told: Told) -> None:
    """Assert that nothing that was acknowledged is lost or doubled, once the worker is done."""
    await_quiet(site)
    with site.held() as held, held.unit_of_work() as session:
        kept = Counter(session.scalars(select(Dataset.filename)))
        results = set(session.scalars(select(HistoryEntry.id)))
        of_jobs = Counter(session.scalars(select(HistoryEntry.job_id)))
        people = Counter(session.scalars(select(User.username)))
        places = {token: _revisions(session, token) for token in told.places}
    assert {name for name in told.uploads if kept[name] != 1} == set()
    assert {name for name in told.tried if kept[name] > 1} == set()
    assert set(told.tests) <= results
    assert {number for number in told.jobs if of_jobs[number] != 1} == set()
    assert {name for name in told.people if people[name] != 1} == set()
    for token, revisions in told.places.items():
        assert len(places[token]) == 1
        assert sorted(revisions) == sorted(set(revisions))
        assert max(revisions) <= places[token][0]
        if not told.failures:  # what failed may have been written, or not
            assert len(revisions) == places[token][0]


def _revisions(session: Session, token: str) -> Sequence[int]:
    found = tokens.find(session, token)
    assert found is not None
    return session.scalars(select(Position.revision).where(Position.user_id == found[0].user_id)).all()
