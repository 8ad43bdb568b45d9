"""Which character separates the columns, told from how evenly and how sensibly it cuts the lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from boursa.ingest import asking
from boursa.ingest.cells import SPACES, kind_of
from boursa.ingest.remarks import Question

# In order of preference: a file cut evenly by two of them is cut by the first.
CANDIDATES = (";", "\t", "|", ",", "^", "~", "\x1f")
_SAMPLE_RECORDS = 300
_SAMPLE_BYTES = 1 << 20
_SAMPLE_LINES = 5  # at least, however long they are
_CELLS = 10_000
_DECIMAL_LINE = re.compile(rf'"?[-+(]?\d[\d{SPACES}]*,\d+[{SPACES}]*[%€$)]?"?')
_SEP_LINE = re.compile(rb'\A"?sep=(.)"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Record:
    """One record of the sample: its cells, and the physical lines it stands on (1-based)."""

    cells: list[str]
    first_line: int
    last_line: int


def announced(text: bytes) -> str | None:
    """Return the separator that Excel's first line ``sep=;`` announces."""
    match = _SEP_LINE.match(text)
    return match[1].decode("utf-8", errors="replace") if match else None


def sample_of(text: bytes) -> str:
    """Return the first lines of `text`, whole lines only."""
    if len(text) <= _SAMPLE_BYTES:
        return text.decode("utf-8", errors="replace")
    end = text.rfind(b"\n", 0, _SAMPLE_BYTES) + 1
    if text.count(b"\n", 0, end) < _SAMPLE_LINES:
        end = 0
        for _ in range(_SAMPLE_LINES):
            end = text.find(b"\n", end) + 1 or len(text)
    return text[:end].decode("utf-8", errors="replace")


def records(sample: str, separator: str, skip_lines: int = 0) -> list[Record]:
    """Cut the sample's first lines, quotation marks respected; a blank line is a record without cells."""
    lines = sample.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    found: list[Record] = []
    before = skip_lines
    previous = csv.field_size_limit(1 << 30)  # a cell that is too long is named later, by its length
    try:
        reader = csv.reader((line + "\n" for line in lines[skip_lines:]), delimiter=separator)
        for cells in reader:
            last = skip_lines + reader.line_num
            found.append(Record(cells, before + 1, last))
            before = last
            if len(found) >= _SAMPLE_RECORDS:
                break
    except csv.Error:  # another thread put the limit back meanwhile: what was cut so far must do
        pass
    finally:
        csv.field_size_limit(previous)
    return found


def usual_width(rows: Iterable[Record]) -> int:
    """Return the number of cells that most records have; the larger number where two are as frequent."""
    widths = Counter(len(row.cells) for row in rows if row.cells)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def detect(sample: str) -> tuple[str, Question | None]:
    """Return the separator, and a question where lines like ``1,5`` can be read in two ways."""
    scores = {mark: _score(records(sample, mark)) for mark in CANDIDATES if mark in sample}
    best = max(scores, key=lambda mark: (round(scores[mark], 2), -CANDIDATES.index(mark)), default=",")
    if scores.get(best, 0.0) <= 0:
        # One column: any mark will do that no value holds, least of all a decimal comma.
        return next((mark for mark in CANDIDATES if mark not in sample), ","), None
    if best == "," and _one_decimal_column(sample):
        return ";", None if _has_heading(sample) else asking.about_separator(_first_line(sample))
    return best, None


def _score(rows: list[Record]) -> float:
    width = usual_width(rows)
    if width < 2:
        return 0.0
    # Lines above the first full one are a preamble: they are held against the separator only a little.
    start = next(i for i, row in enumerate(rows) if len(row.cells) == width)
    body = [row for row in rows[start:] if row.cells]
    even = sum(len(row.cells) == width for row in body) / len(body)
    # The first line may be names; where there is no other, it must do.
    below = body[1 : 2 + min(60, _CELLS // width)] or body
    cells = [cell for row in below if len(row.cells) == width for cell in row.cells]
    kinds = Counter(map(kind_of, cells))
    sensible = 1 - kinds["text"] / max(1, len(cells) - kinds["missing"])
    return even + sensible - 0.1 * bool(start) if even >= 0.5 else 0.0


def only_blanks(sample: str) -> bool:
    """Say whether blanks alone separate the values: lines that are not one value, evenly cut by blanks."""
    lines = [line.strip() for line in sample.splitlines() if line.strip()][1 : 1 + _SAMPLE_RECORDS]
    cut = [line.split() for line in lines if kind_of(line) == "text"]
    widths = Counter(map(len, cut))
    width, usual = widths.most_common(1)[0] if widths else (0, 0)
    if width < 2 or usual < 0.8 * len(lines):
        return False
    typed = [
        all(kind_of(row[column]) != "text" for row in cut if len(row) == width) for column in range(width)
    ]
    # A comma may be decimal (12,5) or separate: only where every piece makes sense are blanks believed.
    return sum(typed) >= (width if "," in sample else 2)


def _one_decimal_column(sample: str) -> bool:
    lines = [line.strip() for line in sample.splitlines() if line.strip()][:_SAMPLE_RECORDS]
    body = lines if _DECIMAL_LINE.fullmatch(lines[0]) else lines[1:]
    return (
        bool(body)
        and "," not in lines[0][: 0 if body is lines else None]
        and all(map(_decimal_or_whole, body))
    )


def _decimal_or_whole(line: str) -> bool:
    return bool(_DECIMAL_LINE.fullmatch(line)) or line.lstrip("-+").isdigit()


def _has_heading(sample: str) -> bool:
    return not _DECIMAL_LINE.fullmatch(_first_line(sample))


def _first_line(sample: str) -> str:
    return next(line.strip() for line in sample.splitlines() if line.strip())
