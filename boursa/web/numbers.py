"""Numbers that people type into addresses and forms."""

from __future__ import annotations

from boursa.storage.models import LARGEST


def row(text: str) -> int:
    """Return the number of an object; what could not be one is as if nothing had been said.

    Raises
    ------
    ValueError
        Which Flask takes for nothing said.
    """
    found = int(text)
    if not 0 <= found <= LARGEST:
        raise ValueError(text[:30])
    return found
