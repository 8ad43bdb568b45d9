"""The earlier BoursA's tables: how they are recognised, and what their rows become here."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table

from boursa.storage.models import Dataset, HistoryEntry, Position, User
from boursa.storage.models.users import folded

Row = Mapping[str, Any]

# The columns by which a table is known. Old ones lack some of the others, and may have more.
SIGNS: dict[str, frozenset[str]] = {
    "users": frozenset(("id", "username", "password_hash")),
    "data_files": frozenset(("id", "filename", "user")),
    "test_history": frozenset(("id", "test_name", "parameters", "result")),
    "user_locations": frozenset(("id", "username", "latitude", "longitude", "timestamp")),
    "predict_history": frozenset(("id", "model_name", "input_summary", "output_summary")),
}
# Columns that only the tables of this BoursA have.
_OURS = {
    "users": "username_key",
    "data_files": "owner_id",
    "test_history": "kind",
    "user_locations": "published",
}
_ROLES = {"admin": "administrator", "administrator": "administrator", "user": "analyst", "analyst": "analyst"}
_SPELLINGS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y%m%d%H%M%S", "%a %b %d %H:%M:%S %Y")
# Below every number that a row has; the earlier columns are 32 bits wide.
FIRST = -(2**31)
# What stands where the earlier BoursA kept no readable moment and one is needed.
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def is_earlier(table: str, columns: Iterable[str]) -> bool:
    """Whether a table of that name and those columns was made by the earlier BoursA."""
    found = set(columns)
    return SIGNS.get(table, frozenset(("\0",))) <= found and _OURS.get(table, "\0") not in found


@dataclass
class Notes:
    """What could not be carried as it stood, for the person who runs it: how often, and the first few."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, where: str) -> None:
        """Count one more case of `what`."""
        self.counts[what] = self.counts.get(what, 0) + 1
        if len(self.examples.setdefault(what, [])) < 5:
            self.examples[what].append(where)


@dataclass
class Conversion:
    """Turns rows of the earlier BoursA into rows of this one, the same way each time.

    `people` maps names to numbers; `keys` are the folded names that are taken; `predictions_after` is
    the number after which forecasts are numbered, since they share a table with the tests now.
    """

    people: dict[str, int]
    predictions_after: int
    notes: Notes = field(default_factory=Notes)
    keys: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def convert(self, table: str, row: Row) -> dict[str, Any]:
        """Return what `row` of the earlier `table` becomes."""
        return CONVERTERS[table][1](self, row)

    def moment(self, row: Row, column: str, table: str) -> datetime | None:
        """Return a moment of any spelling; None where there is none."""
        value = row.get(column)
        found = moment(value)
        if found is None and value not in (None, ""):
            self.notes.add(f"{table}.{column}", f"{row['id']}: {value!r}")
        return found


def _user(conversion: Conversion, row: Row) -> dict[str, Any]:
    username, email = text(row["username"])[:80], text(row.get("email")) or None
    key = folded(username)[:200]
    key = f"{key} {row['id']}" if key in conversion.keys else key
    conversion.keys.add(key)
    if email in conversion.emails:
        conversion.notes.add("users.email", f"{row['id']}: twice")
        email = None
    if email:
        conversion.emails.add(email)
    active = row.get("is_active")
    return {
        "id": int(row["id"]),
        "username": username,
        "username_key": key,
        "email": email,
        "password_hash": text(row["password_hash"]) or None,
        "role": _ROLES.get(text(row.get("role") or "user").casefold(), "viewer"),
        "is_active": active is None or str(active).casefold() in ("1", "true", "t", "yes"),
        "created_at": conversion.moment(row, "created_at", "users") or UNKNOWN,
        "last_login": conversion.moment(row, "last_login", "users"),
        "failed_login_attempts": int(row.get("failed_login_attempts") or 0),
        "locked_until": conversion.moment(row, "locked_until", "users"),
    }


def _file(conversion: Conversion, row: Row) -> dict[str, Any]:
    said, kept = row.get("user"), row.get("file_metadata")
    owner = conversion.people.get(text(said)) if said not in (None, "") else None
    metadata = None if kept in (None, "") else content(kept, "metadata")
    if said not in (None, "") and owner is None:
        # Whose it was is what an administrator needs to assign it.
        metadata = {**(metadata or {}), "earlier_user": text(said)}
    return {
        "id": int(row["id"]),
        "filename": text(row["filename"])[:255],
        "uploaded_at": conversion.moment(row, "uploaded_at", "data_files") or UNKNOWN,
        "file_metadata": metadata,
        "owner_id": owner,
    }


def _test(conversion: Conversion, row: Row) -> dict[str, Any]:
    return {
        "id": int(row["id"]),
        "kind": "test",
        "test_name": text(row["test_name"])[:255],
        "parameters": content(row["parameters"], "parameters"),
        "result": content(row["result"], "result"),
        "created_at": conversion.moment(row, "created_at", "test_history") or UNKNOWN,
        "versions": {"boursa": "earlier"},
    }


