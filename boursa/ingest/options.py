"""What a person may say about a file, what was found out about it, and how large it may be."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from boursa.errors import OptionUnknown
from boursa.language import N_

DATE_ORDERS = ("dmy", "mdy", "ymd")

# What people type for a date order: a picture of the date, a strftime pattern, or words.
_DATE_WORDS = {
    "dayfirst": "dmy",
    "monthfirst": "mdy",
    "yearfirst": "ymd",
    "iso": "ymd",
    "iso8601": "ymd",
    "fr": "dmy",
    "us": "mdy",
}
_SEPARATOR_WORDS = {
    "tab": "\t",
    "\\t": "\t",
    "comma": ",",
    "virgule": ",",
    "semicolon": ";",
    "point-virgule": ";",
    "pipe": "|",
}
_DECIMAL_WORDS = {"comma": ",", "virgule": ",", "point": ".", "dot": "."}
_THOUSANDS_WORDS = {
    "none": "",
    "aucun": "",
    "space": " ",
    "espace": " ",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2019": "'",
    "apostrophe": "'",
    "point": ".",
    "dot": ".",
    "comma": ",",
    "virgule": ",",
}


@dataclass(frozen=True)
class ParseOptions:
    """How a file is to be read; None leaves a point to detection.

    `separator` is one character; `decimal` ``,`` or ``.``; `thousands` one of space, ``.``, ``,``,
    ``'`` or the empty text (numbers are not grouped); `encoding` a Python codec; `dates` one of
    ``dmy``, ``mdy``, ``ymd``; `sheet` the sheet of a workbook. Common spellings (``tab``,
    ``dd/mm/yyyy``) are understood and stored in this canonical form, so that a stored version of a
    file is read again exactly.
    """

    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None
    dates: str | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        for option, canonical in _CANONICAL.items():
            value = getattr(self, option)
            if value is not None:
                object.__setattr__(self, option, canonical(value))
        if self.decimal is not None and self.decimal == self.thousands:
            raise OptionUnknown(
                N_("The decimal mark and the thousands mark cannot both be “{mark}”."), mark=self.decimal
            )

    def to_dict(self) -> dict[str, str | None]:
        """Return the options as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> ParseOptions:
        """Return options from `to_dict`'s output, or from a form's fields."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(stored) - known)
        if unknown:
            raise OptionUnknown(
                N_("“{option}” is not an option of reading a file; these are: {known}."),
                option=unknown[0],
                known=", ".join(sorted(known)),
            )
        return cls(**dict(stored))


def _separator(value: str) -> str:
    mark = _SEPARATOR_WORDS.get(value.lower(), value)
    if len(mark) != 1 or not mark.isascii() or mark == '"' or mark.isalnum() or _controls(mark.strip("\t")):
        raise OptionUnknown(
            N_("“{value}” cannot separate columns: give one character, such as ; or tab."), value=value
        )
    return mark


def _sheet(value: str) -> str:
    if _controls(value):
        raise OptionUnknown(N_("No sheet can be called “{value}”."), value=value)
    return value


def _controls(text: str) -> bool:
    return any(unicodedata.category(char) == "Cc" for char in text)


def _decimal(value: str) -> str:
    mark = _DECIMAL_WORDS.get(value.lower(), value)
    if mark not in (",", "."):
        raise OptionUnknown(N_("“{value}” is not a decimal mark: give a comma or a point."), value=value)
    return mark


def _thousands(value: str) -> str:
    mark = _THOUSANDS_WORDS.get(value.lower(), value)
    if mark not in ("", " ", ".", ",", "'"):
        raise OptionUnknown(
            N_("“{value}” is not a thousands mark: give a space, a point, a comma, an apostrophe or none."),
            value=value,
        )
    return mark


def _encoding(value: str) -> str:
    try:
        "a".encode(value)  # also refuses codecs such as hex, which are no encodings of text
        name = codecs.lookup(value).name
        return "latin-1" if name == "iso8859-1" else name
    except (LookupError, ValueError) as error:
        raise OptionUnknown(N_("“{value}” is not a known encoding."), value=value) from error


def _dates(value: str) -> str:
    letters = "".join(char for char in value.lower() if char.isalnum())
    if letters in _DATE_WORDS:
        return _DATE_WORDS[letters]
    # dd/mm/yyyy, jj/mm/aaaa and %d/%m/%Y all shrink to three letters in order.
    shrunk = "".join(dict.fromkeys(letters.replace("j", "d").replace("a", "y")))
    if shrunk not in DATE_ORDERS:
        raise OptionUnknown(
            N_(
                "“{value}” is not an order of dates: give dmy (31/12/2025), mdy (12/31/2025) "
                "or ymd (2025-12-31)."
            ),
            value=value,
        )
    return shrunk


_CANONICAL = {
    "separator": _separator,
    "decimal": _decimal,
    "thousands": _thousands,
    "encoding": _encoding,
    "dates": _dates,
    "sheet": _sheet,
}


@dataclass(frozen=True)
class Limits:
    """The largest file that is read; beyond it the answer is `TooLarge`."""

    max_bytes: int = 512 * 1024 * 1024
    max_rows: int = 20_000_000
    max_columns: int = 20_000
    max_cell: int = 32_767


@dataclass(frozen=True)
class Dialect:
    """How a file turned out to be written.

    `header_line` is the 1-based line of the column names, None where the file has none; `decimal`,
    `thousands` and `dates` are None where nothing in the file uses one.
    """

    separator: str | None
    encoding: str | None
    decimal: str | None = None
    thousands: str | None = None
    dates: str | None = None
    header_line: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the five marks that a person can correct."""
        return {key: getattr(self, key) for key in ("separator", "encoding", "decimal", "thousands", "dates")}
