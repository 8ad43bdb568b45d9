"""Bytes to a clean table: what a file is, how it is written, and what it holds.

``ingest.read(source, name=...)`` is the one entry; ``ingest.profile`` and ``ingest.roles`` say
what was read. The names below are resolved when first used: whoever only needs `ParseOptions`
(a web form does) does not pay for PyArrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boursa.ingest.options import Limits, ParseOptions
    from boursa.ingest.reading import content_of, read
    from boursa.ingest.tables import Table

__all__ = ["Limits", "ParseOptions", "Table", "content_of", "read"]

_HOMES = {
    "Limits": "options",
    "ParseOptions": "options",
    "Table": "tables",
    "content_of": "reading",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
