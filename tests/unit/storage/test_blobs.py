"""Bytes are kept by their content: all of them or nothing, and never twice."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest

from boursa.errors import ConfigurationError, NotFound, Unavailable
from boursa.storage.blobs import DirectoryBlobs, open_blobs
from boursa.storage.names import READ_BYTES


def test_bytes_come_back_under_the_hash_of_their_content(tmp_path: Path) -> None:
    # The name can be computed by anyone, so that a backup can be checked.
    blobs = DirectoryBlobs(tmp_path)
    name = blobs.put("été".encode())
    assert name == hashlib.sha256("été".encode()).hexdigest()
    assert blobs.get(name) == "été".encode()
    assert list(blobs.names()) == [name]


def test_twenty_writers_of_the_same_bytes_all_succeed(tmp_path: Path) -> None:
    # Two instances that are handed the same file at once must not disturb each other.
    blobs, content, names = DirectoryBlobs(tmp_path), b"x" * 500_000, []
    threads = [threading.Thread(target=lambda: names.append(blobs.put(content))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 20
    assert len(set(names)) == 1
    assert [path.name for path in tmp_path.glob("*/*")] == [names[0]]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A full disk must not leave half a file under a name that promises the whole.
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boursa.storage.blobs.os.fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        DirectoryBlobs(tmp_path).put(b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    # No name can lead out of the directory.
    with pytest.raises(NotFound):
        DirectoryBlobs(tmp_path).get(name)


def test_deleting_what_is_gone_is_no_error(tmp_path: Path) -> None:
    # Two collectors of unused blobs may meet.
    blobs = DirectoryBlobs(tmp_path)
    name = blobs.put(b"x")
    blobs.delete(name)
    blobs.delete(name)
    assert not blobs.exists(name)


def test_an_address_with_a_space_is_understood(tmp_path: Path) -> None:
    # Folders with spaces are ordinary on laptops.
    folder = tmp_path / "my data"
    open_blobs(folder.as_uri()).put(b"x")
    assert folder.is_dir()


def test_an_unknown_kind_of_store_is_refused() -> None:
    # A typing error must not silently become a local folder.
    with pytest.raises(ConfigurationError):
        open_blobs("s4://bucket")


def test_bytes_can_be_read_piece_by_piece(tmp_path: Path) -> None:
    # A download of 200 MB is never whole in memory.
    blobs = DirectoryBlobs(tmp_path)
    content = bytes(READ_BYTES) + b"abc"
    assert [len(piece) for piece in blobs.pieces(blobs.put(content))] == [READ_BYTES, 3]
    with pytest.raises(NotFound):
        next(blobs.pieces("0" * 64))


def test_a_folder_that_went_away_is_not_ready(tmp_path: Path) -> None:
    # A share that is no longer mounted must not be taken for an empty one.
    blobs = open_blobs(f"file://{tmp_path / 'blobs'}")
    assert blobs.ready()
    (tmp_path / "blobs").rename(tmp_path / "elsewhere")
    assert not blobs.ready()
    with pytest.raises(Unavailable):
        blobs.put(b"x")
    assert not (tmp_path / "blobs").exists()


def test_what_cannot_be_read_is_said_to_be_unavailable(tmp_path: Path) -> None:
    # Only a name that is not there is a wrong name.
    blobs = DirectoryBlobs(tmp_path)
    name = blobs.put(b"x")
    place = tmp_path / name[:2] / name
    place.unlink()
    place.mkdir()
    with pytest.raises(Unavailable):
        blobs.get(name)
