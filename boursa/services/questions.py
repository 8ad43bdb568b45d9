"""What may be asked of a dataset: parameters of tests and forecasts, checked before a worker is bothered.

Light: the catalogues and the profile of the data are enough to refuse what cannot work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from boursa.analytics.forecasting import catalogue as models
from boursa.analytics.statistics import catalogue as tests
from boursa.analytics.statistics import options
from boursa.analytics.statistics.entry import StatisticalTest
from boursa.errors import ColumnUnknown, InputError, NotNumeric, OptionUnknown
from boursa.language import N_
from boursa.storage.models import DatasetVersion

NUMERIC = ("integer", "number")
FREQUENCIES = ("min", "h", "D", "B", "W", "M", "Q", "Y")
TARGETS = ("price", "return", "difference")
# As the ground has them in modules that load NumPy, which the web process does not; a test compares.
LONGEST_HORIZON = 250
LONGEST_SEASON = 1000
SEASONAL = ("M", "Q")


def check(kind: str, version: DatasetVersion, parameters: Mapping[str, Any]) -> None:
    """Refuse what cannot be computed, with the sentence that the computation itself would give.

    Raises
    ------
    UsageError, InputError
        And their kinds: an unknown test, model, column or option, too few or too many columns.
    """
    _CHECKS[kind](version, parameters)


def numeric_columns(version: DatasetVersion) -> list[str]:
    """Return the names of the columns of numbers, in the order of the file."""
    return [one["name"] for one in _columns(version) if one["type"] in NUMERIC]


def grouping_columns(version: DatasetVersion) -> list[str]:
    """Return the names of the columns whose values can say which group a row belongs to."""
    return [one["name"] for one in _columns(version) if one["type"] in ("text", "boolean", "integer")]


def suits(test: StatisticalTest, version: DatasetVersion) -> bool:
    """Whether the dataset has enough columns for the test."""
    n = len(numeric_columns(version))
    return n >= test.columns[0] or (n >= 1 and takes_groups(test) and bool(grouping_columns(version)))


def takes_groups(test: StatisticalTest) -> bool:
    """Whether the samples of the test may stand below each other, told apart by a second column."""
    return test.inputs == "two"


def _check_test(version: DatasetVersion, parameters: Mapping[str, Any]) -> None:
    test = tests.find(str(parameters.get("test") or ""))
    options.parse(test, parameters.get("options") or {})
    if parameters.get("alternative") is not None:
        options.alternative_of(test, parameters["alternative"])
    if parameters.get("moves") and parameters.get("columns") is None:
        raise InputError(N_("Moves are those of columns: name the columns, not values with groups."))
    if parameters.get("value") is not None or parameters.get("group") is not None:
        if parameters.get("columns"):
            raise InputError(N_("Choose either columns, or values with groups, not both."))
        if parameters.get("value") is None or parameters.get("group") is None:
            raise InputError(N_("Say both: which column holds the values, and which tells the groups apart."))
        _numbers(version, [parameters["value"]])
        _existing(version, [parameters["group"]])
        _count_groups(test, version, parameters["group"], parameters.get("groups"))
    elif parameters.get("columns") is not None:
        _count(test, parameters["columns"])
        _numbers(version, parameters["columns"])


def _count(test: StatisticalTest, columns: Sequence[str]) -> None:
    twice = next((one for one in columns if list(columns).count(one) > 1), None)
    if twice is not None:
        raise InputError(N_("The column “{column}” was chosen twice."), column=twice)
    least, most = test.columns
    if len(columns) < least or len(columns) > most:
        raise InputError(
            N_("The test {test} takes {least} to {most} columns, not {n}.")
            if least != most
            else N_("The number of columns for the test {test} is {least}, not {n}."),
            test=test.name,
            least=least,
            most=most,
            n=len(columns),
        )


def _count_groups(
    test: StatisticalTest, version: DatasetVersion, column: str, groups: Sequence[str] | None
) -> None:
    least, most = test.columns
    n = len(groups) if groups else _groups_in(version, column)
    if n is None or least <= n <= most:
        return
    if not groups and n > most:
        sentence = N_(
            "The column “{column}” tells {n} groups apart; the test {test} takes {most}: say which."
        )
    elif not groups:
        sentence = N_("The column “{column}” tells {n} groups apart; the test {test} needs {least}.")
    elif least == most:
        sentence = N_("The number of groups for the test {test} is {least}, not {n}.")
    else:
        sentence = N_("The test {test} takes {least} to {most} groups, not {n}.")
    raise InputError(sentence, column=column, n=n, test=test.name, least=least, most=most)


def _groups_in(version: DatasetVersion, column: str) -> int | None:
    """Return how many groups a column tells apart, None where only the worker finds out."""
    found = next(one for one in _columns(version) if one["name"] == column)
    n: int | None = found.get("distinct")
    return n if found["type"] in ("text", "boolean", "integer") else None


def _check_forecast(version: DatasetVersion, parameters: Mapping[str, Any]) -> None:
    _check_series(version, parameters)
    if parameters.get("model") not in (None, models.AUTO):
        models.find(str(parameters["model"]))
    _among("freq", parameters.get("freq"), FREQUENCIES)
    _has_season(parameters)
    _among("target", parameters.get("target"), TARGETS)


def _has_season(parameters: Mapping[str, Any]) -> None:
    model = parameters.get("model")
    if model in (None, models.AUTO) or not models.find(str(model)).seasonal:
        return
    season, freq = parameters.get("season"), parameters.get("freq")
    # Without either the dates decide, which only the worker reads.
    without = season == 1 if season is not None else freq is not None and freq not in SEASONAL
    if without:
        raise OptionUnknown(
            N_("The model “{model}” needs a season of at least 2 steps; say how long it is."), model=model
        )


def _check_series(version: DatasetVersion, parameters: Mapping[str, Any]) -> None:
    if parameters.get("column") is not None:
        _numbers(version, [parameters["column"]])
    if parameters.get("date") is not None:
        _dates(version, parameters["date"])
    _levels(parameters.get("levels") or ())
    for name, most in (("horizon", LONGEST_HORIZON), ("season", LONGEST_SEASON)):
        value = parameters.get(name)
        if value is not None and not 1 <= value <= most:
            raise OptionUnknown(
                N_("{option} is a whole number from 1 to {most}, not {value}."),
                option=name,
                most=most,
                value=value,
            )


def _dates(version: DatasetVersion, name: str) -> None:
    _existing(version, [name])
    # Whole numbers may be years; what the worker finds in them decides.
    if _kinds(version)[name] not in ("date", "datetime", "integer"):
        raise InputError(N_("The column “{column}” does not hold dates."), column=name)


def _levels(levels: Sequence[int]) -> None:
    for level in levels:
        if not 1 <= level <= 99:
            raise OptionUnknown(
                N_("An interval level is a whole number of percent from 1 to 99, not {value}."), value=level
            )
        if list(levels).count(level) > 1:
            raise OptionUnknown(N_("The interval level {value} was given twice."), value=level)


def _among(option: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None:
        options.one_of(option, value, known)


def _numbers(version: DatasetVersion, names: Sequence[str]) -> None:
    _existing(version, names)
    kinds = _kinds(version)
    for name in names:
        if kinds[name] not in NUMERIC:
            raise NotNumeric(N_("{name}: numbers are needed, but the column holds text."), name=name)


def _existing(version: DatasetVersion, names: Sequence[str]) -> None:
    known = [one["name"] for one in _columns(version)]
    for name in names:
        if name not in known:
            raise ColumnUnknown(
                N_("There is no column “{column}”; the columns are: {columns}."),
                column=name,
                columns=", ".join(known[:30]) + (", …" if len(known) > 30 else ""),
            )


def _kinds(version: DatasetVersion) -> dict[str, str]:
    return {one["name"]: one["type"] for one in _columns(version)}


def _columns(version: DatasetVersion) -> Sequence[Mapping[str, Any]]:
    columns: Sequence[Mapping[str, Any]] = version.profile["columns"]
    return columns


_CHECKS: dict[str, Callable[[DatasetVersion, Mapping[str, Any]], None]] = {
    "analysis": _check_forecast,
    "test": _check_test,
    "forecast": _check_forecast,
    "backtest": _check_forecast,
}
