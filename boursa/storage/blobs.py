"""Bytes by their content: what people uploaded, and what was made of it.

A blob's name is the SHA-256 of its bytes, so the same bytes are kept once, two writers of the
same blob cannot disagree, and nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlparse

from boursa.errors import ConfigurationError, NotFound, Unavailable
from boursa.language import N_

_PIECE_BYTES = 1 << 20


class Blobs(Protocol):
    """Where bytes live: a shared directory, or an S3-compatible bucket."""

    def put(self, content: bytes) -> str:
        """Keep `content` and return its name, the SHA-256 in hexadecimal."""

    def put_file(self, file: IO[bytes]) -> tuple[str, int]:
        """Keep what is left to read of `file`; return its name and how many bytes it has."""

    def get(self, name: str) -> bytes:
        """Return the bytes of that name, or raise `NotFound`."""

    def open(self, name: str) -> IO[bytes]:
        """Return a stream of the bytes of that name, which the caller closes, or raise `NotFound`."""

    def exists(self, name: str) -> bool:
        """Whether bytes of that name are kept."""

    def delete(self, name: str) -> None:
        """Forget the bytes of that name; not an error if they are gone."""

    def names(self) -> Iterator[str]:
        """Every name that is kept, in no order."""

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
            name, size = _digest(file)
            target = self._path(name)
            if not target.exists():
                file.seek(start)
                target.parent.mkdir(parents=True, exist_ok=True)
                _write_durably(target, file)
        return name, size

    def get(self, name: str) -> bytes:
        """Return the bytes of that name."""
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> IO[bytes]:
        """Return a stream of the bytes of that name, which the caller closes."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError as error:
            raise NotFound(N_("The stored file {name} is missing."), name=name[:12]) from error

    def exists(self, name: str) -> bool:
        """Whether bytes of that name are kept."""
        return self._path(name).exists()

    def delete(self, name: str) -> None:
        """Forget the bytes of that name."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """Every name that is kept."""
        return (path.name for path in self.root.glob("??/*") if not path.name.startswith("."))

    def ready(self) -> bool:
        """Whether the directory, or the one it will be made in, can be written to."""
        place = next(path for path in (self.root, *self.root.absolute().parents) if path.exists())
        return os.access(place, os.W_OK | os.X_OK)

    def _path(self, name: str) -> Path:
        if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise NotFound(N_("The stored file {name} is missing."), name=name[:12])
        return self.root / name[:2] / name


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            N_("The file store cannot be written at the moment ({reason})."), reason=error.strerror
        ) from error


def _digest(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _write_durably(target: Path, content: IO[bytes]) -> None:
    descriptor, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            shutil.copyfileobj(content, file, _PIECE_BYTES)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def open_blobs(url: str) -> Blobs:
    """Return the blob store that `url` names (``file:///srv/boursa/blobs``)."""
    parts = urlparse(url)
    if parts.scheme != "file":
        raise ConfigurationError(
            problems=["STORAGE_URL: must start with file://, for instance file:///srv/boursa/blobs."]
        )
    return DirectoryBlobs(Path(unquote(parts.path)))
