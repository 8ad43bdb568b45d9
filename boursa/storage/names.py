"""The names of blobs: the SHA-256 of their bytes in hexadecimal, whatever store they lie in."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import IO

from boursa.errors import NotFound
from boursa.language import N_

# What is written at once, and what a reader has in memory at a time: there may be many readers.
PIECE_BYTES, READ_BYTES = 8 << 20, 1 << 20
# A blob that is kept again within this time of its last writing is not written anew. No collector
# takes what is younger than a day, so that what was just kept has most of a day to be named by a row.
FRESH = timedelta(hours=1)


def digest(file: IO[bytes]) -> tuple[str, int]:
    """Return the name of what is left to read of `file`, and how many bytes it has."""
    found, size = hashlib.sha256(), 0
    while piece := file.read(READ_BYTES):
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


def proper(name: str) -> str:
    """Return `name` if a blob can have it; no other leads anywhere."""
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise missing(name)
    return name


def missing(name: str) -> NotFound:
    """Return the error for a blob that is not there."""
    return NotFound(N_("The stored file {name} is missing."), name=name[:12])
