"""The logs: somewhere to go, and no way to fill the disk."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from boursa.language import N_
from boursa.ops.checks.finding import Finding, Site, failed, passed, warned


def look(site: Site) -> Finding:
    """Look whether the log file can be written, and whether what is kept of it has room."""
    settings = site.settings
    if settings.log_file is None:
        return passed(N_("Standard error, in the hands of whoever starts BoursA (journald, Docker)."))
    path = settings.log_file.absolute()
    there = path if path.exists() else next(one for one in path.parents if one.exists())
    facts = {"path": str(path), "mb": settings.log_file_mb, "kept": settings.log_files_kept}
    if path.is_dir() or not os.access(there, os.W_OK) or (there != path and not there.is_dir()):
        return failed(
            N_("This account cannot write {path}."),
            N_("Give it to the account that runs BoursA: chown"),
            **facts,
        )
    most_mb = settings.log_file_mb * (settings.log_files_kept + 1)
    free_mb = shutil.disk_usage(there if there.is_dir() else there.parent).free / 1e6
    if most_mb > free_mb + _used_mb(path.parent, path.name):
        return warned(
            N_("{path} may grow to {most} MB with all that is kept of it, and {free} MB are free."),
            N_("Lower LOG_FILE_MB or LOG_FILES_KEPT."),
            **facts,
            most=most_mb,
            free=round(free_mb),
        )
    written = _written(path)
    return passed(
        N_("{path}, put aside at {mb} MB and at midnight, {kept} kept; last line: {written}."),
        **facts,
        written=written,
    )


def _used_mb(folder: Path, name: str) -> float:
    return sum(one.stat().st_size for one in folder.glob(f"{name}*")) / 1e6


def _written(path: Path) -> str:
    if not path.exists():
        return "-"
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
