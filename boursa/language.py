"""French and English: choosing one, translating interface sentences, writing numbers.

Two kinds of sentences exist. Interface sentences and errors are written in English in the code
and translated through the gettext catalogue in ``boursa/translations``. Sentences that explain a
result are stored with it in both languages: those are `Text`.
"""

from __future__ import annotations

import gettext
import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

LANGUAGES = ("fr", "en")
DEFAULT_LANGUAGE = "fr"

CATALOGUES = Path(__file__).parent / "translations"
DOMAIN = "boursa"

# French typography: a narrow no-break space groups thousands, a no-break space precedes "%".
_GROUP = {"fr": "\u202f", "en": ","}
_DECIMAL = {"fr": ",", "en": "."}
_BEFORE_PERCENT = {"fr": "\u00a0", "en": ""}


# What French sets before or after these marks, so that no line breaks there.
_FRENCH_SPACES = (
    (" :", "\u00a0:"),
    ("« ", "«\u00a0"),
    (" »", "\u00a0»"),
    (" %", "\u00a0%"),
    (" ;", "\u202f;"),
    (" ?", "\u202f?"),
    (" !", "\u202f!"),
)
# A verb and the pronoun behind it, in a question: "suit-elle", "penchent-elles", "a-t-il".
_INVERSION = re.compile(r"(?<=[a-zà-ÿ])(-t)?-(?=(?:je|tu|ils?|elles?|on|nous|vous|ce)\b)")
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(french: str) -> str:
    """Return a French sentence with its no-break spaces and, if it is a question, no-break hyphens."""
    for plain, unbroken in _FRENCH_SPACES:
        french = french.replace(plain, unbroken)
    # Questions are fixed sentences: a statement may hold the name of a column, which is left alone.
    if french.endswith("?"):
        french = _INVERSION.sub(lambda found: found[0].replace("-", "\u2011"), french)
    return french


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; the French one is given its no-break spaces."""

    fr: str
    en: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "fr", typeset(self.fr))

    def __getitem__(self, language: str) -> str:
        return self.fr if language == "fr" else self.en

    def to_dict(self) -> dict[str, str]:
        """Return ``{"fr": ..., "en": ...}`` as it stands in JSON."""
        return {"fr": self.fr, "en": self.en}


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools extract by
    """Mark an English sentence for translation without translating it."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, languages=[language], fallback=True)


@lru_cache(4096)  # more than there are sentences; a page says two hundred of them
def translate(message: str, language: str) -> str:
    """Return the interface sentence `message` in `language`, or itself where none is known."""
    return message if language == "en" else typeset(_catalogue(language).gettext(message))


def ngettext(one: str, many: str, n: int, language: str) -> str:
    """Return the form of an interface sentence that goes with `n`, which stands in it as ``{n}``.

    In French 0 and 1 are singular, in English 1 alone.
    """
    plain = (one if n == 1 else many) if language == "en" else _catalogue(language).ngettext(one, many, n)
    return plain if language == "en" else typeset(plain)


def choose_language(*wishes: str | None) -> str:
    """Return the first wish that BoursA speaks (``fr_FR.UTF-8``, ``en-GB``, ...), else French.

    ``C`` and ``POSIX``, the locales of a bare machine, are read as English: they name no French
    speaker, and messages in them are meant for logs.
    """
    for wish in wishes:
        head = (wish or "").replace("-", "_").split("_")[0].split(".")[0].lower()
        if head in LANGUAGES:
            return head
        if head in ("c", "posix"):
            return "en"
    return DEFAULT_LANGUAGE


def integer(value: int, language: str) -> str:
    """Write a count with grouped thousands: ``5 031`` or ``5,031``."""
    return _localised(f"{value:,}", language)


def number(value: float | None, language: str, digits: int = 4) -> str:
    """Write `value` with `digits` significant digits: ``1 235``, ``0.01234``, ``1.200 × 10⁻⁷``."""
    if value is None or not math.isfinite(value):
        return "—"
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e9:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        return f"{_localised(mantissa, language)}\u00a0×\u00a010{str(int(power)).translate(_POWERS)}"
    whole = math.floor(math.log10(abs(value))) + 1
    return _localised(f"{value:,.{max(0, digits - whole)}f}", language)


def fixed(value: float, language: str, decimals: int = 2) -> str:
    """Write `value` with a fixed number of decimals, thousands grouped."""
    # "z": what rounds to zero has no sign.
    return _localised(f"{value:z,.{decimals}f}", language) if math.isfinite(value) else "—"


def percent(fraction: float, language: str, decimals: int = 1) -> str:
    """Write a fraction as a percentage: 0.0123 gives ``1,2 %`` or ``1.2%``."""
    return fixed(100 * fraction, language, decimals) + _BEFORE_PERCENT[language] + "%"


def p_value(p: float, language: str, bound: str | None = None) -> str:
    """Write a p-value with its sign, never as zero, never broken: ``p = 0,058``, ``p < 0.001``.

    `bound` says that only an ``upper`` or a ``lower`` bound of p is known: the end of a published table,
    which is written as it stands there, ``p < 0,01``.
    """
    if p < 0.001:
        return "p\u00a0<\u00a0" + fixed(0.001, language, 3)
    sign = {"upper": "<", "lower": ">"}.get(bound or "")
    if sign is None:
        return "p\u00a0=\u00a0" + fixed(p, language, 3)
    return f"p\u00a0{sign}\u00a0" + _localised(f"{p:.3f}".rstrip("0").rstrip("."), language)


def moment(iso: str, language: str) -> str:
    """Write an ISO date as people do: ``31/12/2025`` in French, ISO in English; other text as it is."""
    if language != "fr" or not re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?", iso):
        return iso.replace("T", " ") if re.match(r"\d{4}-\d\d-\d\dT", iso) else iso
    year, month, rest = iso.split("-")
    day, _, clock = rest.partition("T")
    return f"{day}/{month}/{year}" + (f" {clock}" if clock else "")


def _localised(text: str, language: str) -> str:
    swap = {",": _GROUP[language], ".": _DECIMAL[language], "-": "\u2212"}
    return "".join(swap.get(char, char) for char in text)
