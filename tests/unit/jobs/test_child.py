"""The child: whatever happens in it, its worker hears of it; and it takes no more than it may."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from boursa.errors import BoursaError, InputError, ProviderError
from boursa.ingest import read
from boursa.jobs import child
from boursa.jobs.child import Child, Children, Said
from boursa.services import computations
from boursa.services.history import Record
from boursa.services.jobs import Claim
from boursa.storage.blobs import open_blobs

CSV = b"x\n" + b"\n".join(str(n * n % 17).encode() for n in range(40))
TEST = {"test": "jarque-bera"}


@pytest.fixture
def storage(tmp_path: Path) -> str:
    """A blob store's address."""
    return (tmp_path / "blobs").as_uri()


@pytest.fixture
def table(storage: str) -> str:
    """The name of a stored table."""
    parquet = io.BytesIO()
    read(CSV, name="x.csv").to_parquet(parquet)
    return open_blobs(storage).put(parquet.getvalue())


def _claim(kind: str, table: str, parameters: dict[str, Any]) -> Claim:
    return Claim(1, "word", kind, {"table": table, "parameters": parameters}, 1, None, None)


def _outcome(claim: Claim, storage: str) -> tuple[Said, list[Said]]:
    """Return the last word of a child, and what it said before."""
    ours, theirs = Pipe(duplex=False)
    last = child._outcome(theirs, claim, storage)
    return last, list(_before(ours, theirs))


def _before(ours: Connection, theirs: Connection) -> Iterator[Said]:
    theirs.close()
    while True:
        try:
            yield ours.recv()
        except EOFError:
            ours.close()
            return


@contextmanager
def _computing(kind: str, error: BaseException) -> Iterator[None]:
    """Let every computation of that kind raise `error`."""

    def fail(*_: Any) -> Record:
        raise error

    before = computations._KINDS[kind]
    computations._KINDS[kind] = fail
    try:
        yield
    finally:
        computations._KINDS[kind] = before


def test_a_result_comes_with_the_versions_that_made_it(table: str, storage: str) -> None:
    # Both are needed to compute it again.
    last, _ = _outcome(_claim("test", table, TEST), (storage, None))
    assert last.what == "done"
    record, versions = last.content
    assert (record.kind, record.name, record.parameters) == ("test", "jarque-bera", TEST)
    assert record.result["n"] == 40
    assert {"python", "boursa", "numpy", "scipy"} <= set(versions)


def test_progress_and_parts_are_said_before_the_result(table: str, storage: str) -> None:
    # A Bilan's first blocks are shown while the rest is computed.
    last, before = _outcome(_claim("analysis", table, {"horizon": 2, "model": "naive"}), (storage, None))
    assert last.what == "done"
    parts = [said.content[0] for said in before if said.what == "partial"]
    assert parts == [f"x/{name}" for name in ("quality", "behaviour", "volatility", "forecast", "conclusion")]
    assert {said.what for said in before} == {"partial", "progress"}


def test_a_refusal_is_said_as_it_is(storage: str, table: str) -> None:
    # The person's own sentence, in both languages, and no second attempt at what cannot work.
    last, _ = _outcome(_claim("test", table, {"test": "nonsense"}), (storage, None))
    assert last.what == "error"
    assert (last.content["code"], last.content["retryable"]) == ("name-unknown", False)
    assert "nonsense" in last.content["fr"]
    assert "nonsense" in last.content["en"]


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (InputError("no"), "input", False),
        (ProviderError("away"), "provider", True),
        (MemoryError(), "limit-reached", False),
        (ZeroDivisionError("SELECT secret FROM users"), "error", True),
        (RecursionError(), "error", True),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_goes_wrong_is_said(
    table: str, storage: str, capfd: pytest.CaptureFixture[str], error: Exception, code: str, retryable: bool
) -> None:
    # A fault of ours is told without its details; the trace goes to the log, where it is needed.
    with _computing("test", error):
        last, _ = _outcome(_claim("test", table, TEST), (storage, None))
    assert last.what == "error"
    assert (last.content["code"], last.content["retryable"]) == (code, retryable)
    assert last.content["fr"]
    assert "secret" not in last.content["en"] + last.content["fr"]
    assert ("Traceback" in capfd.readouterr().err) == (not isinstance(error, BoursaError | MemoryError))


