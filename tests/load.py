"""Clients that press on a running site, and remember what they were told."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import production

_HEADERS = {"Accept-Language": "en"}
_RETRIES_S = 60
_BREATH_S = 0.1


@dataclass
class Told:
    """What the clients of one run were told."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failed_last: float = 0.0  # by time.monotonic()

    @property
    def requests(self) -> int:
        """How many requests were answered or failed."""
        return sum(self.statuses.values()) + len(self.failures)

    def __str__(self) -> str:
        slowest = sorted(self.seconds)[-1 - len(self.seconds) // 100] if self.seconds else 0
        return (
            f"{self.requests} requests, {len(self.failures)} failed, {dict(self.statuses)}, "
            f"{len(self.uploads)} uploads, {len(self.tests)} tests, {len(self.people)} accounts, "
            f"p99 {slowest:.2f} s"
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

    def upload(self) -> int | None:
        """Bring a small file of a name that nobody else has."""
        name = f"{uuid.uuid4().hex}.csv"
        edge = uuid.uuid4().hex
        rows = "date,close\n" + "".join(f"2024-01-{day:02},{100 + day * 7 % 11}\n" for day in range(1, 29))
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = f"{head}{rows}\r\n--{edge}--\r\n".encode()
        self.told.tried.append(name)
        kind = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        status, content, _ = self.ask("POST", "/api/v1/datasets", body, self._bearer() | kind)
        if status in (201, 202):
            self.told.uploads.append(name)
        return json.loads(content)["id"] if status == 201 else None

    def test(self, dataset: int) -> None:
        """Ask for one statistical test."""
        wanted = json.dumps({"dataset": dataset, "test": "jarque-bera", "columns": ["close"]}).encode()
        headers = self._bearer() | {"Content-Type": "application/json"}
        status, _, found = self.ask("POST", "/api/v1/tests", wanted, headers)
        if status == 200 and found is not None:
            self.told.tests.append(int(found["Content-Location"].rpartition("/")[2]))

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


@contextmanager
def pressing(
    site: production.Stack, token: str, *, clients: int, retries: bool = False, writing: bool = True
) -> Iterator[Told]:
    """Let so many clients work while the block runs; some only read, some write."""
    told, stop = Told(), threading.Event()
    faults: list[BaseException] = []

    def work(number: int) -> None:
        try:
            with Client(site, token, told, retries=retries) as client:
                while not stop.is_set():
                    _do(client, number, writing=writing)
        except BaseException as error:  # noqa: BLE001 - told by the thread that waits
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not faults, faults


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


def await_quiet(site: production.Stack, token: str) -> None:
    """Wait until the worker has read what was acknowledged."""
    until = time.monotonic() + 180
    while any(one["state"] in ("queued", "running") for one in listed(site, token, "/api/v1/jobs")):
        assert time.monotonic() < until, "the worker does not come to an end"
        time.sleep(0.5)


def each_is_there_once(site: production.Stack, token: str, told: Told) -> None:
    """Assert that nothing that was acknowledged is lost or doubled, once the worker is done."""
    await_quiet(site, token)
    kept = Counter(one["name"] for one in listed(site, token, "/api/v1/datasets"))
    assert {name for name in told.uploads if kept[name] != 1} == set()
    assert {name for name in told.tried if kept[name] > 1} == set()
    results = Counter(one["id"] for one in listed(site, token, "/api/v1/history"))
    assert {number for number in told.tests if results[number] != 1} == set()
    people = Counter(one["username"] for one in json.loads(site.boursa("users", "list", "--json")))
    assert {name for name in told.people if people[name] != 1} == set()


def _do(client: Client, number: int, *, writing: bool) -> None:
    time.sleep(_BREATH_S)  # the site and its clients share the machine's processors here
    client.look()
    if writing and number % 2 == 0:
        dataset = client.upload()
        if dataset is not None:
            client.test(dataset)
    if writing and number % 4 == 1:
        client.register()