def _prediction(conversion: Conversion, row: Row) -> dict[str, Any]:
    return {
        "id": conversion.predictions_after + int(row["id"]),
        "kind": "forecast",
        "test_name": text(row["model_name"])[:255],
        "parameters": content(row["input_summary"], "input_summary"),
        "result": content(row["output_summary"], "output_summary"),
        "created_at": conversion.moment(row, "created_at", "predict_history") or UNKNOWN,
        "versions": {"boursa": "earlier"},
    }


def _position(conversion: Conversion, row: Row) -> dict[str, Any]:
    username, place = text(row["username"]), (_number(row["latitude"]), _number(row["longitude"]))
    if None in place:
        conversion.notes.add("user_locations.latitude", f"{row['id']}: {row['latitude']!r}")
    count = row.get("active_users")
    return {
        "id": int(row["id"]),
        "username": username[:80],
        "latitude": place[0] or 0.0,
        "longitude": place[1] or 0.0,
        "active_users": None if count is None else int(count),
        "timestamp": conversion.moment(row, "timestamp", "user_locations") or UNKNOWN,
        "user_id": conversion.people.get(username),
        "published": False,  # nobody was asked
        "revision": 1,
    }


# In the order in which rows can refer to each other: where they go, and how.
CONVERTERS: dict[str, tuple[Any, Callable[[Conversion, Row], dict[str, Any]]]] = {
    "users": (User.__table__, _user),
    "data_files": (Dataset.__table__, _file),
    "test_history": (HistoryEntry.__table__, _test),
    "predict_history": (HistoryEntry.__table__, _prediction),
    "user_locations": (Position.__table__, _position),
}


def target_of(table: str) -> Table:
    """Return the table of this BoursA that takes the rows of the earlier `table`."""
    target: Table = CONVERTERS[table][0]
    return target


Reader = Callable[[str, int, int], Sequence[Row]]


class EarlierSource:
    """Tables of the earlier BoursA as a source of today's rows.

    `read` returns at most so many rows of a table after a number, in the order of their numbers.
    """

    def __init__(self, name: str, tables: Iterable[str], read: Reader) -> None:
        there = set(tables)
        self.name = name
        self._tables = [table for table in CONVERTERS if table in there]
        self._read = read
        people = {text(row["username"]): int(row["id"]) for row in self._rows("users")}
        tests = max((int(row["id"]) for row in self._rows("test_history")), default=0)
        self.conversion = Conversion(people, tests)

    @property
    def notes(self) -> Notes:
        """What could not be carried as it stood, in the pass that was made last."""
        return self.conversion.notes

    def steps(self) -> Sequence[str]:
        """Return the tables that there are."""
        return self._tables

    def target(self, step: str) -> Table:
        """Return today's table for one of them."""
        return target_of(step)

    def batches(self, step: str, after: int, size: int) -> Iterator[Sequence[tuple[int, Mapping[str, Any]]]]:
        """Yield its rows as they are to stand in today's table."""
        if step == self._tables[0]:
            self.conversion.notes = Notes()
        # Which names are taken is known only from the first person on.
        since, after = after, FIRST if step == "users" else after
        if step == "users":
            self.conversion.keys, self.conversion.emails = set(), set()
        while rows := self._read(step, after, size):
            after = int(rows[-1]["id"])
            pairs = [(int(row["id"]), self.conversion.convert(step, row)) for row in rows]
            if new := [pair for pair in pairs if pair[0] > since]:
                yield new

    def _rows(self, table: str) -> Iterator[Row]:
        after = FIRST
        while table in self._tables and (rows := self._read(table, after, 5000)):
            after = int(rows[-1]["id"])
            yield from rows


def text(value: Any) -> str:
    """Return text that every database takes: PostgreSQL has no NUL character."""
    if value is None:
        return ""
    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return said.replace("\0", "\ufffd")


def content(value: Any, name: str) -> dict[str, Any]:
    """Return the object that JSON in text holds; anything else is kept under `name`, text as text."""
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value, parse_constant=str)  # NaN is no JSON: it becomes a word
        except ValueError:
            value = text(value)
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return {} if value is None else {name: _plain(value)}


def _plain(value: Any) -> Any:
    # Databases that read JSON themselves hand over floats that JSON does not know.
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def moment(value: Any) -> datetime | None:
    """Return a moment however it was kept; without a zone it is UTC, as the earlier BoursA wrote it."""
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, (int, float)):
        return _epoch(float(value))
    said = text(value).strip()
    if not said:
        return None
    try:
        return _utc(datetime.fromisoformat(said))
    except (ValueError, OverflowError):
        pass
    for spelling in _SPELLINGS:
        try:
            return _utc(datetime.strptime(said, spelling))  # noqa: DTZ007 - the zone is given on this line
        except (ValueError, OverflowError):
            continue
    try:
        return _epoch(float(said))
    except ValueError:
        return None


def _utc(found: datetime) -> datetime | None:
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def _epoch(seconds: float) -> datetime | None:
    try:
        # Some programs count in milliseconds.
        return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > 1e11 else seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _number(value: Any) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None
