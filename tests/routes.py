"""The table of all addresses, ``tests/doors/routes.txt``, as the tests walk it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

TABLE = Path(__file__).parent / "doors" / "routes.txt"
ACTORS = ("nobody", "viewer", "mate", "owner", "other", "administrator")


@dataclass(frozen=True)
class Row:
    """One line: a verb, an address with names in braces, a status for each actor, what is sent."""

    verb: str
    address: str
    statuses: Mapping[str, str]
    sent: str

    def __str__(self) -> str:
        return f"{self.verb} {self.address} {self.sent}".rstrip()

    @property
    def api(self) -> bool:
        """Whether programs ask here, with a token, and not browsers, with a cookie."""
        return self.address.startswith("/api/v1/") and self.address != "/api/v1/docs"

    def path(self, objects: Mapping[str, Any]) -> str:
        """Return the address of these objects."""
        return self.address.format(**objects)

    def form(self, objects: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the fields that are sent, in their order."""
        return parse_qsl(self.sent.format(**objects), keep_blank_values=True)

    def json(self, objects: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields as the API takes them: numbers as numbers, columns as a list."""
        found = {name: int(value) if value.isdigit() else value for name, value in self.form(objects)}
        return {name: [value] if name == "columns" else value for name, value in found.items()}


def table() -> Sequence[Row]:
    """Return all rows."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [_row(line) for line in lines if line and not line.startswith("#")]


def _row(line: str) -> Row:
    verb, address, *cells = line.split(maxsplit=2 + len(ACTORS))
    return Row(verb, address, dict(zip(ACTORS, cells, strict=False)), "".join(cells[len(ACTORS) :]))
