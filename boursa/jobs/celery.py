"""The doorbell over machines: Celery carries the id of a job that was asked for, and nothing else.

The row is the truth. A message that is lost costs a worker its short way to the job, never the job:
every worker looks at the table by itself as well, now and then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery import Celery
from kombu.connection import Connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from boursa import telemetry
from boursa.storage.redis import WAIT_S, Breaker

_TASK, _QUEUE = "boursa.ring", "boursa-jobs"
_FAULTS = (KombuError, RedisError, OSError)
_LISTEN_S = 1.0
_PAUSE_S = 2.0
_log = telemetry.logger(__name__)


def app(broker: str, *, wait_s: float) -> Celery:
    """Return the Celery application on `broker`; whoever uses it waits so long for an answer."""
    made = Celery("boursa", broker=broker, set_as_current=False)
    made.conf.update(
        # One queue of our own: other programs may use the same Redis.
        task_default_queue=_QUEUE,
        # Ids are numbers; nothing that Redis may be made to hold can be run here.
        task_serializer="json",
        accept_content=["json"],
        # The row holds the result: a second place would only be able to disagree.
        result_backend=None,
        task_ignore_result=True,
        # The message is gone when it is heard: the sweeper is the one recovery, and Celery's own, with its
        # visibility time of an hour, would ring for jobs that ended long ago.
        task_acks_late=False,
        # Nobody watches Celery's events; they would be more messages than the jobs'.
        worker_send_task_events=False,
        task_send_sent_event=False,
        # Whoever asked for a job waits for its answer, so nothing is tried twice: the table is looked at.
        task_publish_retry=False,
        # Listeners connect again by themselves, for as long as it takes.
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=wait_s,
        broker_transport_options={"socket_timeout": wait_s, "socket_connect_timeout": wait_s},
        # As many connections as one process rings with at the same time, and kept for the next time.
        broker_pool_limit=4,
    )
    return made


def doorbell(broker: str) -> Callable[[int], None]:
    """Return what rings for a job through `broker`."""
    celery, breaker = app(broker, wait_s=WAIT_S), Breaker("doorbell", _FAULTS)

    def ring(job_id: int) -> None:
        breaker.attempt(
            lambda: celery.send_task(_TASK, args=(job_id,), argsrepr="", queue=_QUEUE),
            telemetry.doorbell_failures.inc,
        )

    return ring


class Listener(threading.Thread):
    """Hears the doorbell for one worker, in a thread of its own, as long as the worker has room."""

    def __init__(self, broker: str, heard: Callable[[], None]) -> None:
        super().__init__(daemon=True, name="doorbell")
        self._celery = app(broker, wait_s=5)
        self._heard = heard
        self._ended = threading.Event()
        # What a full worker would take out of the queue, a worker with nothing to do would not hear.
        self.room = threading.Event()
        self.room.set()

    def run(self) -> None:
        """Listen until told to stop; when the broker was away, somebody may have rung meanwhile."""
        while not self._ended.is_set():
            try:
                with self._celery.connection_for_read() as connection:
                    self._listen(connection)
            except _FAULTS as error:
                _log.warning("doorbell not heard", reason=type(error).__name__)
                self._ended.wait(_PAUSE_S)

    def stop(self) -> None:
        """Listen no longer."""
        self._ended.set()
        self.join(2 * _LISTEN_S)

    def _listen(self, connection: Connection) -> None:
        def hear(_: Any) -> None:
            self.room.clear()  # until the worker has looked, and says that there is still room
            self._heard()

        with self._celery.amqp.TaskConsumer(connection, on_message=hear, no_ack=True):
            self._heard()
            while not self._ended.is_set():
                if self.room.wait(_LISTEN_S):
                    _drain(connection)


def _drain(connection: Connection) -> None:
    with suppress(TimeoutError):
        connection.drain_events(timeout=_LISTEN_S)  # type: ignore[no-untyped-call] # kombu says no types here
