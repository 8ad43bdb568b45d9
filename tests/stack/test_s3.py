"""Blobs on a real S3 server: two writers, a wrong key, a server that hangs or is killed while it writes."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import servers

from boursa.errors import NotFound, Unavailable
from boursa.storage.blobs import open_blobs
from boursa.storage.names import PIECE_BYTES
from boursa.storage.s3 import S3Blobs


@pytest.fixture
def blobs(s3_server: servers.S3, request: pytest.FixtureRequest) -> S3Blobs:
    """A folder of the test's own in the bucket."""
    opened = open_blobs(s3_server.url(hashlib.sha256(request.node.name.encode()).hexdigest()), s3_server.keys)
    assert isinstance(opened, S3Blobs)
    return opened


@pytest.fixture
def taken_away(s3_server: servers.S3) -> Iterator[servers.S3]:
    """The server, to be killed and frozen; it is back afterwards."""
    yield s3_server
    s3_server.thaw()
    s3_server.start()
    s3_server.await_room()


def test_bytes_come_back_under_the_hash_of_their_content(blobs: S3Blobs) -> None:
    # The same promises as those of a directory, so that one can replace the other.
    name = blobs.put("été".encode())
    assert name == hashlib.sha256("été".encode()).hexdigest()
    assert blobs.get(name) == "été".encode()
    assert b"".join(blobs.pieces(name)) == "été".encode()
    assert blobs.exists(name)
    assert list(blobs.names()) == [name]
    blobs.delete(name)
    blobs.delete(name)
    assert not blobs.exists(name)
    assert list(blobs.names()) == []
    with pytest.raises(NotFound):
        blobs.get(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_hashes_are_names(blobs: S3Blobs, name: str) -> None:
    # No name can lead out of the folder.
    with pytest.raises(NotFound):
        blobs.get(name)


@pytest.mark.parametrize("size", [500_000, PIECE_BYTES + 1])
def test_twelve_writers_of_the_same_bytes_all_succeed(blobs: S3Blobs, size: int) -> None:
    # Two instances that are handed the same file at once must not disturb each other.
    content, names = os.urandom(size), []
    threads = [
        threading.Thread(target=lambda: names.append(blobs.put_file(io.BytesIO(content)))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == [(hashlib.sha256(content).hexdigest(), size)] * 12
    assert list(blobs.names()) == [names[0][0]]
    assert blobs.get(names[0][0]) == content


def test_a_large_file_is_never_whole_in_memory(
    blobs: S3Blobs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Eight uploads of 200 MB at the same time would otherwise need more than an instance has.
    path = tmp_path_factory.mktemp("large") / "file"
    path.write_bytes(os.urandom(1 << 20) * 120)
    before = _resident_mb()
    most, stop = [before], threading.Event()

    def watch() -> None:
        while not stop.wait(0.005):
            most[0] = max(most[0], _resident_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    with path.open("rb") as file:
        name, size = blobs.put_file(file)
    stop.set()
    watcher.join()
    print(f"120 MB kept with {most[0] - before:.0f} MB more of memory")
    assert size == 120 << 20
    assert most[0] - before < 60
    found = hashlib.sha256()
    for piece in blobs.pieces(name):
        found.update(piece)
    assert found.hexdigest() == name


def test_a_wrong_secret_is_refused_without_being_told(s3_server: servers.S3) -> None:
    # The sentence goes to a person; neither key nor address are theirs to know.
    stranger = open_blobs(s3_server.url(), (s3_server.keys[0], "another-secret"))
    with pytest.raises(Unavailable) as refused:
        stranger.put(b"x")
    assert "refuses access" in str(refused.value)
    assert "another-secret" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)
    assert not stranger.ready()


def test_a_bucket_that_is_not_there_is_not_ready(s3_server: servers.S3) -> None:
    # A typing error in the address is found by /health, not by the first upload.
    absent = s3_server.url().replace(s3_server.bucket, "absent")
    assert not open_blobs(absent, s3_server.keys).ready()
    assert open_blobs(s3_server.url(), s3_server.keys).ready()


def test_what_is_kept_again_is_not_taken_for_unused(blobs: S3Blobs) -> None:
    # A collector forgets what nobody has kept since a moment, and nothing that was kept after it.
    name = blobs.put(b"x")
    assert not blobs.delete_unless_fresh(name, datetime.now(UTC) - timedelta(days=1))
    assert blobs.exists(name)
    assert blobs.delete_unless_fresh(name, datetime.now(UTC) + timedelta(seconds=2))
    assert not blobs.exists(name)
    assert not blobs.delete_unless_fresh(name, datetime.now(UTC))


def test_what_was_kept_long_ago_is_written_again(blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its age is all that a collector sees of an upload that has not been named yet.
    name = blobs.put(b"old")
    ((_, first),) = blobs.written()
    monkeypatch.setattr("boursa.storage.s3.FRESH", timedelta(0))
    time.sleep(1.1)  # the server keeps whole seconds
    blobs.put(b"old")
    assert [(name, True)] == [(one, at > first) for one, at in blobs.written()]


def test_a_server_that_hangs_is_said_within_half_a_second(blobs: S3Blobs, taken_away: servers.S3) -> None:
    # /health promises its answer, whatever a dependency does.
    taken_away.freeze()
    started = time.monotonic()
    assert not blobs.ready()
    assert time.monotonic() - started < 0.5
    taken_away.thaw()
    assert blobs.ready()


def _killed_while_writing(blobs: S3Blobs, server: servers.S3, kills: int) -> None:
    acknowledged: dict[str, int] = {}
    refused, stop = [0], threading.Event()

    def write(seed: int) -> None:
        number = 0
        while not stop.is_set():
            content = hashlib.sha256(f"{seed} {number}".encode()).digest() * 3000
            number += 1
            try:
                acknowledged[blobs.put(content)] = len(content)
            except Unavailable:
                refused[0] += 1

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for kill in range(kills):
        wanted, deadline = len(acknowledged) + 50, time.monotonic() + 60
        while len(acknowledged) < wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        server.kill()
        time.sleep(0.3)
        server.start()
        server.await_room()
        print(f"kill {kill + 1}: {len(acknowledged)} acknowledged, {refused[0]} refused")
    stop.set()
    for thread in threads:
        thread.join()
    kept = set(blobs.names())
    assert set(acknowledged) <= kept
    for name in kept:  # those not acknowledged too are whole or absent
        assert hashlib.sha256(blobs.get(name)).hexdigest() == name
    print(f"{len(acknowledged)} acknowledged, {refused[0]} refused, {len(kept)} kept, all whole")
    assert len(acknowledged) >= 50 * kills


def test_what_was_acknowledged_is_whole_after_a_kill(blobs: S3Blobs, taken_away: servers.S3) -> None:
    # A server killed while it writes leaves what it acknowledged, and no half of anything else.
    _killed_while_writing(blobs, taken_away, kills=1)


@pytest.mark.long
def test_what_was_acknowledged_is_whole_after_five_kills(blobs: S3Blobs, taken_away: servers.S3) -> None:
    # The same, five times.
    _killed_while_writing(blobs, taken_away, kills=5)


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - read often, quickly
        return int(file.read().split()[1]) * 4096 / 1e6
