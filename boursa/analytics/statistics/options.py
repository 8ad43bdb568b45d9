"""Options of a test: from what a person or a program wrote to checked Python values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.errors import OptionUnknown
from boursa.language import N_

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def parse(test: StatisticalTest, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments for `test`: values checked, text read, defaults left out.

    Raises
    ------
    OptionUnknown
        If the test has no such option, or not with that value; the sentence lists what it has.
    """
    known = {option.name: option for option in test.options}
    for name in given:
        if name not in known:
            raise _unknown(test, name)
    return {name: value_of(known[name], value) for name, value in given.items() if value is not None}


def alternative_of(test: StatisticalTest, alternative: str) -> str:
    """Return `alternative`, or refuse where `test` has none or not this one.

    Raises
    ------
    OptionUnknown
    """
    if not test.alternatives:
        raise OptionUnknown(N_("{test} takes no alternative: its question has one side."), test=test.name)
    return one_of("alternative", alternative, test.alternatives)


def one_of(name: str, value: str, choices: Sequence[str]) -> str:
    """Return `value`, or refuse it with the list of choices.

    Raises
    ------
    OptionUnknown
    """
    if value not in choices:
        raise OptionUnknown(
            N_("{option} cannot be “{value}”; known values: {choices}."),
            option=name,
            value=value,
            choices=", ".join(choices),
        )
    return value


def value_of(option: Option, value: Any) -> Any:
    """Return `value` as the option's kind: text is read, numbers and booleans are checked.

    Raises
    ------
    OptionUnknown
    """
    text = str(value).strip().lower() if not isinstance(value, float) else repr(value)
    if option.choices and (option.kind == "choice" or text in option.choices):
        return one_of(option.name, text, option.choices)
    if option.kind == "boolean":
        return _BOOLEANS[one_of(option.name, text, tuple(_BOOLEANS))]
    number = _number(option, text)
    if option.kind == "integer":
        return _integer(option, number)
    if option.kind == "fraction" and not 0 < number < 1:
        raise OptionUnknown(
            N_("{option} must lie between 0 and 1, both excluded; {value} does not."),
            option=option.name,
            value=text,
        )
    return _within(option, number)


def _unknown(test: StatisticalTest, name: str) -> OptionUnknown:
    if not test.options:
        return OptionUnknown(
            N_("{test} takes no options; “{option}” was given."), test=test.name, option=name
        )
    return OptionUnknown(
        N_("{test} has no option “{option}”; known options: {known}."),
        test=test.name,
        option=name,
        known=", ".join(test.option_names()),
    )


def _number(option: Option, text: str) -> float:
    try:
        number = float(text.replace(",", "."))  # a French hand writes 0,95
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise OptionUnknown(
            N_("{option} must be a number; “{value}” is not."), option=option.name, value=text
        )
    return number


def _integer(option: Option, number: float) -> int:
    if number != int(number):
        raise OptionUnknown(
            N_("{option} must be a whole number; {value} is not."), option=option.name, value=number
        )
    return int(_within(option, number))


def _within(option: Option, number: float) -> float:
    if option.minimum is not None and number < option.minimum:
        raise OptionUnknown(
            N_("{option} must be at least {minimum:g}; {value:g} is not."),
            option=option.name,
            minimum=option.minimum,
            value=number,
        )
    return number
