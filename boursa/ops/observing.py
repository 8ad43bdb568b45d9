"""What is seen of an instance from outside: a log line and a count for each request, and ``/metrics``."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator

import structlog
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from boursa import telemetry
from boursa.errors import Unavailable
from boursa.services import queue
from boursa.settings import counted_together
from boursa.storage.session import unit_of_work

_log = telemetry.logger("boursa.requests")
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_REQUEST_ID = re.compile(r"[\w-]{8,64}")


def register(app: Flask, *, behind_proxy: bool) -> None:
    """Give every request a number that its log lines carry, and count it."""

    def begin() -> None:
        g.begun = time.perf_counter()
        given = request.headers.get("X-Request-ID", "") if behind_proxy else ""
        g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def end(answer: Response) -> Response:
        if "begun" in g:
            answer.headers["X-Request-ID"] = g.request_id
            _note(answer.status_code, time.perf_counter() - g.begun)
        return answer

    app.before_request(begin)
    app.after_request(end)


def watch(engine: Engine, answered: Callable[[], None]) -> None:
    """Count the connections that are in use, and say when the database has answered somebody."""
    if engine.dialect.name == "sqlite":
        return
    event.listen(engine, "checkin", lambda *_: answered())
    event.listen(engine, "checkout", lambda *_: telemetry.connections_in_use.inc())
    event.listen(engine, "checkin", lambda *_: telemetry.connections_in_use.dec())


def exposition(sessions: sessionmaker[Session] | None) -> bytes:
    """Return what all processes of this instance counted, and the state of the queue if it can be asked."""
    registry = CollectorRegistry()
    if counted_together():
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # the library types only a part
    else:
        registry.register(REGISTRY)
    if sessions is not None:
        registry.register(_Queue(sessions))
    return generate_latest(registry)


class _Queue(Collector):
    """The queue as the database knows it; every instance says the same."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.sessions = sessions

    def describe(self) -> Iterator[Metric]:
        """Name nothing before it is asked for: the database may be away."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Ask the database; say nothing while it is away."""
        jobs = GaugeMetricFamily("boursa_jobs", "Jobs that wait or run", labels=["state"])
        try:
            with unit_of_work(self.sessions) as session:
                found, age = queue.open_jobs(session), queue.age_s(session)
        except Unavailable:
            return
        for state, number in found.items():
            jobs.add_metric([state], number)
        yield jobs
        yield GaugeMetricFamily("boursa_queue_age_seconds", "Longest wait of a queued job", value=age)


def _note(status: int, seconds: float) -> None:
    # The endpoint, not the path: addresses of people's things are not for a monitoring system.
    endpoint = request.endpoint or "none"
    method = request.method if request.method in _METHODS else "other"
    telemetry.requests.labels(endpoint, method, status).inc()
    telemetry.request_seconds.labels(endpoint).observe(seconds)
    log = _log.debug if endpoint.startswith("operations.") else _log.info
    log(
        "request",
        method=request.method,
        path=request.path,
        endpoint=endpoint,
        status=status,
        user_id=g.get("asker_id"),
        seconds=round(seconds, 4),
    )
