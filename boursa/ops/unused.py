"""Blobs that no row names: found safely, and forgotten after a while.

Any word in any row that looks like the name of a blob counts as naming it. A column that somebody adds and
forgets here cannot cost data; at worst a blob is kept for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from boursa.errors import UsageError
from boursa.language import N_
from boursa.ops import rows
from boursa.storage.blobs import Blobs

# Bytes are kept before the row that names them is committed; a slow upload has this long.
LEAST = timedelta(days=1)
_NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class Collected:
    """What a collection found: blobs looked at, still named, too young, and forgotten."""

    looked_at: int
    named: int
    young: int
    forgotten: int


def names_in(lines: Iterable[str]) -> Iterator[str]:
    """Return every word in these lines that may be the name of a blob."""
    for line in lines:
        yield from _NAME.findall(line)


def named(connection: Connection) -> set[str]:
    """Return the name of every blob that any row may mean."""
    return {name for table in rows.tables() for name in names_in(rows.lines(connection, table))}


def collect(engine: Engine, blobs: Blobs, older_than: timedelta, *, dry_run: bool = False) -> Collected:
    """Forget every blob that was last kept so long ago and that no row names.

    The blobs are listed before the rows are read: what an upload keeps and names meanwhile is either
    younger than the list, or kept again, which `Blobs.delete_unless_fresh` sees.
    """
    if older_than < LEAST:
        raise UsageError(
            N_("An unused blob is kept for at least a day: a running upload may be about to name it.")
        )
    before = datetime.now(UTC) - older_than
    kept = dict(blobs.written())
    with rows.snapshot(engine) as connection:
        meant = named(connection)
    unused = [name for name, written in kept.items() if name not in meant and written < before]
    forgotten = len(unused) if dry_run else sum(blobs.delete_unless_fresh(name, before) for name in unused)
    still_named = len(meant & kept.keys())
    return Collected(len(kept), still_named, len(kept) - still_named - len(unused), forgotten)
