"""The list of formats; a new one is its module and its line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boursa.ingest.formats import csv
from boursa.ingest.options import Limits, ParseOptions
from boursa.ingest.tables import Table


@dataclass(frozen=True)
class Format:
    """One kind of file: `recognise` looks at the content, never at the name alone."""

    name: str
    suffixes: tuple[str, ...]
    recognise: Callable[[bytes], bool]
    read: Callable[[bytes, str, ParseOptions, Limits], Table]


# In the order in which they are asked; text is the last, because it recognises everything.
FORMATS: tuple[Format, ...] = (Format("csv", (".csv", ".tsv", ".txt"), csv.recognise, csv.read),)


def of(data: bytes) -> Format:
    """Return the format of `data`, told by its content."""
    return next(one for one in FORMATS if one.recognise(data))
