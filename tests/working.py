"""What a worker does, done in the process of the test: every queued job, now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from boursa.errors import BoursaError
from boursa.runtime import Runtime
from boursa.services import computations, jobs, outcomes
from boursa.services.jobs import Claim

WorkOff = Callable[[], int]


def work_off(held: Runtime) -> int:
    """Do all jobs that are queued; return how many there were."""
    done = 0
    while (claim := _next(held)) is not None:
        _do(held, claim)
        done += 1
    return done


def _next(held: Runtime) -> Claim | None:
    with held.unit_of_work() as session:
        return jobs.claim_next(session, "test")


def _do(held: Runtime, claim: Claim) -> None:
    try:
        outcome, versions = computations.perform(claim.kind, claim.payload, held.blobs, Silent())
        with held.unit_of_work() as session:
            outcomes.write(session, claim, outcome, versions, 0.25)
    except BoursaError as error:
        with held.unit_of_work() as session:
            jobs.fail(session, claim, error.to_dict(), retryable=False)


class Silent:
    """A report that nobody reads."""

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None:
        """Say nothing."""

    def partial(self, name: str, content: Mapping[str, Any]) -> None:
        """Show nothing."""
