"""The names of months and words in French and English, without case, accents and stops."""

from __future__ import annotations

import unicodedata

_SPELLINGS = (
    "janvier janv jan january",
    "fevrier fevr fev feb february",
    "mars mar march",
    "avril avr apr april",
    "mai may",
    "juin jun june",
    "juillet juil jul july",
    "aout aou aug august",
    "septembre sept sep september",
    "octobre oct october",
    "novembre nov november",
    "decembre dec december",
)
MONTHS = {name: month for month, names in enumerate(_SPELLINGS, 1) for name in names.split()}


def fold(text: str) -> str:
    """Return `text` in lower case without accents: ``Déc`` gives ``dec``."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).lower()
