"""The settings: what `boursa check-env` finds, sorted by the boxes of the deployment checklist."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sqlalchemy import make_url

from boursa.language import N_
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, place_of, warned

_DATABASE = ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI", "POSTGRES_")
_SECRET = ("SECRET_KEY",)
_REDIS = ("CACHE_", "REDIS_", "JOBS_BROKER_URL")
_PUBLIC = ("BASE_URL",)
_CORRECT = N_("Correct it in .env or in the environment; boursa check-env says when it is right.")
# What a container is handed: who reads it is decided by the machine around.
_MOUNTED = Path("/run/secrets")


def database_url(site: Site) -> Finding:
    """Look at the address of the database."""
    if found := _faults(site, _DATABASE):
        return found
    if site.settings.database_url is None:
        return apart(N_("Development uses SQLite: {path}"), path=str(site.sqlite))
    kind, place, name = place_of(site.settings)
    if site.sqlite is not None:
        return passed(N_("SQLite: {path}"), path=str(site.sqlite))
    return passed(N_("{kind} at {place}, database {name}"), kind=kind, place=place, name=name)


def secret_key(site: Site) -> Finding:
    """Look at the secret that signs cookies."""
    if found := _faults(site, _SECRET):
        return found
    if site.settings.secret_key is None:
        return apart(N_("Development makes a secret of its own, once, and keeps it."))
    return passed(N_("{n} characters"), n=len(site.settings.secret_key.get_secret_value()))


def redis_password(site: Site) -> Finding:
    """Look at the address of Redis and its password."""
    if found := _faults(site, _REDIS):
        return found
    if site.settings.redis is None:
        return apart(N_("No Redis is used here: every process has a cache of its own."))
    passwords = [make_url(url).password for url in {site.settings.redis, site.settings.broker} if url]
    if all(passwords):
        return passed(N_("Set, and no placeholder."))
    if not site.settings.production:
        return passed(N_("No password, as development may."))
    return failed(
        N_("Redis is asked without a password: whoever reaches its port reads and changes what is in it."),
        N_("Give it one (requirepass), write the same in REDIS_PASSWORD, and restart."),
    )


def everything_else(site: Site) -> Finding:
    """Look at all other settings."""
    elsewhere = (*_DATABASE, *_SECRET, *_REDIS, *_PUBLIC)
    ours = [one for one in site.problems if not one.startswith(elsewhere)]
    if ours:
        return failed("{problems}", _CORRECT, problems=" ".join(ours))
    return passed(N_("Complete for {kind}."), kind=site.settings.app_config)


def client_addresses(site: Site) -> Finding:
    """Look whether the instances hear from Nginx who asks."""
    if not site.settings.production:
        return apart(N_("No proxy stands before a development server."))
    if site.settings.trusted_proxies:
        return passed(N_("TRUSTED_PROXIES is {n}."), n=site.settings.trusted_proxies)
    return failed(
        N_("TRUSTED_PROXIES is 0: all clients seem to come from Nginx, and share one limit and one pause."),
        N_("Write TRUSTED_PROXIES=1 and restart the instances."),
    )


def secret_files(site: Site) -> Finding:
    """Look whether other accounts of this machine can read what is secret."""
    if os.name != "posix":
        return apart(N_("This system has no file modes."))
    own = [site.settings.tls_key.absolute(), site.settings.instance.absolute() / "secret_key"]
    files = [path for path in (*site.secret_files, *own) if path.exists() and not _mounted(path)]
    if not files:
        return apart(N_("There is no file with secrets."))
    if opened := [str(path) for path in files if _readable_by_all(path)]:
        return failed(
            N_("Every account of this machine can read {files}."), "chmod o= {files}", files=" ".join(opened)
        )
    return passed(N_("{n} files, none open to other accounts."), n=len(files))


def base_url(site: Site) -> Finding:
    """Look at the public address, which links in messages and the checks of the site are made of."""
    given = site.settings.base_url
    if not site.settings.production:
        return apart(N_("Development needs no public address."))
    if given is None and (found := _faults(site, _PUBLIC)):
        return found
    if given is None:
        return warned(
            N_("BASE_URL is not set; https://{host} is looked at."),
            N_("Write BASE_URL=https://{host} with the public name."),
            host=site.host,
        )
    if not given.startswith("https://"):
        return failed(
            N_("BASE_URL is {url}, and cookies only travel over HTTPS."),
            N_("Write BASE_URL=https://{host}."),
            url=given,
            host=site.host,
        )
    return passed("{url}", url=given)


def _faults(site: Site, names: tuple[str, ...]) -> Finding | None:
    ours = [one for one in site.problems if one.startswith(names)]
    return failed("{problems}", _CORRECT, problems=" ".join(ours)) if ours else None


def _mounted(path: Path) -> bool:
    return path.is_relative_to(_MOUNTED) or path.parent.is_mount()


def _readable_by_all(path: Path) -> bool:
    """Whether the file is open to all, and so is every folder above it."""
    above = path.resolve().parents
    return bool(path.stat().st_mode & stat.S_IROTH) and all(
        one.stat().st_mode & stat.S_IXOTH for one in above
    )
