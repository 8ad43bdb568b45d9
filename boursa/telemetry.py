"""What any floor from storage upward may count and log: metric declarations and log binding."""

from __future__ import annotations

import logging
import re
import sys
import threading
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog
from prometheus_client import Counter, Gauge, Histogram

requests = Counter("boursa_requests", "Requests answered", ["endpoint", "method", "status"])
request_seconds = Histogram(
    "boursa_request_seconds",
    "Seconds from the first byte of a request to its answer",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
connections_in_use = Gauge(
    "boursa_database_connections_in_use",
    "Database connections that work is being done on",
    multiprocess_mode="livesum",
)
connections_most = Gauge(
    "boursa_database_connections_most",
    "Database connections that may be open at once",
    multiprocess_mode="livesum",
)
jobs_finished = Counter("boursa_jobs_finished", "Jobs that ended, by kind and state", ["kind", "state"])
job_seconds = Histogram(
    "boursa_job_seconds",
    "Seconds from claim to end of a job",
    ["kind"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600),
)
jobs_requeued = Counter("boursa_jobs_requeued", "Running jobs whose worker fell silent")

provider_calls = Counter(
    "boursa_provider_calls", "Times a source of prices was asked, by how that ended", ["provider", "outcome"]
)
redis_failures = Counter("boursa_redis_failures", "What Redis did not do, by use", ["use"])
doorbell_failures = Counter("boursa_doorbell_failures", "Jobs that no worker was rung for; they are swept up")

# What must not stand in a log, whoever wrote it there: keys by their names, and what looks like one.
_SECRET_NAMES = re.compile(r"password|secret|token|authorization|cookie|api_?key|csrf", re.IGNORECASE)
_SECRET_SHAPES = (
    (re.compile(r"(://[^:/?#\s@]*:)[^@\s]+@"), r"\1***@"),
    (re.compile(r"\bbsa_[\w-]+"), "bsa_***"),
    (re.compile(r"(/login/link/)[\w.-]+"), r"\1***"),
    (
        re.compile(r"((?:password|secret|token|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+", re.IGNORECASE),
        r"\1***",
    ),
    (re.compile(r"(Bearer\s+)\S+", re.IGNORECASE), r"\1***"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "***@***"),
)
# Each of them has one of these; most of what is logged has none, and is done with in one look.
_SUSPICIOUS = re.compile(r"@|bsa_|/login/link/|password|secret|token|api_?key|bearer", re.IGNORECASE)


def configure_logging(
    level: str = "INFO",
    *,
    json: bool = True,
    file: Path | None = None,
    file_mb: int = 50,
    kept: int = 14,
) -> None:
    """Send log lines to `file` or standard error: JSON for programs, or coloured text for a person."""
    json = json or file is not None
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        # Plain traces: the rich ones that it would choose print local variables, secrets among them.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    # A person at a terminal sees the trace as it is laid out for one.
    traces = [structlog.processors.format_exc_info] if json else []
    output: Any = RotatingFile(file, file_mb * 1_000_000, kept) if file else sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *traces,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        # Written in one piece, so that lines of several processes do not mix.
        logger_factory=structlog.WriteLoggerFactory(output),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelName(level)), handlers=[_Libraries()], force=True
    )


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of a module."""
    log: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return log


def redact(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets and addresses of people out of a log line."""
    for name, value in line.items():
        if _SECRET_NAMES.search(name):
            line[name] = "***"
        elif isinstance(value, str):
            line[name] = _without_secrets(value)
        elif not isinstance(value, int | float | bool | None):
            line[name] = _without_secrets(repr(value)) if name != "exc_info" else value
    return line


def _without_secrets(text: str) -> str:
    if not _SUSPICIOUS.search(text):
        return text
    for shape, instead in _SECRET_SHAPES:
        text = shape.sub(instead, text)
    return text


class _Libraries(logging.Handler):
    """What libraries log goes the same way as our own lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one record over."""
        structlog.get_logger(record.name).log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )


class RotatingFile:
    """A log file that several processes write to, put aside when it is large or a day is over.

    Every line is one write in append mode, under a lock that whoever puts the file aside holds too:
    no line is lost, none is cut, and no process writes to a file that was put aside before.
    """

    def __init__(self, path: Path, most_bytes: int, kept: int) -> None:
        self.path, self.most_bytes, self.kept = path.absolute(), most_bytes, kept
        self._turn = threading.Lock()
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, text: str) -> int:
        """Append `text`, which ends with its line."""
        try:
            self._append(text.encode("utf-8", errors="backslashreplace"))
        except OSError as error:
            # A full disk or a folder that is gone must not take down whoever only says what it does.
            sys.stderr.write(f"{self.path.name}: {error.strerror}: {text}")
        return len(text)

    def _append(self, line: bytes) -> None:
        with self._turn, self._lock():
            if self._over(len(line)):
                self._put_aside()
            with self.path.open("ab", buffering=0) as file:
                file.write(line)

    def flush(self) -> None:
        """Do nothing: every line is written when it comes."""

    def _lock(self) -> TextIO:
        # Closing the file gives the lock back, and so does the death of the process.
        file = self.path.with_name(f".{self.path.name}.lock").open("w")
        if sys.platform != "win32":
            import fcntl  # Unix only; on Windows one process writes

            fcntl.flock(file, fcntl.LOCK_EX)
        return file

    def _over(self, more: int) -> bool:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return False
        return found.st_size > 0 and (
            found.st_size + more > self.most_bytes or _day(found.st_mtime) != _day(time.time())
        )

    def _aside(self, moment_ns: int) -> Path:
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(moment_ns // 10**9))
        return self.path.with_name(f"{self.path.name}.{stamp}-{moment_ns % 10**9:09}")

    def _put_aside(self) -> None:
        moment = time.time_ns()
        while (name := self._aside(moment)).exists():
            moment += 1
        self.path.rename(name)
        aside = sorted(self.path.parent.glob(f"{self.path.name}.[0-9]*-*"))
        for old in aside[: -self.kept]:
            old.unlink(missing_ok=True)


def _day(moment: float) -> int:
    return time.localtime(moment).tm_yday
