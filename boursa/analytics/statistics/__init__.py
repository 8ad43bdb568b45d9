"""Statistical tests: a catalogue, and `run`, which answers one of its questions.

Importing this package loads neither SciPy nor NumPy; `run` imports what its test needs.

Examples
--------
>>> from boursa.analytics import statistics
>>> result = statistics.run("shapiro-wilk", [[2.1, 3.4, 1.9, 5.6, 2.8]])
>>> result.statistic_name, round(result.statistic, 4)
('W', 0.8686)
>>> print(statistics.find("adf").question.en)
Does the series return to a stable level, or does it wander like a random walk?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boursa.analytics.statistics import options as _options
from boursa.analytics.statistics.catalogue import CATALOGUE, Option, StatisticalTest, find, load, names
from boursa.errors import UsageError
from boursa.language import N_

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from boursa.analytics.results import TestResult

__all__ = ["CATALOGUE", "Option", "StatisticalTest", "find", "load", "names", "run"]

_DEFAULT_NAMES = {1: ("x",), 2: ("x", "y")}


def run(
    name: str,
    samples: Sequence[ArrayLike],
    *,
    names: Sequence[str] | None = None,
    alternative: str | None = None,
    options: Mapping[str, Any] | None = None,
    unit: str = "",
) -> TestResult:
    """Run the test called `name` on `samples`.

    Parameters
    ----------
    name : str
        A name of the catalogue, such as ``"mann-whitney"``.
    samples : sequence of array-like of shape (n_i,)
        One column of numbers for each sample; NaN is missing. Series are in time order.
    names : sequence of str, optional
        What the samples are called in the sentences of the result.
    alternative : {"two-sided", "less", "greater"}, optional
        Only for tests that have alternatives.
    options : mapping of str to str, number or bool, optional
        Options of the catalogue; text such as ``"10"`` or ``"true"`` is read.
    unit : {"", "fraction"}
        What the samples hold; fractions (returns) are said in percent in the sentences of the result.

    Returns
    -------
    TestResult

    Raises
    ------
    NameUnknown
        If there is no such test.
    UsageError
        If the test takes another number of samples, or `names` does not match them.
    OptionUnknown
        If the test does not know an option, or a value of it.
    InputError
        If the test is undefined for these data: one of its subclasses says why.
    """
    test = find(name)
    called = _names(test, samples, names)
    arguments = _options.parse(test, options or {})
    if alternative is not None:
        arguments["alternative"] = _options.alternative_of(test, alternative)
    if test.measured:
        arguments["unit"] = unit
    return load(test)(*samples, names=called, **arguments)


def _names(
    test: StatisticalTest, samples: Sequence[ArrayLike], given: Sequence[str] | None
) -> tuple[str, ...]:
    fewest, most = test.columns
    if not fewest <= len(samples) <= most:
        raise UsageError(
            N_("{test} takes {wanted} column(s); {n} were given."),
            test=test.name,
            wanted=fewest if fewest == most else f"{fewest}-{most}",
            n=len(samples),
        )
    called = (
        tuple(given)
        if given is not None
        else _DEFAULT_NAMES.get(len(samples), tuple(f"x{k + 1}" for k in range(len(samples))))
    )
    if len(called) != len(samples):
        raise UsageError(N_("{names} names were given for {n} columns."), names=len(called), n=len(samples))
    return called
