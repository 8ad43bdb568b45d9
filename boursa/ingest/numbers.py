"""Numbers as people write them: decimal and grouping marks, percent, money, brackets, millions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from boursa.ingest.cells import CURRENCIES, INFINITE, SPACES

_S = r"[ \x{00A0}\x{202F}\x{2009}]"
_MINUS = r"[-\x{2212}\x{2013}]"
_MONEY = rf"(?:\p{{Sc}}|{'|'.join(CURRENCIES)})"
_SCALE = {"%": "e-2", "‰": "e-3", "k": "e3", "K": "e3", "M": "e6", "B": "e9", "Md": "e9", "Mds": "e9"}
_FEW = 500
_UNGROUPED = str.maketrans("", "", SPACES + "'’")
_UNIT = r"(?:%|‰|Mds?|[kKMB])"
# The parts of a number that is known to be one: what precedes it, digits and marks, what follows.
_PARTS = r"^(?P<head>[^\d,.]*)(?P<core>[\d,.]+)(?P<exponent>(?:[eE][+-]?\d+)?)(?P<tail>.*)$"


@dataclass(frozen=True)
class Evidence:
    """How many distinct values say that the decimal mark is a comma, a point, or leave it open."""

    comma: int = 0
    point: int = 0
    comma_open: int = 0
    point_open: int = 0

    @property
    def decimal(self) -> str | None:
        """The mark that most decisive values speak for, None without any."""
        if self.comma == self.point:
            return None
        return "," if self.comma > self.point else "."

    @property
    def open(self) -> bool:
        """Whether marks were seen and none of them tells what it is (``1,234``)."""
        return not (self.comma or self.point) and bool(self.comma_open or self.point_open)

    @property
    def silent(self) -> bool:
        """Whether no mark was seen at all."""
        return not (self.comma or self.point or self.comma_open or self.point_open)


@dataclass(frozen=True)
class Numbers:
    """Numbers read from texts: `values` (int64 or float64, null where a text is no number).

    Infinities are written so (``inf``, ``∞``); a number too large for a double is none.
    """

    values: Any
    percent: Any  # boolean array: the text carried a percent sign
    money: frozenset[str]
    grouped: str | None


def weigh(texts: Any) -> Evidence:
    """Return what the marks of `texts` (a string array) say about the decimal mark.

    ``1,5``, ``0,125``, ``1234,567`` and ``1.234,5`` can only hold a decimal comma, ``1,234,567``
    and ``1,234.5`` only a point; ``1,234`` leaves it open.
    """
    count = _counter(texts)
    return Evidence(
        comma=count(_decisive(",", r"\.")),
        point=count(_decisive(r"\.", ",")),
        comma_open=count(_framed(r"[1-9]\d{0,2},\d{3}")),
        point_open=count(_framed(r"[1-9]\d{0,2}\.\d{3}")),
    )


def _counter(texts: Any) -> Callable[[str], int]:
    """Return a function that counts the `texts` that a pattern matches, grouping spaces aside."""
    if len(texts) <= _FEW:  # Arrow spends more on a pattern than Python does on these values
        few = [text.translate(_UNGROUPED) for text in texts.to_pylist() if text]

        def count(pattern: str) -> int:
            matches = re.compile(pattern).search
            return sum(matches(text) is not None for text in few)

        return count
    bare = pc.replace_substring_regex(texts, rf"(?:{_S}|['’])", "")
    return lambda pattern: int(pc.sum(pc.match_substring_regex(bare, pattern)).as_py() or 0)


def _decisive(decimal: str, group: str) -> str:
    plain = rf"(?:0+|\d{{4,}})?{decimal}\d+|\d+{decimal}(?:\d{{0,2}}|\d{{4,}})"
    grouped = rf"\d{{1,3}}(?:{group}\d{{3}})+{decimal}\d*|\d{{1,3}}(?:{group}\d{{3}}){{2,}}"
    return _framed(f"{plain}|{grouped}")


def _framed(core: str) -> str:
    return rf"^[^\d,.]*(?:{core})(?:[eE][+-]?\d+)?[^\d,.]*$"


def parse(texts: Any, decimal: str, thousands: str | None) -> Numbers:
    """Read `texts`, an array of distinct strings; what is no number under these marks becomes null.

    With `thousands` None any mark but the decimal one may group by threes; with the empty text none may.
    """
    sound = pc.match_substring_regex(texts, _grammar(decimal, thousands))
    kept = pc.if_else(sound, texts, None)
    grouped = _grouping(kept, decimal)
    bare = pc.replace_substring_regex(kept, rf"(?:{_S}|['’])", "")
    parts = pc.extract_regex(bare, _PARTS)
    head, core, exponent, tail = (pc.if_else(sound, part, None) for part in parts.flatten())
    money = frozenset(re.findall("|".join((r"[^\W\d_]{3,}", r"[€$£¥₣₦]")), " ".join(_few(head) + _few(tail))))
    unit = pc.fill_null(pc.extract_regex(tail, rf"^(?P<unit>{_UNIT})").flatten()[0], "")
    sign = pc.if_else(_negative(head, tail), "-", "")
    plain = pc.replace_substring(core, "." if decimal == "," else ",", "")
    plain = pc.replace_substring(plain, ",", ".") if decimal == "," else plain
    scale = _scales(unit)
    text = pc.binary_join_element_wise(sign, plain, exponent, scale, "")
    values = _with_infinities(_typed(text), texts)
    return Numbers(values, pc.equal(unit, "%"), money, grouped)


def _with_infinities(values: Any, texts: Any) -> Any:
    infinite = pc.match_substring_regex(texts, rf"^\s*{INFINITE}\s*$", ignore_case=True)
    if not pc.any(infinite).as_py():
        return values
    signs = pc.if_else(pc.match_substring_regex(texts, rf"^\s*{_MINUS}"), -np.inf, np.inf)
    return pc.if_else(pc.fill_null(infinite, False), signs, pc.cast(values, pa.float64()))


def _grammar(decimal: str, thousands: str | None) -> str:
    point = re.escape(decimal)
    marks = {" ": _S, "'": "['’]", ".": r"\.", ",": ","}
    allowed = [m for mark, m in marks.items() if mark != decimal and thousands in (None, mark)]
    groups = "".join(rf"\d{{1,3}}(?:{mark}\d{{3}})+|" for mark in allowed)
    core = rf"(?:(?:{groups}\d+)(?:{point}\d*)?|{point}\d+)"
    unsigned = rf"(?:{_MONEY}{_S}*)?{core}(?:[eE][+-]?\d+|{_S}*{_UNIT})?(?:{_S}*{_MONEY})?"
    signed = rf"[-+\x{{2212}}\x{{2013}}]?{_S}*{unsigned}|{_MONEY}{_S}*[-+]{unsigned}|{unsigned}{_S}*-"
    return rf"^\s*{_S}*(?:\({_S}*{unsigned}{_S}*\)|{signed}){_S}*\s*$"


def _grouping(texts: Any, decimal: str) -> str | None:
    other = "." if decimal == "," else ","
    for mark, pattern in ((" ", rf"\d{_S}\d"), ("'", "['’]"), (other, re.escape(other))):
        if pc.any(pc.match_substring_regex(texts, pattern)).as_py():
            return mark
    return None


def _negative(head: Any, tail: Any) -> Any:
    return pc.or_(
        pc.match_substring_regex(head, rf"{_MINUS}|\("),
        pc.match_substring_regex(tail, r"-"),
    )


def _few(texts: Any) -> list[str]:
    return [text for text in pc.unique(texts).to_pylist() if text]


def _scales(units: Any) -> Any:
    found = pc.index_in(units, pa.array(list(_SCALE)))
    return pc.fill_null(pc.take(pa.array(list(_SCALE.values())), found), "")


def _typed(texts: Any) -> Any:
    """Return int64 where every text is a whole number that fits, else float64 without infinities."""
    whole = pc.all(pc.match_substring_regex(texts, r"^-?\d{1,18}$")).as_py()
    if whole:
        return pc.cast(texts, pa.int64())
    values = pc.cast(texts, pa.float64())
    return positive_zero(pc.if_else(pc.is_finite(values), values, None))


def positive_zero(values: Any) -> Any:
    """Return float `values` with -0.0 turned into 0.0, which would count as two distinct values."""
    return pc.add(values, 0.0)


def fast(texts: Any, decimal: str) -> Any | None:
    """Return the numbers of a whole column at once if every text is plainly written, else None.

    Nearly every price file takes this way: no grouping, no signs but minus. The decimal mark is swapped
    in the column's buffer and Arrow converts; one text that does not convert sends the column the
    careful way. A reader that parses numbers while it reads would replace this function.
    """
    if texts.offset:
        return None
    buffer, offsets = _buffers(texts)
    alphabet = np.zeros(256, dtype=bool)
    alphabet[buffer] = True
    foreign = {chr(byte) for byte in np.flatnonzero(alphabet)} - set("0123456789-+eE") - {decimal}
    if foreign or _leading_zero(buffer, offsets):
        return None
    mark = ord(decimal)
    if decimal == "," and alphabet[mark]:
        buffer = np.where(buffer == mark, np.uint8(ord(".")), buffer)
        texts = pa.StringArray.from_buffers(
            len(texts), pa.py_buffer(offsets), pa.py_buffer(buffer), texts.buffers()[0], texts.null_count
        )
    try:
        if not alphabet[mark] and not alphabet[[ord("e"), ord("E")]].any():
            return pc.cast(texts, pa.int64())
        values = pc.cast(texts, pa.float64())
    except pa.ArrowInvalid:
        return None
    return positive_zero(values) if pc.all(pc.is_finite(values)).as_py() is not False else None


def has_codes(texts: Any) -> bool:
    """Say whether a text of digits begins with a zero (``00123``): a code then, not a number."""
    buffer, offsets = _buffers(texts)
    if not _leading_zero(buffer, offsets):
        return False
    return bool(pc.any(pc.match_substring_regex(texts, r"^\s*0\d+\s*$")).as_py())


def _leading_zero(
    buffer: np.ndarray[Any, np.dtype[np.uint8]], offsets: np.ndarray[Any, np.dtype[np.int32]]
) -> bool:
    starts, ends = offsets[:-1], offsets[1:]
    starts = starts[ends - starts >= 2]
    first, second = buffer[starts], buffer[starts + 1]
    return bool(((first == 48) & (second >= 48) & (second <= 57)).any())


def _buffers(texts: Any) -> tuple[Any, Any]:
    """Return the bytes and the offsets of a string array, both starting at zero."""
    _, raw_offsets, raw = texts.buffers()
    offsets = np.frombuffer(raw_offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(raw, dtype=np.uint8) if raw is not None else np.empty(0, dtype=np.uint8)
    return data[offsets[0] : offsets[-1]], offsets - offsets[0]
