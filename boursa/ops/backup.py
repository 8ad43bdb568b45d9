"""Backup and restore: all rows in one snapshot, and every blob that they name.

A backup is a folder; its blobs lie in a folder beside it that all backups share, so that a second backup
copies only what is new::

    TO/blobs/ab/abcd...                    bytes, by their content
    TO/20261122T154500Z/manifest.json      written last: counts and checksums of all the rest
    TO/20261122T154500Z/users.jsonl.gz     the rows of a table
    TO/20261122T154500Z/blobs.txt          the names of the blobs

Blobs are kept before a row names them and forgotten, if at all, days after, so those of a snapshot are there
after it was taken. Should one be missing because its row was deleted since, a second snapshot says so.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table

from boursa import __version__
from boursa.errors import Conflict, FileUnreadable, NotFound
from boursa.language import N_
from boursa.ops import rows, schema, unused
from boursa.storage.blobs import Blobs, DirectoryBlobs
from boursa.storage.names import PIECE_BYTES

_MANIFEST, _BLOBS = "manifest.json", "blobs.txt"
_NAMED_BY, _FINISHED = "%Y%m%dT%H%M%S%fZ", re.compile(r"\d{8}T\d{12}Z")
_TRIES = 3
# Tables whose columns name blobs that must be there; elsewhere a name may be of something long gone.
_NAMING = ("data_versions",)


@dataclass(frozen=True)
class Backup:
    """What was backed up or restored."""

    folder: Path
    rows: int
    blobs: int
    bytes: int


def backup(engine: Engine, blobs: Blobs, to: Path, *, keep: int | None = None) -> Backup:
    """Write a backup below `to`; afterwards only the newest `keep` are left."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    (to / "blobs").mkdir(exist_ok=True)
    for left in reversed(range(_TRIES)):
        try:
            made = _attempt(engine, blobs, to)
            break
        except NotFound:
            if not left:
                raise
    if keep is not None:
        _prune(to, keep, made.folder)
    return made


def _finished(to: Path) -> list[Path]:
    """Return our whole backups below `to`, the oldest first; what else lies there is none of our business."""
    found = (path.parent for path in to.glob(f"*/{_MANIFEST}"))
    return sorted(folder for folder in found if _FINISHED.fullmatch(folder.name))


def newest(folder: Path) -> datetime | None:
    """Return when the newest whole backup below `folder` was taken; None where there is none."""
    found = next((one for one in reversed(_finished(folder)) if not _foreign(one)), None)
    # The name is the moment, and is there to be read where the manifest is not.
    return datetime.strptime(found.name, _NAMED_BY).replace(tzinfo=UTC) if found else None


def _foreign(folder: Path) -> bool:
    try:
        _read_manifest(folder / _MANIFEST)
    except OSError:
        return False  # closed to this account, as it may well be
    except ValueError:
        return True
    return False


def _attempt(engine: Engine, blobs: Blobs, to: Path) -> Backup:
    aside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=to))  # readable by its owner alone
    try:
        with rows.snapshot(engine) as connection:
            taken_at, revision = datetime.now(UTC), schema.state(engine).database
            tables, meant, needed = _write_tables(connection, aside)
        names, size = _copy(meant, needed, blobs, DirectoryBlobs(to / "blobs"))
        (aside / _BLOBS).write_text("".join(f"{name}\n" for name in names), encoding="ascii")
        manifest = {
            "version": __version__,
            "revision": revision,
            "taken_at": taken_at.isoformat(),
            "tables": tables,
            "blobs": {"count": len(names), "bytes": size, "sha256": _sha256(aside / _BLOBS)},
        }
        _write_last(aside / _MANIFEST, manifest)
        folder = to / taken_at.strftime(_NAMED_BY)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return Backup(folder, sum(one["rows"] for one in tables.values()), len(names), size)


def _write_tables(
    connection: Connection, folder: Path
) -> tuple[dict[str, dict[str, Any]], set[str], set[str]]:
    tables: dict[str, dict[str, Any]] = {}
    meant: set[str] = set()
    needed: set[str] = set()
    for table in rows.tables():
        found: set[str] = set()
        tables[table.name] = _write_table(connection, table, folder, found)
        meant |= found
        if table.name in _NAMING:
            needed |= found
    return tables, meant, needed


def _write_table(connection: Connection, table: Table, folder: Path, found: set[str]) -> dict[str, Any]:
    path, total = _file(folder, table.name), rows.Sum()
    with gzip.open(path, "wt", compresslevel=3, encoding="utf-8", newline="\n") as file:
        for line in rows.lines(connection, table):
            total.add(line)
            found.update(unused.names_in([line]))
            file.write(line + "\n")
    return {**total.to_dict(), "sha256": _sha256(path)}


def _copy(meant: set[str], needed: set[str], source: Blobs, target: Blobs) -> tuple[list[str], int]:
    """Copy blobs, each checked by its name; return the names of those there are, and their bytes."""
    names, size = [], 0
    for name in sorted(meant):
        try:
            size += _copy_one(name, source, target)
        except NotFound:
            if name in needed:
                raise
            continue  # a hash of something else, or of a reading that nobody kept
        names.append(name)
    return names, size


