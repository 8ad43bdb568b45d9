"""A job in a process apart, so that cancel, time and memory limits are one piece of code.

The child computes and talks; it never writes to the database. Everything it says goes through a
pipe to its worker, and if the worker dies the child ends itself. A child that has done its job well
is given the next one: starting a process costs more than many a job.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
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

# On a machine that does both, whoever waits for a page comes before what is being computed.
_NICENESS = 5

# A child ends after so many jobs, or when so much memory stayed with it: libraries leak a little.
_MOST_JOBS, _WORN_MB = 500, 200


@dataclass(frozen=True)
class Said:
    """One message of a child: `what` is ``progress``, ``partial``, ``done`` or ``error``.

    With its last word on a job, a `worn` child says that it should do no other.
    """

    what: str
    content: Any
    worn: bool = False


@dataclass
class Child:
    """A child as its worker sees it, and how many jobs it was given."""

    process: BaseProcess
    pipe: Connection
    jobs: int = 0

    def give(self, claim: Claim, memory_limit_mb: int) -> None:
        """Let it begin on a claimed job."""
        self.jobs += 1
        self.pipe.send((claim, memory_limit_mb))

    def waits(self) -> bool:
        """Whether it is there for another job; one that is gone has left the end of its pipe."""
        return self.process.is_alive() and not self.pipe.poll()

    def end(self) -> None:
        """Make an end of it, whatever it is doing."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Children:
    """The children of one worker: the ones that wait for a job, and how new ones are made."""

    def __init__(self, storage: Storage) -> None:
        """Let them read their data in `storage`."""
        self._making, self._storage = context(), storage
        self._waiting: list[Child] = []

    def warm(self) -> None:
        """Start the fork server and let it import what children need, before the first job waits for it."""
        process = self._making.Process(target=_nothing)
        process.start()
        process.join()

    def begin(self, claim: Claim, memory_limit_mb: int) -> Child:
        """Return a child that is at work on the claimed job; OSError if there is none to be had."""
        while self._waiting:
            known = self._waiting.pop()
            with suppress(OSError):
                if known.waits():
                    known.give(claim, memory_limit_mb)
                    return known
            known.end()
        fresh = start(self._making, self._storage)
        fresh.give(claim, memory_limit_mb)
        return fresh

    def take_back(self, child: Child, last: Said) -> None:
        """Keep a child that has said its last word on a job, if it is good for another."""
        if last.what == "done" and not last.worn and child.jobs < _MOST_JOBS:
            self._waiting.append(child)
        else:
            child.end()

    def close(self) -> None:
        """Make an end of all that wait."""
        while self._waiting:
            self._waiting.pop().end()


def context() -> Any:
    """Return the way children are made: forks of a warm server, or fresh processes on Windows."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([__name__, "boursa.jobs.warm"])
    return made


def start(making: Any, storage: Storage) -> Child:
    """Start a child, which waits for its first job."""
    ours, theirs = making.Pipe()
    process = making.Process(target=_main, args=(theirs, storage), daemon=True)
    process.start()
    theirs.close()
    return Child(process, ours)


def _nothing() -> None:
    """Do nothing: being started is enough."""


def _main(pipe: Connection, storage: Storage) -> None:
    _die_with_parent()
    if sys.platform != "win32":
        os.nice(_NICENESS)
    fresh = _held_bytes(_RESIDENT)
    with suppress(EOFError):
        while True:
            claim, memory_limit_mb = pipe.recv()
            _limit_memory(memory_limit_mb)
            said = _outcome(pipe, claim, storage)
            pipe.send(replace(said, worn=_held_bytes(_RESIDENT) - fresh > _WORN_MB * 2**20))


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

    # What the process has mapped already, such as the fork server's imports, is not the job's doing.
    limit = _held_bytes(_MAPPED) + limit_mb * 2**20
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


# Where /proc says how many pages are mapped, and how many of them are in memory.
_MAPPED, _RESIDENT = 0, 1


def _held_bytes(which: int) -> int:
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return 0
    return int(pages.read_text(encoding="ascii").split()[which]) * os.sysconf("SC_PAGE_SIZE")
