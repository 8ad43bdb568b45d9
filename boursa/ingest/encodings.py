"""Which encoding the bytes are in, and the same text as UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from boursa.errors import FileUnreadable
from boursa.language import N_

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 20
# Letters and signs of French and German text, by which one-byte encodings are told apart.
_LIKELY = re.compile("[éèêëàâäçùûüôöîïœßñÉÈÀÇÖÜ€°«»’\u00a0]")
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_SAMPLE = 1 << 16
_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Decoded:
    """A file's text as UTF-8 without byte order mark; `damaged` are the lines that were not decodable."""

    text: bytes
    encoding: str
    damaged: tuple[int, ...] = ()


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """Return `data` as UTF-8, in the encoding given or else detected.

    Raises
    ------
    FileUnreadable
        If the bytes are not text in the encoding that was asked for.
    """
    chosen = encoding or detect(data)
    if chosen.startswith("utf-8") or chosen == "utf_8":
        return _from_utf8(data, chosen, strict=encoding is not None, name=name)
    try:
        return Decoded(_transcode(data, chosen), chosen)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            N_("{name} is not text in the encoding {encoding}."), name=name, encoding=chosen
        ) from error


def detect(data: bytes) -> str:
    """Return the encoding of `data`: by its mark, by its pattern of zeros, else by its letters."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if wide := _wide(data[:4096]):
        return wide
    if data.isascii() or _is_utf8(data):
        return "utf-8"
    return "utf-8" if _mostly_utf8(data) else _one_byte(data)


def _wide(head: bytes) -> str | None:
    # Western text in UTF-16 without a mark has a zero in nearly every other byte.
    pairs = len(head) // 2
    if pairs < 2:
        return None
    high_first, low_first = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if low_first > 0.7 * pairs and high_first < 0.1 * pairs:
        return "utf-16-le"
    if high_first > 0.7 * pairs and low_first < 0.1 * pairs:
        return "utf-16-be"
    return None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """Say whether sound UTF-8 sequences outnumber broken ones: a damaged file, not another encoding."""
    # A sequence holds no ASCII, so it survives when the ASCII around it is taken away.
    text = data.translate(None, _ASCII).decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    return len(text) - broken > 4 * broken


def _one_byte(data: bytes) -> str:
    foreign = bytes(byte for byte in data[:_SAMPLE] + data[-_SAMPLE:] if byte > 127)
    # Without a byte in 0x80-0x9f the Windows and ISO tables agree.
    if foreign and min(foreign) >= 0xA0:
        return "latin-1"
    scores = [len(_LIKELY.findall(foreign.decode(codec, errors="replace"))) for codec in _ONE_BYTE]
    best = _ONE_BYTE[scores.index(max(scores))]
    return best if best != "cp1252" or _decodes(data, best) else "latin-1"


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _from_utf8(data: bytes, encoding: str, *, strict: bool, name: str) -> Decoded:
    text = data[3:] if data.startswith(codecs.BOM_UTF8) else data
    if text.isascii() or _is_utf8(text):
        return Decoded(text, encoding)
    if strict:
        raise FileUnreadable(
            N_("{name} is not text in the encoding {encoding}."), name=name, encoding=encoding
        )
    damaged = tuple(
        n for n, line in enumerate(text.split(b"\n"), 1) if not (line.isascii() or _is_utf8(line))
    )
    return Decoded(text.decode("utf-8", errors="replace").encode("utf-8"), encoding, damaged)


def _transcode(data: bytes, encoding: str) -> bytes:
    if encoding not in ("latin-1", "iso8859-1", "cp1252", "iso8859-15", "mac_roman", "cp850"):
        return data.decode(encoding).encode("utf-8").removeprefix(codecs.BOM_UTF8)
    # One byte a character: chunks that are plain ASCII (nearly all of a price file) are kept as they are.
    chunks = (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))
    return b"".join(c if c.isascii() else c.decode(encoding).encode("utf-8") for c in chunks)