def _copy_one(name: str, source: Blobs, target: Blobs) -> int:
    with tempfile.SpooledTemporaryFile(max_size=PIECE_BYTES) as file:
        for piece in source.pieces(name):
            file.write(piece)
        file.seek(0)
        kept, size = target.put_file(file)
    if kept != name:
        target.delete(kept)
        raise Conflict(
            N_("The stored file {name} is damaged: its bytes are not those of its name."), name=name[:12]
        )
    return size


def _write_last(path: Path, manifest: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _file(folder: Path, table: str) -> Path:
    return folder / f"{table}.jsonl.gz"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prune(to: Path, keep: int, made: Path) -> None:
    folders = _finished(to)
    for folder in folders[: max(0, len(folders) - keep)]:
        if folder != made:
            shutil.rmtree(folder)
    for killed in to.glob(".*.part"):
        if killed.stat().st_mtime < time.time() - unused.LEAST.total_seconds():
            shutil.rmtree(killed)  # half a backup, whose process is long gone
    held = {name for path in to.glob(f"*/{_BLOBS}") for name in path.read_text(encoding="ascii").split()}
    blobs, before = DirectoryBlobs(to / "blobs"), datetime.now(UTC) - unused.LEAST
    for name in set(blobs.names()) - held:
        blobs.delete_unless_fresh(name, before)  # what is fresh may belong to another backup under way


def check(folder: Path) -> Backup:
    """Compare a backup with its manifest, every byte of it.

    Raises
    ------
    FileUnreadable
        With the first file that is missing or damaged.
    """
    manifest = _manifest(folder)
    for name, table in manifest["tables"].items():
        if not _file(folder, name).is_file() or _sha256(_file(folder, name)) != table["sha256"]:
            raise _damaged(folder, f"{name}.jsonl.gz")
    if not (folder / _BLOBS).is_file() or _sha256(folder / _BLOBS) != manifest["blobs"]["sha256"]:
        raise _damaged(folder, _BLOBS)
    blobs = DirectoryBlobs(folder.parent / "blobs")
    names = (folder / _BLOBS).read_text(encoding="ascii").split()
    for name in names:
        if _digest(blobs, name) != name:
            raise _damaged(folder, f"blobs/{name[:2]}/{name}")
    counted = sum(table["rows"] for table in manifest["tables"].values())
    return Backup(folder, counted, len(names), manifest["blobs"]["bytes"])


def _digest(blobs: Blobs, name: str) -> str | None:
    found = hashlib.sha256()
    try:
        for piece in blobs.pieces(name):
            found.update(piece)
    except NotFound:
        return None
    return found.hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return _read_manifest(folder / _MANIFEST)
    except (OSError, ValueError) as error:
        raise FileUnreadable(
            N_("{folder} is not a finished backup: it has no manifest."), folder=folder
        ) from error


def _read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest; a `ValueError` says that it is none of ours."""
    found = json.loads(path.read_text(encoding="utf-8"))
    try:
        datetime.fromisoformat(found["taken_at"])
        whole = {"version", "revision"} <= set(found) and {"sha256", "bytes"} <= set(found["blobs"])
        whole = whole and all({"rows", "sum", "sha256"} <= set(one) for one in found["tables"].values())
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(path) from error
    if not whole:
        raise ValueError(path)
    return dict(found)


def _damaged(folder: Path, file: str) -> FileUnreadable:
    return FileUnreadable(N_("The backup {folder} is damaged: {file}."), folder=folder, file=file)


def refuse_unfit(engine: Engine, folder: Path) -> None:
    """Refuse a backup that another release made, and a database that has rows already."""
    manifest, found = _manifest(folder), schema.state(engine)
    if manifest["revision"] != found.code:
        raise Conflict(
            N_("The backup was made by BoursA {version}; restore it with that version, then upgrade."),
            version=manifest["version"],
        )
    if found.state == "absent":
        return
    with rows.snapshot(engine) as connection:
        if found.state != "current" or not rows.empty(connection):
            raise Conflict(N_("The database is not empty; a backup is restored into an empty one only."))


def restore(engine: Engine, blobs: Blobs, folder: Path) -> Backup:
    """Write a checked backup into a database whose tables are empty, and its blobs before that.

    Everything or nothing: rows that do not add up to the manifest's checksums are taken back.
    """
    manifest = _manifest(folder)
    source = DirectoryBlobs(folder.parent / "blobs")
    names = (folder / _BLOBS).read_text(encoding="ascii").split()
    size = sum(_copy_one(name, source, blobs) for name in names)
    with engine.begin() as connection:
        if not rows.empty(connection):
            raise Conflict(N_("The database is not empty; a backup is restored into an empty one only."))
        for table in rows.tables():
            rows.load(connection, table, _lines(_file(folder, table.name)))
        for name, found in rows.sums(connection).items():
            if found["sum"] != manifest["tables"][name]["sum"]:
                raise Conflict(
                    N_("The rows of {table} did not arrive as they were; nothing was kept."), table=name
                )
    counted = sum(table["rows"] for table in manifest["tables"].values())
    return Backup(folder, counted, len(names), size)


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n")
