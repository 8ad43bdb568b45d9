"""The backups: one that is whole, and not old."""

from __future__ import annotations

from datetime import UTC, datetime

from boursa.language import N_
from boursa.ops import backup
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed

_OLD_HOURS = 36  # a daily one that was missed


def newest(site: Site) -> Finding:
    """Look at the age of the newest backup."""
    folder = site.backups
    if folder is None:
        return apart(
            N_("No folder of backups is named."),
            N_("Set BACKUPS_DIR, and run boursa backup every day."),
        )
    facts: dict[str, str | int] = {"folder": str(folder)}
    mend = N_("boursa backup {folder} --keep 14, every day by a timer")
    taken = backup.newest(folder)
    if taken is None:
        return failed(N_("There is no backup in {folder}."), mend, **facts)
    facts |= {"taken": taken.isoformat(timespec="seconds"), "hours": _hours(taken)}
    if _hours(taken) > _OLD_HOURS:
        return failed(N_("The newest backup in {folder} is {hours} hours old."), mend, **facts)
    return passed(N_("The newest one in {folder} is {hours} hours old ({taken})."), **facts)


def _hours(taken: datetime) -> int:
    return int((datetime.now(UTC) - taken).total_seconds() // 3600)
