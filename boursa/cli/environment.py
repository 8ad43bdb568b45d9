"""``boursa init-env`` and ``boursa check-env``: a file of settings, and every problem in it at once."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

import click

from boursa import settings
from boursa.cli import output
from boursa.cli.lazy import Speaking
from boursa.cli.speaking import say
from boursa.errors import Conflict, InputError
from boursa.language import N_

_TEMPLATE = """\
# Made by `boursa init-env`; keep it to yourself. docs/settings.md lists every variable.
APP_CONFIG=production
{address}
# One proxy stands before the instances: Nginx.
TRUSTED_PROXIES=1
SECRET_KEY={secret}
POSTGRES_DB=boursa
POSTGRES_USER=boursa
POSTGRES_PASSWORD={database}
DATABASE_URL=postgresql://boursa:{database}@{database_host}:5432/boursa
REDIS_PASSWORD={redis}
CACHE_REDIS_URL=redis://:{redis}@{redis_host}:6379/0
"""
_UNKNOWN = """\
# The public address, which is not known yet:
# BASE_URL=https://boursa.example.org"""
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:]+\]")
_ADDRESS = re.compile(r"https://\w[\w.-]*(:\d+)?/?")


@click.command(
    "init-env",
    cls=Speaking,
    help=N_("Write a file .env with strong secrets; one that is there is never changed."),
    epilog=N_("Example: boursa init-env --url https://boursa.example.org --database-host db.example.org"),
)
@click.option("--to", "path", type=click.Path(path_type=Path), help=N_("The file; by default .env."))
@click.option("--url", metavar="URL", help=N_("The public address, such as https://boursa.example.org."))
@click.option("--database-host", default="postgres", show_default=True, help=N_("Where PostgreSQL is."))
@click.option("--redis-host", default="redis", show_default=True, help=N_("Where Redis is."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def init_env(path: Path | None, url: str | None, database_host: str, redis_host: str, as_json: bool) -> None:
    """Make secrets and write them down, readable by this account only."""
    path = path or settings.env_path()
    for host in (database_host, redis_host):
        if not _HOST.fullmatch(host):
            raise InputError(
                N_("{name} is no name of a machine, such as boursa.example.org, and no address either."),
                name=host,
            )
    text = _TEMPLATE.format(
        address=_address(url),
        secret=secrets.token_urlsafe(48),
        database=secrets.token_urlsafe(24),
        redis=secrets.token_urlsafe(24),
        database_host=database_host,
        redis_host=redis_host,
    )
    _write_new(path, text)
    if as_json:
        output.write_json({"path": str(path)})
    else:
        click.echo(say(N_("{path} is written; check it with: boursa check-env"), path=path))


def _address(url: str | None) -> str:
    if url is None:
        return _UNKNOWN
    if not _ADDRESS.fullmatch(url):
        raise InputError(
            N_("{url} is no public address; write https:// and the name, as https://boursa.example.org."),
            url=url,
        )
    return f"BASE_URL={url.removesuffix('/')}"


def _write_new(path: Path, text: str) -> None:
    try:
        # The file is made or the call fails: between looking and writing, somebody else's could appear.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Conflict(N_("{path} is there already and was not changed."), path=path) from error
    except OSError as error:
        raise InputError(
            N_("{path} cannot be written: {reason}."), path=path, reason=error.strerror
        ) from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


@click.command(
    "check-env", cls=Speaking, help=N_("Check the settings and list every problem; values are never printed.")
)
def check_env() -> None:
    """Load the settings, which refuses with the whole list."""
    config = settings.load()
    click.echo(say(N_("The settings are complete for {kind}."), kind=config.app_config))
