"""The files: kept, read and forgotten once, and room on the disks."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from boursa.language import N_
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, warned

_LEAST_GB, _CALM_GB, _CALM_SHARE = 1.0, 10.0, 0.1
_PROBE_BYTES = 1024


def probe(site: Site) -> Finding:
    """Keep something new, read it, and forget it."""
    if site.sqlite is not None and not site.sqlite.is_file():
        return apart(N_("There is no installation here yet."))
    content = secrets.token_bytes(_PROBE_BYTES)
    started = time.perf_counter()
    name = site.blobs.put(content)
    try:
        read = site.blobs.get(name)
    finally:
        site.blobs.delete(name)
    facts = {"place": _place(site), "ms": round(1000 * (time.perf_counter() - started), 1)}
    mend = N_("Read the logs of what keeps the files; nothing may change or keep what was deleted.")
    if read != content:
        return failed(N_("{place} gives back other bytes than it was given."), mend, **facts)
    if site.blobs.exists(name):
        return failed(N_("{place} still has what was deleted."), mend, **facts)
    return passed(N_("{place}: written, read and deleted in {ms} ms."), **facts)


def _place(site: Site) -> str:
    return site.settings.storage.partition("?")[0]


def room(site: Site) -> Finding:
    """Look how much room is left where BoursA writes."""
    usages = {place: shutil.disk_usage(place) for place in _disks(site)}
    shown = ", ".join(f"{place} {one.free / 1e9:.1f} GB" for place, one in usages.items())
    free = min(one.free for one in usages.values()) / 1e9
    facts = {"shown": shown, "free_gb": round(free, 2)}
    mend = N_("Make room, or move the folder to a larger disk; boursa blobs collect forgets unused files.")
    if free < _LEAST_GB:
        return failed(N_("Almost full: {shown} free."), mend, **facts)
    if any(one.free < min(_CALM_GB * 1e9, _CALM_SHARE * one.total) for one in usages.values()):
        return warned(N_("Soon full: {shown} free."), mend, **facts)
    return passed(N_("{shown} free."), **facts)


def _disks(site: Site) -> list[Path]:
    """Return one folder for each disk."""
    found: dict[int, Path] = {}
    for path in _folders(site):
        there = next(one for one in (path, *path.parents) if one.exists())
        found.setdefault(there.stat().st_dev, there)
    return list(found.values())


def _folders(site: Site) -> Iterator[Path]:
    settings = site.settings
    if settings.storage.startswith("file:"):
        yield Path(unquote(urlsplit(settings.storage).path)).absolute()
    yield settings.instance.absolute()
    if settings.log_file is not None:
        yield settings.log_file.absolute().parent
    if site.backups is not None:
        yield site.backups.absolute()
