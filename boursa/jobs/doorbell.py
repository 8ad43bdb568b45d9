"""Which doorbell an installation has: none, or Celery's where a broker is set."""

from __future__ import annotations

from boursa.runtime import Doorbell
from boursa.settings import Settings


def of(settings: Settings) -> Doorbell | None:
    """Return what rings for a new job; None where the workers look by themselves."""
    if settings.broker is None:
        return None
    from boursa.jobs import celery  # half a second of imports, only where there is a broker

    return celery.doorbell(settings.broker)
