"""What any floor from storage upward may count and log: metric declarations and log binding."""

from __future__ import annotations

import logging
import sys

import structlog
from prometheus_client import Counter, Histogram

jobs_finished = Counter("boursa_jobs_finished", "Jobs that ended, by kind and state", ["kind", "state"])
job_seconds = Histogram(
    "boursa_job_seconds",
    "Seconds from claim to end of a job",
    ["kind"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600),
)
jobs_requeued = Counter("boursa_jobs_requeued", "Running jobs whose worker fell silent")

redis_failures = Counter("boursa_redis_failures", "What Redis did not do, by use", ["use"])
doorbell_failures = Counter("boursa_doorbell_failures", "Jobs that no worker was rung for; they are swept up")


def configure_logging(level: str = "INFO", *, json: bool = True) -> None:
    """Send log lines to standard error: JSON for programs, or coloured text for a person."""
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of a module."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return log
