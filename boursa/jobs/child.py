"""One job in a process of its own, so that cancel, time and memory limits are one piece of code.

The child computes and talks; it never writes to the database. Everything it says goes through a
pipe to its worker, and if the worker dies the child ends itself.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from boursa.errors import BoursaError, LimitReached
from boursa.language import N_
from boursa.services.jobs import Claim
from boursa.storage.blobs import open_blobs

# Loaded in the child only; the fork server has it already (see `boursa.jobs.warm`).
_COMPUTATIONS = "boursa.services.computations"

# The address of the blob store, and what opens it where it is a bucket.
Storage = tuple[str, tuple[str, str] | None]


@dataclass(frozen=True)
class Said:
    """One message of a child: `what` is ``progress``, ``partial``, ``done`` or ``error``."""

    what: str
    content: Any


@dataclass(frozen=True)
class Child:
    """A running child as its worker sees it."""

    process: BaseProcess
    pipe: Connection


def context() -> Any:
    """Return the way children are made: forks of a warm server, or fresh processes on Windows."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([__name__, "boursa.jobs.warm"])
    return made


def start(making: Any, claim: Claim, storage: Storage, memory_limit_mb: int) -> Child:
    """Start a child on the claimed job."""
    ours, theirs = making.Pipe(duplex=False)
    process = making.Process(target=_main, args=(theirs, claim, storage, memory_limit_mb), daemon=True)
    process.start()
    theirs.close()
    return Child(process, ours)


def warm(making: Any) -> None:
    """Start the fork server and let it import what children need, before the first job waits for it."""
    process = making.Process(target=_nothing)
    process.start()
    process.join()


def _nothing() -> None:
    """Do nothing: being started is enough."""


def _main(pipe: Connection, claim: Claim, storage: Storage, memory_limit_mb: int) -> None:
    _die_with_parent()
    _limit_memory(memory_limit_mb)
    pipe.send(_outcome(pipe, claim, storage))
    pipe.close()


def _outcome(pipe: Connection, claim: Claim, storage: Storage) -> Said:
    try:
        computations = importlib.import_module(_COMPUTATIONS)
        result = computations.perform(claim.kind, claim.payload, open_blobs(*storage), _Report(pipe))
    except BoursaError as error:
        return Said("error", {**error.to_dict(), "retryable": error.retryable})
    except MemoryError:
        starved = LimitReached(N_("The computation needed more memory than a job may have."))
        return Said("error", {**starved.to_dict(), "retryable": False})
    except Exception:  # noqa: BLE001 - the outermost loop: whatever went wrong, the worker must hear of it
        traceback.print_exc()
        return Said("error", {**unexpected().to_dict(), "retryable": True})
    return Said("done", result)


def unexpected() -> BoursaError:
    """Return what a person is told of a fault that is ours."""
    return BoursaError(N_("The computation failed unexpectedly; the administrator's log says why."))


class _Report:
    """What a computation calls to say how far it is."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None:
        self._pipe.send(Said("progress", (fraction, note)))

    def partial(self, name: str, content: Mapping[str, Any]) -> None:
        self._pipe.send(Said("partial", (name, content)))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def _watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=_watch, daemon=True).start()


def _limit_memory(limit_mb: int) -> None:
    if sys.platform == "win32":
        return
    import resource  # exists on POSIX only

    limit = _held_bytes(resource.getpagesize()) + limit_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _held_bytes(page_bytes: int) -> int:
    # What the fork server's imports have mapped already is not the job's doing.
    pages = Path("/proc/self/statm")
    return int(pages.read_text(encoding="ascii").split()[0]) * page_bytes if pages.exists() else 0
