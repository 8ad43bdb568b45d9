"""The Bilan as a page shows it: one series at a time, block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boursa.services.analyses import Bilan
from boursa.storage.models import HistoryEntry, Job
from boursa.storage.models.jobs import CANCELLED, FAILED, QUEUED, RUNNING
from boursa.web import corrections

# The order in which a person reads them, which is the order in which they become ready.
BLOCKS = ("quality", "behaviour", "volatility", "forecast", "conclusion", "refused")


@dataclass(frozen=True)
class View:
    """What the page is given: the names of all series, and the blocks of the one shown.

    `blocks` are those that the browser has not yet; `ready` is how many there are in all.
    """

    names: Sequence[str]
    left_out: Sequence[str]
    series: Mapping[str, Any] | None
    blocks: Sequence[tuple[str, Mapping[str, Any]]]
    ready: int
    job: Job | None
    entry: HistoryEntry | None
    renewed: bool = False

    @property
    def under_way(self) -> bool:
        """Whether more is to come."""
        return self.job is not None and self.job.state in (QUEUED, RUNNING)

    @property
    def failed(self) -> bool:
        """Whether the newest work ended without a result."""
        return self.job is not None and self.job.state in (FAILED, CANCELLED)

    @property
    def may_help_again(self) -> bool:
        """Whether the work that ended without a result may end with one if it is run again."""
        return self.job is not None and corrections.may_help_again(self.job)

    @property
    def verdict(self) -> Mapping[str, Any] | None:
        """The verdict, once it is there."""
        conclusion = (self.series or {}).get("conclusion")
        return conclusion["verdict"] if conclusion else None


def view(state: Bilan, wish: str | None, shown: int) -> View:
    """Return what to show of the series called `wish` (else the first), after the first `shown` blocks."""
    series = next((one for one in state.parts if one["name"] == wish), None)
    if series is None:
        series = state.parts[0] if state.parts else None
    blocks = [(name, series[name]) for name in BLOCKS if name in series] if series else []
    return View(
        names=[one["name"] for one in state.parts],
        left_out=state.left_out,
        series=series,
        blocks=blocks[max(0, shown) :],
        ready=len(blocks),
        job=state.job,
        entry=state.entry,
        renewed=state.renewed,
    )