def test_a_table_that_is_gone_is_said(storage: str) -> None:
    # Somebody deleted the bytes while the job waited.
    last, _ = _outcome(_claim("test", "0" * 64, TEST), (storage, None))
    assert last.content["code"] == "not-found"


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's account of memory is Linux's")
def test_the_memory_limit_is_what_the_job_adds() -> None:
    # What the process held before does not count; what goes beyond is a MemoryError, not a kill.
    code = """
from boursa.jobs import child
before = bytearray(300 * 2**20)
child._limit_memory(200)
within = bytearray(100 * 2**20)
try:
    beyond = bytearray(150 * 2**20)
except MemoryError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


@pytest.mark.skipif(os.name == "nt", reason="fork servers are of POSIX")
def test_a_child_that_is_killed_leaves_the_end_of_its_pipe(table: str, storage: str) -> None:
    # Nobody but the child holds the other end: its death is noticed at once, without waiting.
    started = child.start(child.context(), (storage, None))
    started.give(_claim("test", table, TEST), 4096)
    started.process.kill()
    with pytest.raises((EOFError, ConnectionResetError)):
        while started.pipe.poll(20):
            started.pipe.recv()
    started.process.join(5)
    assert started.process.exitcode is not None
    started.pipe.close()


def _last(given: Child) -> Said:
    """Return the last word of a child on its job."""
    assert given.pipe.poll(60)
    said: Said = given.pipe.recv()
    return said if said.what in ("done", "error") else _last(given)


@pytest.fixture
def children(storage: str) -> Iterator[Children]:
    """The children of a worker."""
    made = Children((storage, None))
    yield made
    made.close()


def test_a_child_does_one_job_after_another_with_the_same_numbers(children: Children, table: str) -> None:
    # What one job leaves behind must not be seen in the next.
    claim = _claim("test", table, TEST)
    first = children.begin(claim, 4096)
    said = _last(first)
    children.take_back(first, said)
    second = children.begin(claim, 4096)
    assert second.process.pid == first.process.pid
    assert _last(second).content[0].result == said.content[0].result
    children.take_back(second, said)


@pytest.mark.skipif(os.name == "nt", reason="priorities are of POSIX")
def test_whoever_waits_for_a_page_comes_before_a_computation(children: Children, table: str) -> None:
    # On a laptop both are on one machine: a Bilan must not make every click slow.
    given = children.begin(_claim("test", table, TEST), 4096)
    _last(given)
    assert given.process.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, given.process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    given.end()


def test_a_child_that_failed_does_no_other_job(children: Children, table: str) -> None:
    # Nobody knows in which state a fault left it.
    first = children.begin(_claim("test", table, {"test": "nonsense"}), 4096)
    children.take_back(first, _last(first))
    assert first.process.exitcode is not None
    second = children.begin(_claim("test", table, TEST), 4096)
    assert _last(second).what == "done"
    second.end()


@pytest.mark.parametrize("worn", [True, False], ids=["grown", "old"])
def test_a_worn_child_is_replaced(children: Children, table: str, worn: bool) -> None:
    # Memory that stayed with it, or many jobs: what leaks a little must not leak for ever.
    given = children.begin(_claim("test", table, TEST), 4096)
    given.jobs = 1 if worn else child._MOST_JOBS
    children.take_back(given, replace(_last(given), worn=worn))
    assert given.process.exitcode is not None


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's account of memory is Linux's")
def test_a_child_says_that_memory_stayed_with_it() -> None:
    # The next job would have less.
    code = """
import threading
from multiprocessing import Pipe
from boursa.jobs import child

kept = []

def hoard(_pipe, megabytes, _storage):
    kept.append(bytes(1000) * 1000 * megabytes)
    return child.Said("done", None)

child._outcome = hoard
ours, theirs = Pipe()
threading.Thread(target=child._main, args=(theirs, None), daemon=True).start()
for megabytes in (1, child._WORN_MB + 50):
    ours.send((megabytes, 4096))
    print(ours.recv().worn)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "False\nTrue\n"), done.stderr


def test_a_child_that_died_while_it_waited_is_replaced(children: Children, table: str) -> None:
    # Its job goes to a new one, and nobody hears of it.
    first = children.begin(_claim("test", table, TEST), 4096)
    children.take_back(first, _last(first))
    first.process.kill()
    first.process.join()
    second = children.begin(_claim("test", table, TEST), 4096)
    assert second.process.pid != first.process.pid
    assert _last(second).what == "done"
    second.end()


def test_our_own_fault_is_no_fault_of_the_person() -> None:
    # The root class: exit status and HTTP status say that BoursA failed; the sentence is whole.
    ours = child.unexpected()
    assert type(ours) is BoursaError
    assert ours.exit_status == 70
    for language in ("fr", "en"):
        assert "{" not in ours.sentence(language)
        assert ours.sentence(language).endswith(".")
