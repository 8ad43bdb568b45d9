"""The list of statistical tests: what each asks, needs and takes, and where its function lives.

Importing this module loads neither NumPy nor SciPy: the web process lists tests with it. A new
test is its function, its line in ``entries/`` and its test.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from boursa.analytics.statistics.entries import (
    association,
    location,
    memory,
    normality,
    stationarity,
    volatility,
)
from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.errors import NameUnknown
from boursa.language import N_

if TYPE_CHECKING:
    from boursa.analytics.results import TestResult

__all__ = ["CATALOGUE", "Option", "StatisticalTest", "find", "load", "names"]

CATALOGUE: tuple[StatisticalTest, ...] = (
    *normality.TESTS,
    *location.TESTS,
    *association.TESTS,
    *stationarity.TESTS,
    *memory.TESTS,
    *volatility.TESTS,
)
_BY_NAME = {test.name: test for test in CATALOGUE}


def names() -> tuple[str, ...]:
    """Return the names of all tests, in the order of the catalogue."""
    return tuple(_BY_NAME)


def find(name: str) -> StatisticalTest:
    """Return the test called `name`.

    Raises
    ------
    NameUnknown
        If there is none; the sentence names the nearest ones.
    """
    if name in _BY_NAME:
        return _BY_NAME[name]
    wish = name.strip().lower().replace("_", "-").replace(" ", "-")
    near = difflib.get_close_matches(wish, _BY_NAME, n=3, cutoff=0.4) or names()
    raise NameUnknown(
        N_("There is no test named “{name}”. Nearest names: {near}."), name=name, near=", ".join(near)
    )


def load(test: StatisticalTest) -> Callable[..., TestResult]:
    """Return the function behind a line of the catalogue, importing its module now."""
    module = importlib.import_module(f"boursa.analytics.statistics.{test.module}")
    function: Callable[..., TestResult] = getattr(module, test.function)
    return function
