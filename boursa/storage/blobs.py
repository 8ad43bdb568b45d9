"""Bytes by their content: what people uploaded, and what was made of it.

A blob's name is the SHA-256 of its bytes, so the same bytes are kept once, two writers of the
same blob cannot disagree, and nothing is ever overwritten.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlparse

from boursa.errors import ConfigurationError, Unavailable
from boursa.language import N_
from boursa.storage.names import PIECE_BYTES, READ_BYTES, digest, missing, proper

# What a collector of unused blobs has taken aside ends with this, and is put back if it still lies
# there after a minute: the collector died.
_ASIDE, _ASIDE_S = ".aside", 60


class Blobs(Protocol):
    """Where bytes live: a shared directory, or an S3-compatible bucket."""

    def put(self, content: bytes) -> str:
        """Keep `content` and return its name, the SHA-256 in hexadecimal."""

    def put_file(self, file: IO[bytes]) -> tuple[str, int]:
        """Keep what is left to read of `file`; return its name and how many bytes it has."""

    def get(self, name: str) -> bytes:
        """Return the bytes of that name, or raise `NotFound`."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """Return the bytes of that name piece by piece, or raise `NotFound`."""

    def exists(self, name: str) -> bool:
        """Whether bytes of that name are kept."""

    def delete(self, name: str) -> None:
        """Forget the bytes of that name; not an error if they are gone."""

    def delete_unless_fresh(self, name: str, before: datetime) -> bool:
        """Forget the bytes of that name if nobody has kept them again since `before`; say whether."""

    def names(self) -> Iterator[str]:
        """Every name that is kept, in no order."""

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every name that is kept, and when its bytes were last kept, also if they were there already."""

    def ready(self) -> bool:
        """Whether bytes can be kept at the moment."""


class DirectoryBlobs:
    """A directory, local or shared between instances; a blob is written aside and renamed in place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> str:
        """Keep `content`; a reader sees all of it or nothing, also after a power cut."""
        return self.put_file(io.BytesIO(content))[0]

    def put_file(self, file: IO[bytes]) -> tuple[str, int]:
        """Keep what is left to read of `file`, piece by piece: a large upload is never whole in memory."""
        with _spoken():
            start = file.tell()
            name, size = digest(file)
            target = self._path(name)
            if not _touched(target):
                file.seek(start)
                target.parent.mkdir(exist_ok=True)  # not the root: a share may have gone
                _write_durably(target, file)
        return name, size

    def get(self, name: str) -> bytes:
        """Return the bytes of that name."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Return the bytes of that name piece by piece."""
        with _read(name), self._path(name).open("rb") as file:
            while piece := file.read(READ_BYTES):
                yield piece

    def exists(self, name: str) -> bool:
        """Whether bytes of that name are kept."""
        return self._path(name).exists()

    def delete(self, name: str) -> None:
        """Forget the bytes of that name."""
        self._path(name).unlink(missing_ok=True)

    def delete_unless_fresh(self, name: str, before: datetime) -> bool:
        """Forget the bytes of that name if nobody has kept them again since `before`; say whether.

        They are taken aside before their age is read: whoever keeps them again either is seen by the
        age, or finds nothing and writes them anew.
        """
        target = self._path(name)
        aside = target.with_name(f".{name}{_ASIDE}")
        with _spoken():
            try:
                target.rename(aside)
            except FileNotFoundError:
                return False
            return _settled(aside, target, before)

    def names(self) -> Iterator[str]:
        """Every name that is kept."""
        return (name for name, _ in self.written())

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every name that is kept, and when its bytes were last kept."""
        self._put_back()
        for path in self.root.glob("??/*"):
            if not path.name.startswith("."):
                try:
                    yield path.name, _written_at(path)
                except FileNotFoundError:
                    continue  # forgotten meanwhile

    def _put_back(self) -> None:
        """Put back what a collector that died had taken aside: the next one decides anew."""
        for aside in self.root.glob(f"??/.*{_ASIDE}"):
            if _age(aside) > _ASIDE_S:
                _back(aside, aside.with_name(aside.name.removeprefix(".").removesuffix(_ASIDE)))

    def ready(self) -> bool:
        """Whether the directory is there and can be written to; one that went away is not made anew."""
        return os.access(self.root, os.W_OK | os.X_OK)

    def _path(self, name: str) -> Path:
        return self.root / proper(name)[:2] / name


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            N_("The file store cannot be written at the moment ({reason})."), reason=error.strerror
        ) from error


@contextmanager
def _read(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise missing(name) from error
    except OSError as error:
        raise Unavailable(
            N_("The file store cannot be read at the moment ({reason})."), reason=error.strerror
        ) from error


def _touched(target: Path) -> bool:
    """Whether the blob is there already; its age then says that it was kept just now."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    return True


def _settled(aside: Path, target: Path, before: datetime) -> bool:
    """Forget what was taken aside, or put it back if it was kept again before that."""
    if _written_at(aside) >= before:
        _back(aside, target)
        return False
    aside.unlink()
    return True


def _back(aside: Path, target: Path) -> None:
    with suppress(FileNotFoundError):  # another collector was first
        aside.replace(target)


def _written_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _age(aside: Path) -> float:
    try:
        return time.time() - aside.stat().st_ctime
    except FileNotFoundError:
        return 0


def _write_durably(target: Path, content: IO[bytes]) -> None:
    descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file, PIECE_BYTES)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def open_blobs(url: str, keys: tuple[str, str] | None = None) -> Blobs:
    """Return the blob store that `url` names: ``file:///srv/boursa/blobs``, or ``s3://bucket/prefix``.

    `keys` are the name and the secret that a bucket asks for.
    """
    parts = urlparse(url)
    if parts.scheme == "s3":
        from boursa.storage.s3 import S3Blobs  # its library is loaded only where there is a bucket

        return S3Blobs(url, keys)
    if parts.scheme != "file":
        raise ConfigurationError(
            problems=["STORAGE_URL: must start with file:// or s3://, for instance file:///srv/boursa/blobs."]
        )
    root = Path(unquote(parts.path))
    with suppress(OSError):  # said by whoever asks whether it is ready
        root.mkdir(parents=True, exist_ok=True)
    return DirectoryBlobs(root)
