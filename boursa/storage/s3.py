"""Blobs in an S3-compatible bucket, so that instances on many machines share them.

``s3://BUCKET/PREFIX?endpoint=https://s3.example.org&region=eu-west-3``; without ``endpoint`` it is Amazon's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from urllib.parse import parse_qs, urlparse

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from boursa.errors import ConfigurationError, NotFound, Unavailable
from boursa.language import N_
from boursa.storage.names import FRESH, PIECE_BYTES, READ_BYTES, digest, missing, proper

Keys = tuple[str, str]

# A store that answers nothing costs a request this long, and not much more: retries are few, and
# none is begun after the second time.
_TIMES = {"connect_timeout": "2s", "read_timeout": "10s", "timeout": "120s"}
_RETRIES: dict[str, Any] = {"max_retries": 2, "retry_timeout": timedelta(seconds=15)}
# Whoever asks for the health of an instance waits half a second for all of its parts.
_HASTY = {"connect_timeout": "300ms", "timeout": "400ms"}
# Parts of a large file that are under way, and so in memory, at the same time.
_PARTS = 2


class S3Blobs:
    """A bucket, or a folder in one; whoever reads sees all of a blob or nothing."""

    def __init__(self, url: str, keys: Keys | None) -> None:
        self._options = _options(url, keys)
        self._store = self._open(_TIMES, _RETRIES)
        self._hasty = self._open(_HASTY, {"max_retries": 0})

    def put(self, content: bytes) -> str:
        """Keep `content`; of two writers of the same bytes, the second finds them there."""
        name = hashlib.sha256(content).hexdigest()
        with _spoken(name):
            if not self._fresh(name):
                self._write(name, content, len(content))
        return name

    def put_file(self, file: IO[bytes]) -> tuple[str, int]:
        """Keep what is left to read of `file`, part by part: a large upload is never whole in memory."""
        start = file.tell()
        name, size = digest(file)
        with _spoken(name):
            if not self._fresh(name):
                file.seek(start)
                self._write(name, file if size > PIECE_BYTES else file.read(), size)
        return name, size

    def get(self, name: str) -> bytes:
        """Return the bytes of that name."""
        with _spoken(name):
            return bytes(obstore.get(self._store, proper(name)).bytes())

    def pieces(self, name: str) -> Iterator[bytes]:
        """Return the bytes of that name piece by piece."""
        with _spoken(name):
            yield from map(bytes, obstore.get(self._store, proper(name)).stream(READ_BYTES))

    def exists(self, name: str) -> bool:
        """Whether bytes of that name are kept."""
        with _spoken(name):
            return self._written_at(name) is not None

    def delete(self, name: str) -> None:
        """Forget the bytes of that name."""
        with _spoken(name):
            obstore.delete(self._store, proper(name))

    def delete_unless_fresh(self, name: str, before: datetime) -> bool:
        """Forget the bytes of that name if nobody has kept them again since `before`; say whether."""
        with _spoken(name):
            written = self._written_at(name)
            if written is None or written >= before:
                return False
            obstore.delete(self._store, name)
            return True

    def names(self) -> Iterator[str]:
        """Every name that is kept."""
        return (name for name, _ in self.written())

    def written(self) -> Iterator[tuple[str, datetime]]:
        """Every name that is kept, and when its bytes were last kept."""
        with _spoken(""):
            for page in obstore.list(self._store):
                for one in page:
                    if len(one["path"]) == 64:
                        yield one["path"], one["last_modified"]

    def ready(self) -> bool:
        """Whether the bucket answers us within half a second."""
        try:
            # Not the head of an object: without a bucket, too, that would be no more than absent.
            next(iter(obstore.list(self._hasty, prefix="0" * 64, chunk_size=1)), None)
        except (BaseError, OSError):
            return False
        return True

    def _fresh(self, name: str) -> bool:
        written = self._written_at(name)
        # What has been there for a while is written again: a collector that thinks it unused sees
        # by its age that it no longer is.
        return written is not None and datetime.now(UTC) - written < FRESH

    def _written_at(self, name: str) -> datetime | None:
        try:
            return obstore.head(self._store, proper(name))["last_modified"]
        except FileNotFoundError:
            return None

    def _write(self, name: str, content: bytes | IO[bytes], size: int) -> None:
        if size > PIECE_BYTES:
            # No condition here, since it would put the file into memory; whoever writes the same
            # name at the same time writes the same bytes.
            obstore.put(self._store, name, content, chunk_size=PIECE_BYTES, max_concurrency=_PARTS)
            return
        try:
            obstore.put(self._store, name, content, mode="create")
        except AlreadyExistsError:
            if not self._fresh(name):
                obstore.put(self._store, name, content, mode="overwrite")

    def _open(self, times: dict[str, str], retries: dict[str, Any]) -> S3Store:
        allow_http = str(self._options.get("endpoint", "")).startswith("http://")
        client = {**times, "allow_http": allow_http}
        return S3Store(**self._options, client_options=client, retry_config=retries)  # type: ignore[arg-type] # a TypedDict for each


def _options(url: str, keys: Keys | None) -> dict[str, Any]:
    parts = urlparse(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if not parts.netloc or keys is None or set(asked) - {"endpoint", "region"}:
        raise ConfigurationError(
            problems=[
                "STORAGE_URL: must look like s3://bucket/prefix?endpoint=https://s3.example.org&region=NAME "
                "and needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY."
            ]
        )
    access, secret = keys
    return {
        "bucket": parts.netloc,
        "prefix": parts.path.strip("/") or None,
        "region": asked.get("region", "us-east-1"),
        **({"endpoint": asked["endpoint"]} if "endpoint" in asked else {}),
        "access_key_id": access,
        "secret_access_key": secret,
        # The store compares the bytes it received with this before it keeps them.
        "checksum_algorithm": "SHA256",
    }


@contextmanager
def _spoken(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise missing(name) from error
    except NotFound:
        raise
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise Unavailable(N_("The file store refuses access to this installation.")) from error
    except (BaseError, OSError) as error:
        # What the library says holds addresses: the cause is for the log, not for a person.
        raise Unavailable(N_("The file store cannot be reached at the moment.")) from error
