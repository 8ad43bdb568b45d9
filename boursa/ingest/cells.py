"""What one cell looks like: missing, a number, a date, a truth value, or text."""

from __future__ import annotations

import re

from boursa.ingest.months import MONTHS, fold

# Read as missing in every column. A quoted NA in a column of text stays text: somebody quoted it.
MISSING = (
    "",
    *("NA", "N/A", "n/a", "na", "#N/A", "#NA", "#N/A N/A", "<NA>"),
    *("NaN", "nan", "NAN", "-NaN", "-nan", "NULL", "Null", "null", "None", "none", "(null)"),
    *("-", "--", "—", "–", ".", "..", "..."),
    *("ND", "nd", "N.D.", "n.d.", "n.d", "N.D", "NC", "nc", "n.c.", "N.C."),
)
_MISSING = frozenset(MISSING)
TRUE = frozenset({"true", "vrai"})
FALSE = frozenset({"false", "faux"})

SPACES = " \u00a0\u202f\u2009"
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "CAD", "XOF", "XAF", "FCFA", "F CFA", "CFA")

_MONEY = rf"(?:[€$£¥₣₦]|{'|'.join(CURRENCIES)})"
_NUMBER = re.compile(
    rf"\(?[{SPACES}]*[-+−–]?[{SPACES}]*(?:{_MONEY}[{SPACES}]*)?[-+−]?(?:\d[\d.,'’{SPACES}]*|[.,]\d+)"
    rf"(?:[eE][+-]?\d+|[{SPACES}]*(?:%|‰|[kKMB]|Mds?))?[{SPACES}]*(?:{_MONEY})?[{SPACES}]*-?\)?"
)
# Infinities as programs write them: no missing values, and no numbers that any analysis accepts.
INFINITE = r"[-+−–]?(?:inf(?:inity)?|∞)"
_INFINITE = re.compile(INFINITE, re.IGNORECASE)
_LONGEST = 400  # a double has at most 309 digits before the point
_PLAIN = re.compile(r"-?\d+(?:[.,]\d+)?")
_TIME = r"(?:[T\s]+\d{1,2}[:h]\d{2}.*)?"
_NUMERIC_DATE = re.compile(
    rf"(?:\w+\.?,?\s+)?(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}([-/.])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}} \d{{1,2}} \d{{4}}){_TIME}"
)
_COMPACT_DATE = re.compile(r"(?:18|19|20|21)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:T?\d{6}Z?)?")
_PERIOD = re.compile(r"\d{4}[-/M]\d{1,2}|\d{1,2}[-/]\d{4}|\d{4}[-\s]?[QT][1-4]|[QT][1-4][-\s/]?\d{4}")
_WORDED_DATE = re.compile(
    rf"(?:[^\W\d]+\.?,?\s+)?(?:\d{{1,2}}(?:er|st|nd|rd|th)?[\s./-]*)?([^\W\d]+)\.?,?[\s./-]*"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?,?[\s./-]+)?(?:\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)


def is_missing(cell: str) -> bool:
    """Say whether `cell` is a spelling of a missing value."""
    return cell.strip() in _MISSING


def kind_of(cell: str) -> str:
    """Return ``missing``, ``date``, ``number``, ``truth`` or ``text``.

    A guess by appearance, made on a sample only to choose what to try; every value is then read.
    """
    text = cell.strip()
    if text in _MISSING:
        return "missing"
    if _PLAIN.fullmatch(text) and len(text) < 8:
        return "number"  # most cells of a price file, without asking five patterns
    if len(text) > _LONGEST:
        return "text"
    if _is_date(text):
        return "date"
    if _NUMBER.fullmatch(text) or _INFINITE.fullmatch(text):
        return "number"
    return "truth" if text.lower() in TRUE | FALSE else "text"


def _is_date(text: str) -> bool:
    if not 6 <= len(text) <= 64:
        return False
    if _NUMERIC_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text) or _PERIOD.fullmatch(text):
        return True
    worded = _WORDED_DATE.fullmatch(text)
    return worded is not None and fold(worded[1]) in MONTHS
