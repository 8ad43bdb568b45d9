"""What a check is given and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session, sessionmaker

from boursa.errors import BoursaError
from boursa.language import translate
from boursa.settings import Settings
from boursa.storage.blobs import Blobs, open_blobs
from boursa.storage.session import address_of, make_engine, make_sessions

PASSED, WARNED, FAILED, APART = "pass", "warn", "fail", "not-applicable"


@dataclass(frozen=True)
class Finding:
    """A state, the evidence for it and what mends it; both are sentences marked for translation."""

    state: str
    evidence: str
    fix: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """Return the evidence in `language`."""
        return translate(self.evidence, language).format(**self.facts).rstrip()

    def mended(self, language: str) -> str:
        """Return the fix in `language`; empty where there is nothing to mend."""
        return translate(self.fix, language).format(**self.facts) if self.fix else ""


def passed(evidence: str, **facts: Any) -> Finding:
    """Say that all is well."""
    return Finding(PASSED, evidence, facts=facts)


def warned(evidence: str, fix: str, **facts: Any) -> Finding:
    """Say that it works, and what will go wrong later."""
    return Finding(WARNED, evidence, fix, facts)


def failed(evidence: str, fix: str, **facts: Any) -> Finding:
    """Say that it does not work."""
    return Finding(FAILED, evidence, fix, facts)


def apart(evidence: str, fix: str = "", **facts: Any) -> Finding:
    """Say why this is not a question here."""
    return Finding(APART, evidence, fix, facts)


def refused(error: BoursaError, fix: str) -> Finding:
    """Say what one of our own errors says."""
    return (
        Finding(FAILED, "{problem}", fix, {"problem": error.sentence("en")})
        if error.params.get("problems")
        else Finding(FAILED, error.message, fix, error.params)
    )


@dataclass(frozen=True)
class Site:
    """The installation that is looked at: its settings as far as they can be read, and where things are."""

    settings: Settings
    problems: list[str] = field(default_factory=list)
    secret_files: list[Path] = field(default_factory=list)
    front: str | None = None
    nginx: Path | None = None
    backups: Path | None = None

    @cached_property
    def engine(self) -> Engine:
        """The database; nothing is connected to yet."""
        return make_engine(self.settings.database)

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions on it."""
        return make_sessions(self.engine)

    @cached_property
    def blobs(self) -> Blobs:
        """The blob store."""
        return open_blobs(self.settings.storage, self.settings.storage_keys)

    @property
    def sqlite(self) -> Path | None:
        """The file of the embedded database, where that is the one."""
        if not self.settings.database.startswith("sqlite"):
            return None
        return Path(make_url(self.settings.database).database or "")

    @property
    def host(self) -> str:
        """The public name of the site."""
        return urlsplit(self.settings.base_url or "").hostname or self.settings.names[0]

    @property
    def https_port(self) -> int:
        """The public port."""
        given = urlsplit(self.settings.base_url or "")
        if given.hostname is None:
            return self.settings.https_port
        return given.port or (80 if given.scheme == "http" else 443)

    @property
    def reached(self) -> str:
        """Where the web server is reached from here."""
        return self.front or self.host

    def close(self) -> None:
        """Give all connections back."""
        if "engine" in self.__dict__:
            self.engine.dispose()


def place_of(settings: Settings) -> tuple[str, str, str]:
    """Return the kind, the place and the name of the database; no password."""
    address = address_of(settings.database)
    kinds = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
    kind = kinds.get(address.get_backend_name(), address.get_backend_name())
    host = f"{address.host or 'localhost'}:{address.port}" if address.port else address.host or "localhost"
    return kind, host, address.database or ""
