"""What is wrong with each value of a request, in the person's language: pydantic itself speaks English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apiflask import HTTPError
from pydantic import ValidationError

from boursa.language import N_, translate

_WHOLE = N_("A whole number is needed here.")
_NUMBER = N_("A number is needed here.")
_YES_OR_NO = N_("Either true or false is needed here.")
_OBJECT = N_("An object, names with values, is needed here.")
_ANY = N_("This value cannot be used.")
# By pydantic's name of the error: those that the schemas of the API can raise.
_SENTENCES = {
    "missing": N_("This is missing."),
    "extra_forbidden": N_("Nothing is called so here."),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing_size": N_("This number is too large."),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": N_("A finite number is needed here."),
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "string_type": N_("A text is needed here."),
    "string_unicode": N_("This text holds characters that do not exist."),
    "string_too_short": N_("This text is too short; the least number of characters is {min_length}."),
    "string_too_long": N_("This text is too long; the largest number of characters is {max_length}."),
    "list_type": N_("A list is needed here."),
    "too_short": N_("This list is too short; the least number of values is {min_length}."),
    "too_long": N_("This list is too long; the largest number of values is {max_length}."),
    "dict_type": _OBJECT,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "scalar_type": N_("A text, a number, true or false is needed here."),
    "greater_than_equal": N_("The value must be at least {ge}."),
    "less_than_equal": N_("The value must be at most {le}."),
    "literal_error": N_("The value must be one of these: {known}."),
    "value_error": N_("A file is needed here."),  # of no other field does a schema raise it
}


def of(error: HTTPError, language: str) -> Iterator[dict[str, str]]:
    """Return each value that was refused: a pointer into the body, or the name of a parameter."""
    if not isinstance(error.__cause__, ValidationError):
        return
    in_query = "query" in error.detail
    for fault in error.__cause__.errors(include_url=False, include_input=False):
        detail = sentence(fault["type"], fault.get("ctx", {}), language)
        if in_query:
            yield {"parameter": ".".join(map(str, fault["loc"])), "detail": detail}
        else:
            yield {"pointer": _pointer(fault["loc"]), "detail": detail}


def sentence(kind: str, context: Mapping[str, Any], language: str) -> str:
    """Return what is wrong, by pydantic's name of the error and what it says about it."""
    # pydantic has the known values as one text: 'a', 'b' or 'c'.
    known = ", ".join(re.findall(r"'([^']*)'", str(context.get("expected", ""))))
    # A latitude is at most 90, not 90.0.
    shown = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in context.items()
    }
    return translate(_SENTENCES.get(kind, _ANY), language).format(**{**shown, "known": known})


def _pointer(place: tuple[int | str, ...]) -> str:
    # RFC 6901: ~ and / in a name are written ~0 and ~1.
    words = (str(word).replace("~", "~0").replace("/", "~1") for word in place)
    return "/".join(["#", *words])
