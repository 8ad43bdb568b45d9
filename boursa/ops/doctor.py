"""The deployment checklist, gone through by the program itself: each item with its evidence and its fix.

Items that can be looked at are looked at, at the same time and for a few seconds at most; those that stand
on an item that failed are not asked. Whatever goes wrong inside a check is a finding.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boursa.errors import BoursaError
from boursa.language import N_, translate
from boursa.ops.checks import (
    backups,
    certificate,
    configuration,
    database,
    front,
    logs,
    nginx,
    processes,
    redis,
    storage,
)
from boursa.ops.checks.finding import APART, FAILED, PASSED, WARNED, Finding, Site, apart, failed, refused

STATES = (PASSED, WARNED, FAILED, APART)
CONFIGURATION = ("database-url", "secret-key", "redis-password", "settings", "base-url", "client-addresses")
_WAIT_S = 8.0
_LOOK = N_("Read the log of BoursA; boursa check-env and boursa db ping look at single parts.")


@dataclass(frozen=True)
class Item:
    """A box of the checklist: its name, what it says, who looks, and what must be well for that."""

    name: str
    title: str
    check: Callable[[Site], Finding]
    needs: str | None = None


@dataclass(frozen=True)
class Result:
    """An item and what was found."""

    item: Item
    finding: Finding

    def to_dict(self, language: str) -> dict[str, Any]:
        """Return it as data, its sentences in `language`."""
        return {
            "name": self.item.name,
            "title": translate(self.item.title, language),
            "state": self.finding.state,
            "evidence": self.finding.said(language),
            "fix": self.finding.mended(language) or None,
            "facts": self.finding.facts,
        }


ITEMS = (
    Item("database-url", N_("DATABASE_URL names the database"), configuration.database_url),
    Item("secret-key", N_("SECRET_KEY is set and strong"), configuration.secret_key),
    Item("redis-password", N_("Redis is set, with a password"), configuration.redis_password),
    Item("settings", N_("All other settings are right"), configuration.everything_else),
    Item("base-url", N_("BASE_URL is the public address"), configuration.base_url),
    Item("client-addresses", N_("Clients are told apart behind Nginx"), configuration.client_addresses),
    Item("secret-files", N_("Secrets are closed to other accounts"), configuration.secret_files),
    Item("database", N_("The database answers"), database.reached),
    Item("tables", N_("The tables are those of this release"), database.tables, "database"),
    Item("connections", N_("The database has room for all connections"), database.connections, "tables"),
    Item("administrator", N_("There is an administrator"), database.administrator, "tables"),
    Item("redis", N_("Redis answers"), redis.cache),
    Item("broker", N_("The Redis of the jobs answers"), redis.broker),
    Item("storage", N_("Files are kept, read and deleted"), storage.probe),
    Item("instances", N_("Every instance answers"), processes.answering),
    Item(
        "instances-database", N_("Every instance reaches the database"), processes.reaching_database, "tables"
    ),
    Item("instances-redis", N_("Every instance reaches Redis"), processes.reaching_redis, "tables"),
    Item("instances-storage", N_("Every instance reaches the files"), processes.reaching_storage, "tables"),
    Item("versions", N_("Every instance runs this release"), processes.versions, "tables"),
    Item("workers", N_("A worker does the jobs"), processes.workers, "tables"),
    Item("queue", N_("No job waits for long"), processes.waiting, "tables"),
    Item("certificate", N_("The certificate is good"), certificate.look),
    Item("nginx", N_("Nginx is configured as the settings say"), nginx.configuration),
    Item("front", N_("The site can be reached"), front.open_port),
    Item("https", N_("Browsers trust the site"), front.https, "front"),
    Item("redirect", N_("HTTP leads to HTTPS"), front.redirect),
    Item("health", N_("/health answers through Nginx"), front.health, "front"),
    Item("metrics", N_("/metrics is closed to the public"), front.metrics, "front"),
    Item("logs", N_("Logs are written and do not grow for ever"), logs.look),
    Item("disk", N_("There is room on the disks"), storage.room),
    Item("backups", N_("There is a fresh backup"), backups.newest),
)


def examine(site: Site, items: Sequence[Item] = ITEMS, *, wait_s: float = _WAIT_S) -> list[Result]:
    """Go through `items`; return what was found in their order."""
    found: dict[str, Finding] = {}
    until = time.monotonic() + wait_s
    try:
        for wave in _waves(items):
            found |= _asked(site, wave, found, until)
    finally:
        site.close()
    return [Result(item, found[item.name]) for item in items]


def _waves(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield the items so that each comes after what it needs."""
    done: set[str | None] = {None}
    left = list(items)
    while left:
        wave = [item for item in left if item.needs in done]
        yield wave
        done |= {item.name for item in wave}
        left = [item for item in left if item not in wave]


def _asked(
    site: Site, wave: Sequence[Item], before: Mapping[str, Finding], until: float
) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    asked: list[tuple[Item, _Asked]] = []
    for item in wave:
        if item.needs is not None and before[item.needs].state in (FAILED, APART):
            found[item.name] = _stands_on(item, before[item.needs])
        else:
            asked.append((item, _Asked(item, site)))
    for item, one in asked:
        one.join(max(0.0, until - time.monotonic()))
        found[item.name] = one.finding or failed(N_("No answer within a few seconds."), _LOOK)
    return found


def _stands_on(item: Item, ground: Finding) -> Finding:
    if ground.state == APART:
        return ground
    return apart(N_("Not looked at, because this failed: {needs}"), needs=item.needs)


class _Asked(threading.Thread):
    """One check under way; one that hangs must not keep the process from ending."""

    def __init__(self, item: Item, site: Site) -> None:
        super().__init__(daemon=True, name=f"doctor {item.name}")
        self._item, self._site = item, site
        self.finding: Finding | None = None
        self.start()

    def run(self) -> None:
        try:
            self.finding = self._item.check(self._site)
        except BoursaError as error:
            self.finding = refused(error, _LOOK)
        except Exception as error:  # noqa: BLE001 - the outermost frame of a check: its kind alone is safe to show
            self.finding = failed(
                N_("This could not be looked at ({kind})."), _LOOK, kind=type(error).__name__
            )
