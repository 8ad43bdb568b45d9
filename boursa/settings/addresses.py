"""What stands in addresses: who signs in where, and why an address cannot be used; values are never said."""

from __future__ import annotations

import inspect
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

_REDIS = ("redis://", "rediss://")
_DATABASES = ("postgresql+psycopg://", "mysql+pymysql://")
_UNREADABLE = (
    "is not an address that can be read, as postgresql://boursa:PASSWORD@HOST:5432/boursa is; "
    "a password's special characters are written as %40 for @"
)
# Other ways to prove who one is: a certificate, or a password that stands somewhere else.
_PROOFS = {"sslcert", "ssl_cert", "passfile", "service", "read_default_file"}
_FILES = ("ssl_ca", "ssl_cert", "ssl_key")


@dataclass(frozen=True)
class Login:
    """The password in an address, and whether none is there though another machine is asked."""

    password: str
    lacking: bool


def of_redis(url: str) -> str | None:
    """Return what is wrong with an address of Redis."""
    if not url.startswith(_REDIS):
        return "must start with redis:// or rediss://"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not an address that can be read, as redis://:PASSWORD@HOST:6379/0 is"
    # One of the libraries that read it takes 0 for a word here, the other one falls over it.
    if port == 0 or not re.fullmatch(r"/?|/[0-9]+", parts.path):
        return "must end with the number of a database, as redis://:PASSWORD@HOST:6379/0 does"
    return None


def of_database(url: str) -> str | None:
    """Return what is wrong with the address of a database server, as its driver says before it connects."""
    if not url.startswith(_DATABASES):
        return None  # a file, or nothing that is ours: that is said elsewhere
    from sqlalchemy import exc, make_url  # not for those that only work on a file

    try:
        address = make_url(url)
        kind: Any = address.get_dialect()  # each of them takes its driver, the type of all does not say so
        driver = kind.import_dbapi()
        _, words = kind(dbapi=driver).create_connect_args(address)
    except (exc.ArgumentError, ImportError, ValueError):
        return _UNREADABLE
    lost = [name for name in _FILES if name in address.query and not _readable(address.query[name])]
    if lost:
        return f"the file that it names as {lost[0]} cannot be read"
    if not _understood(driver, words):
        return "holds an option after the ? that the database's driver does not know"
    return None


def _understood(driver: Any, words: Mapping[str, Any]) -> bool:
    """Whether the driver takes these words; nothing is connected to."""
    try:
        if driver.__name__ == "psycopg":
            from psycopg.conninfo import make_conninfo  # only where it is the driver

            own = inspect.signature(driver.connect).parameters  # what is not for the server
            make_conninfo(**{name: word for name, word in words.items() if name not in own})
        else:
            inspect.signature(driver.connect).bind(**words)
    except (TypeError, driver.Error):
        return False
    return True


def _readable(path: Any) -> bool:
    try:
        with Path(path).open("rb"):
            return True
    except (OSError, TypeError):
        return False


def database_login(url: str) -> Login | None:
    """Return who signs in to a database server; None where that cannot be read."""
    if not url.startswith(_DATABASES) or of_database(url):
        return None
    from sqlalchemy import make_url  # as above

    address = make_url(url)
    hosts = address.query.get("host", ()) or address.host or ""
    hosts = (hosts,) if isinstance(hosts, str) else hosts
    near = "unix_socket" in address.query or all(map(local, hosts))
    proved = near or bool(address.password) or bool(_PROOFS & set(address.query))
    return Login(address.password or "", not proved)


def redis_login(url: SecretStr | None) -> Login | None:
    """Return who signs in to Redis; None where that cannot be read."""
    if url is None or of_redis(url.get_secret_value()):
        return None
    parts = urlsplit(url.get_secret_value())
    return Login(unquote(parts.password or ""), not parts.password and not local(parts.hostname or ""))


def local(host: str) -> bool:
    """Whether this is no other machine: a socket, or the loopback."""
    host = host.partition(":")[0] if host.count(":") == 1 else host.strip("[]")
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def login_in(address: str) -> tuple[str, str] | None:
    """Return name and password as they stand in an address; None where it cannot be read."""
    try:
        parts = urlsplit(address)
        return unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        return None  # that it cannot be read is said elsewhere


def password_in(address: str) -> str:
    """Return the password that stands in an address, if any."""
    login = login_in(address)
    return login[1] if login else ""
