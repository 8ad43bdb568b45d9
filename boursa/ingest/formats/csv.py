"""Tables written as text: a character between the values, a line a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from boursa.errors import FileUnreadable, TooLarge
from boursa.ingest import asking, columns, encodings, headings, layout, lines, separators, signatures
from boursa.ingest.cells import MISSING
from boursa.ingest.lines import Lines
from boursa.ingest.months import fold
from boursa.ingest.options import Dialect, Limits, ParseOptions
from boursa.ingest.remarks import KEPT, Note, Question, Rejected, shown
from boursa.ingest.tables import Table
from boursa.language import N_

_TOTAL = re.compile(r"(?:grand |sous[- ])?(?:total|totaux|somme|sum|moyenne|mean|average|source|note|nb)\b")
_LOOKED_AT = 10  # rows at the end that may be totals
_TYPED = ("number", "date", "truth")


@dataclass(frozen=True)
class _Page:
    """The text of the file cut into what stands above and the body."""

    body: bytes
    separator: str
    layout: layout.Layout
    questions: tuple[Question, ...]


@dataclass
class _Rows:
    """The body as columns of text, with the records that do not fit."""

    texts: list[Any]
    ragged: list[tuple[int, int, str]]  # record (0-based), number of cells, text

    @property
    def count(self) -> int:
        return len(self.texts[0])


def recognise(data: bytes) -> bool:  # noqa: ARG001 - the signature of every format
    """Say yes: what no other format recognises is taken for text, and refused there if it is not."""
    return True


def read(data: bytes, name: str, options: ParseOptions, limits: Limits) -> Table:
    """Return the table in `data`.

    Raises
    ------
    FileUnreadable, TooLarge
    """
    signatures.refuse_foreign(data, name)
    decoded = encodings.decode(data, name, options.encoding)
    text = _one_line_end(decoded.text)
    signatures.refuse_binary(text, name)
    page = _page(text, name, options, limits)
    rows = _rows(page, name, limits)
    where = _lines(page, rows)
    return _table(name, options, decoded, page, rows, where, limits)


def _one_line_end(text: bytes) -> bytes:
    """Return `text` without the end mark of DOS, and with lone carriage returns made line feeds."""
    text = text.rstrip(b"\x1a")
    returns = text.count(b"\r")
    if returns and returns != text.count(b"\r\n"):
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text


def _page(text: bytes, name: str, options: ParseOptions, limits: Limits) -> _Page:
    announced = separators.announced(text)
    sample = separators.sample_of(text)
    mark, question = options.separator or announced, None
    if mark is None:
        mark, question = separators.detect(sample)
        if (mark == "," or mark not in sample) and separators.only_blanks(sample):
            raise FileUnreadable(
                N_(
                    "{name}: no separator was found, only blanks between the values; put a semicolon, "
                    "a comma or a tab there, or give the blank with the option separator."
                ),
                name=name,
            )
    records = separators.records(sample, mark, skip_lines=1 if announced else 0)
    found = layout.find(records, name)
    if found.width > limits.max_columns:
        raise TooLarge(
            N_("{name} has {found} columns; the limit is {limit}."),
            name=name,
            found=found.width,
            limit=limits.max_columns,
        )
    body = text[_offset_of_line(text, found.body_line) :]
    if found.width == 1:
        body = body.rstrip(b"\r\n") + b"\n"  # blank lines are missing values there, but not at the end
    if lines.count(body) > limits.max_rows:
        _refuse_rows(name, lines.count(body), limits)
    return _Page(body, mark, found, (question,) if question else ())


def _refuse_rows(name: str, found: int, limits: Limits) -> None:
    raise TooLarge(
        N_("{name} has {found} lines; the limit is {limit}."), name=name, found=found, limit=limits.max_rows
    )


def _offset_of_line(text: bytes, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.index(b"\n", offset) + 1
    return offset


def _rows(page: _Page, name: str, limits: Limits) -> _Rows:
    """Read the body; a second time on one thread if records do not fit, to learn which ones."""
    strays: list[tuple[int, int, str]] = []
    table = _parse(page, name, strays, threads=True)
    if strays:
        strays.clear()
        table = _parse(page, name, strays, threads=False)
    if not table.num_rows:
        raise FileUnreadable(N_("{name} has a header and no data below it."), name=name)
    rows = _Rows([column.combine_chunks() for column in table.columns], strays)
    _refuse_open_quote(page, rows, name)
    for texts in rows.texts:
        longest = int(pc.max(pc.binary_length(texts)).as_py() or 0)
        if longest > limits.max_cell:
            raise TooLarge(
                N_("{name}: a cell holds {found} bytes of text; the limit is {limit}."),
                name=name,
                found=longest,
                limit=limits.max_cell,
            )
    return rows


def _parse(page: _Page, name: str, strays: list[tuple[int, int, str]], *, threads: bool) -> Any:
    width = page.layout.width
    keys = [str(column) for column in range(width)]

    def skip(row: Any) -> str:
        text = row.text if len(strays) < KEPT else ""
        strays.append((row.number - 1 if row.number else 0, row.actual_columns, text))
        return "skip"

    longest = page.body.find(b"\n") + 1 or len(page.body)
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(page.body),
            read_options=arrow_csv.ReadOptions(
                column_names=keys, use_threads=threads, block_size=max(1 << 20, 64 * longest)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=page.separator,
                newlines_in_values=_line_ends_in_values(page.body),
                ignore_empty_lines=width > 1,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()),
                null_values=list(MISSING),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                check_utf8=False,  # it was decoded a moment ago
            ),
        )
    except pa.ArrowInvalid as error:
        raise FileUnreadable(
            N_(
                "{name} cannot be cut into rows: a quotation mark is probably not closed, "
                "or a line is extremely long."
            ),
            name=name,
        ) from error


def _line_ends_in_values(body: bytes) -> bool:
    if b'"' not in body:
        return False
    buffer = np.frombuffer(body, dtype=np.uint8)
    quotes, ends = np.flatnonzero(buffer == 34), np.flatnonzero(buffer == 10)
    return bool((np.searchsorted(quotes, ends) % 2).any())


def _refuse_open_quote(page: _Page, rows: _Rows, name: str) -> None:
    """Refuse a file whose last row swallowed the lines below a mark that was never closed."""
    last = [texts[-1].as_py() or "" for texts in rows.texts] + [text for *_, text in rows.ragged[-1:]]
    end = page.body[-4096:].rstrip().rstrip(page.separator.encode())
    if any("\n" in cell for cell in last) and not end.endswith(b'"'):
        raise FileUnreadable(
            N_("{name}: a quotation mark is opened and never closed, near line {line}."),
            name=name,
            line=int(_lines(page, rows).of(rows.count - 1)),
        )


def _lines(page: _Page, rows: _Rows) -> Lines:
    total = rows.count + len(rows.ragged)
    blank = page.layout.width == 1
    found = lines.of_records(page.body, page.layout.body_line, page.separator, total, blank=blank)
    if rows.ragged:
        page_lines = found[[record for record, *_ in rows.ragged]]
        rows.ragged = [
            (int(line), n, text) for line, (_, n, text) in zip(page_lines, rows.ragged, strict=True)
        ]
        found = np.setdiff1d(found, page_lines, assume_unique=True)
    return Lines.from_array(found)


def _table(
    name: str,
    options: ParseOptions,
    decoded: encodings.Decoded,
    page: _Page,
    rows: _Rows,
    where: Lines,
    limits: Limits,
) -> Table:
    names, notes = headings.unique(page.layout.names, page.layout.width, limits, name)
    if page.layout.skipped:
        notes.append(asking.above_the_data(page.layout.skipped))
    kinds = [columns.sample_kind(texts) for texts in rows.texts]
    damaged = _damaged(decoded)
    dropped = _ragged(page, rows) + _trim_totals(rows, kinds, names, where, notes)
    rejected = dropped + damaged
    names, kinds = _drop_nameless(page, rows, names, kinds, notes)
    verdict = columns.settle(names, rows.texts, kinds, options, page.separator, where)
    return Table(
        name=name,
        data=pa.table(verdict.arrays, names=names),
        dialect=Dialect(
            page.separator,
            decoded.encoding,
            verdict.decimal,
            verdict.thousands,
            verdict.dates,
            page.layout.header_line,
        ),
        options=options,
        lines=where,
        rejected=tuple(sorted((rejected + verdict.rejected)[:KEPT], key=lambda one: one.line)),
        rejected_total=len(rejected) + verdict.rejected_total,
        questions=(*page.questions, *verdict.questions),
        notes=(*notes, *verdict.notes),
        dropped_lines=len(dropped),
        damaged_lines=len(damaged),
    )


def _ragged(page: _Page, rows: _Rows) -> list[Rejected]:
    width = page.layout.width
    return [
        Rejected(line, None, shown(text), "ragged", asking.ragged(n, width)) for line, n, text in rows.ragged
    ]


def _damaged(decoded: encodings.Decoded) -> list[Rejected]:
    return [Rejected(line, None, "", "undecodable", asking.UNDECODABLE) for line in decoded.damaged]


def _trim_totals(
    rows: _Rows, kinds: list[str], names: list[str], where: Lines, notes: list[Note]
) -> list[Rejected]:
    """Take rows without values, and lines of totals, off the end of the table."""
    out: list[Rejected] = []
    empty, end = 0, rows.count
    while end > 1 and len(out) < _LOOKED_AT:
        column = next(
            (i for i, texts in enumerate(rows.texts) if (texts[end - 1].as_py() or "").strip()), None
        )
        if column is None:
            if len(rows.texts) == 1:
                break  # a missing value there, not an empty row
            empty += 1
        elif kinds[column] in _TYPED and _TOTAL.match(
            fold(label := rows.texts[column][end - 1].as_py().strip())
        ):
            line = int(where.of(end - 1))
            out.append(Rejected(line, names[column], shown(label), "total-line", asking.TOTAL_LINE))
        else:
            break
        end -= 1
    rows.texts = [texts.slice(0, end) for texts in rows.texts]
    if empty:
        notes.append(asking.empty_tail(empty))
    return out


def _drop_nameless(
    page: _Page, rows: _Rows, names: list[str], kinds: list[str], notes: list[Note]
) -> tuple[list[str], list[str]]:
    """Drop columns with neither name nor value: a separator at the end of every line makes one."""
    heads = page.layout.names or ["x"] * page.layout.width
    kept = [i for i, head in enumerate(heads) if head.strip() or kinds[i] != "empty"] or [0]
    dropped = set(names) - {names[i] for i in kept}
    notes[:] = [note for note in notes if note.column not in dropped]
    rows.texts = [rows.texts[i] for i in kept]
    return [names[i] for i in kept], [kinds[i] for i in kept]
