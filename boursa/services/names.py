"""What a person may be called, reached at, and choose: returned as it is kept, or refused."""

from __future__ import annotations

import re
import unicodedata

from boursa.errors import InputError, OptionUnknown
from boursa.language import LANGUAGES, N_
from boursa.storage.models.users import ROLES, folded

THEMES = ("system", "light", "dark")

# Latin letters only: "аdmin" with a Cyrillic а would look like somebody else.
_NAME = re.compile(r"[0-9A-Za-zÀ-ÖØ-öø-ž._-]{3,80}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LONGEST_EMAIL = 254
_LONGEST_ASKED = 255


def username(text: str) -> str:
    """Return a name as it is kept, with the capitals that it was given."""
    name = unicodedata.normalize("NFKC", text.strip())
    if not _NAME.fullmatch(name):
        raise InputError(
            N_("“{name}” is no name: it takes 3 to 80 letters, digits, points, dashes or underscores."),
            name=text.strip()[:80],
        )
    return name


def email(text: str | None) -> str | None:
    """Return an e-mail address in small letters, or None where none was given."""
    said = folded((text or "").strip())
    if said and not (len(said) <= _LONGEST_EMAIL and said.isprintable() and _EMAIL.fullmatch(said)):
        raise InputError(
            N_("“{email}” is not an e-mail address, such as name@example.org."), email=said[:_LONGEST_EMAIL]
        )
    return said or None


def asked_for(text: str) -> str:
    """Return a name or an address as it is looked for and counted; empty if nobody can be called that.

    One form for both: of a name that is looked for in fewer forms than it is counted in, a guesser has
    as many attempts as there are ways to pad it.
    """
    said = text.strip()
    return said if len(said) <= _LONGEST_ASKED and said.isprintable() else ""


def role(text: str) -> str:
    """Return one of the roles."""
    if text not in ROLES:
        raise OptionUnknown(
            N_("There is no role “{role}”; choose one of {choices}."),
            role=text[:20],
            choices=", ".join(ROLES),
        )
    return text


def language(text: str) -> str | None:
    """Return a language that BoursA speaks, or None where the browser is to decide."""
    if text and text not in LANGUAGES:
        raise OptionUnknown(
            N_("The language “{value}” is not spoken here; choose fr or en."), value=text[:20]
        )
    return text or None


def theme(text: str) -> str | None:
    """Return ``light`` or ``dark``, or None where the system is to decide."""
    if text and text not in THEMES:
        raise OptionUnknown(
            N_("There is no appearance “{value}”; choose light, dark or system."), value=text[:20]
        )
    return None if text in ("", "system") else text
