"""What a process says to itself and to the processes that it starts, in its environment."""

from __future__ import annotations

import os
from pathlib import Path

_COUNTS = "PROMETHEUS_MULTIPROC_DIR"  # what prometheus_client calls it


def one_thread_each() -> None:
    """Ask numerical libraries loaded from now on, here and in child processes, for one thread.

    Workers run one process a core; a thread pool in each would only make them fight.
    """
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")


def count_together(folder: Path) -> None:
    """Ask processes that are started from now on to keep their counts in one folder."""
    os.environ[_COUNTS] = str(folder)


def counted_together() -> bool:
    """Whether this process keeps its counts with those of others."""
    return _COUNTS in os.environ


def counting_alone() -> dict[str, str]:
    """Return the environment for a process that keeps its counts for itself."""
    return {name: value for name, value in os.environ.items() if name != _COUNTS}
