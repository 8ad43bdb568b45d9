"""Recognising by its content what is not a table of text, whatever the file is called."""

from __future__ import annotations

import re

from boursa.errors import FileUnreadable
from boursa.language import N_

# (offset, magic bytes, sentence): whole sentences, because a kind inside a sentence cannot be translated.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", N_("{name} is a PNG image, not a data file.")),
    (0, b"\xff\xd8\xff", N_("{name} is a JPEG image, not a data file.")),
    (0, b"GIF8", N_("{name} is a GIF image, not a data file.")),
    (8, b"WEBP", N_("{name} is a WebP image, not a data file.")),
    (0, b"%PDF-", N_("{name} is a PDF document, not a data file.")),
    (0, b"\x1f\x8b", N_("{name} is a gzip archive: unpack it first.")),
    (0, b"BZh", N_("{name} is a bzip2 archive: unpack it first.")),
    (0, b"\xfd7zXZ\x00", N_("{name} is an xz archive: unpack it first.")),
    (0, b"7z\xbc\xaf\x27\x1c", N_("{name} is a 7-Zip archive: unpack it first.")),
    (0, b"Rar!\x1a\x07", N_("{name} is a RAR archive: unpack it first.")),
    (0, b"\x28\xb5\x2f\xfd", N_("{name} is a Zstandard archive: unpack it first.")),
    (0, b"\x7fELF", N_("{name} is a program, not a data file.")),
    (0, b"MZ", N_("{name} is a Windows program, not a data file.")),
    (0, b"\xcf\xfa\xed\xfe", N_("{name} is a program, not a data file.")),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        N_("{name} is an old Excel or Office file (.xls): save it as CSV."),
    ),
    (0, b"PAR1", N_("{name} is a Parquet file, which this version does not read: save it as CSV.")),
    (0, b"ARROW1", N_("{name} is an Arrow file, which this version does not read: save it as CSV.")),
    (0, b"SQLite format 3\x00", N_("{name} is an SQLite database, not a data file.")),
    (0, b"\x89HDF\r\n\x1a\n", N_("{name} is an HDF5 file, which BoursA does not read: save it as CSV.")),
    (0, b"\x93NUMPY", N_("{name} is a NumPy array, which BoursA does not read: save it as CSV.")),
    (0, b"{\\rtf", N_("{name} is a word-processor document (RTF), not a data file.")),
)
_BINARY = N_("{name} holds binary data, not text: it is no CSV file, or it is damaged.")
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\b")
_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{])')
# Bytes that no text file holds; tab, line feed, form feed, carriage return and Ctrl-Z are text.
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26, 28, 29, 30, 31}) + b"\x7f"


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise `FileUnreadable`, saying what it is, if `data` is of a known kind that is no text.

    Raises
    ------
    FileUnreadable
    """
    if not data:
        raise FileUnreadable(N_("{name} is empty."), name=name)
    for offset, magic, sentence in _MAGIC:
        if data.startswith(magic, offset):
            raise FileUnreadable(sentence, name=name)
    _refuse_zip(data, name)
    _refuse_markup(data[:4096], name)


def refuse_binary(text: bytes, name: str) -> None:
    """Raise `FileUnreadable` if `text`, already UTF-8, holds control characters that no text holds.

    Raises
    ------
    FileUnreadable
    """
    head = text[: 1 << 16]
    strange = len(head) - len(head.translate(None, _CONTROL))
    if b"\x00" in text or strange > len(head) * 0.005:
        raise FileUnreadable(_BINARY, name=name)


def _refuse_zip(data: bytes, name: str) -> None:
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return
    head = data[:4096]
    if b"xl/" in data[-65_536:] or b"xl/" in head:
        raise FileUnreadable(
            N_("{name} is an Excel workbook (.xlsx), which this version does not read: save it as CSV."),
            name=name,
        )
    if b"opendocument.spreadsheet" in head:
        raise FileUnreadable(
            N_("{name} is an OpenDocument sheet (.ods), which this version does not read: save it as CSV."),
            name=name,
        )
    raise FileUnreadable(N_("{name} is a ZIP archive: unpack it first."), name=name)


def _refuse_markup(head: bytes, name: str) -> None:
    if _PICKLE.match(head):
        raise FileUnreadable(
            N_("{name} is a Python pickle, which BoursA never opens: save it as CSV."), name=name
        )
    if _HTML.match(head):
        raise FileUnreadable(
            N_("{name} is a web page, not a data file; was it saved instead of the data?"), name=name
        )
    if _XML.match(head):
        raise FileUnreadable(N_("{name} is an XML document, not a CSV file."), name=name)
    if _JSON.match(head):
        raise FileUnreadable(
            N_("{name} is a JSON document, which this version does not read: save it as CSV."), name=name
        )
