"""From columns of text to typed columns: each draft is made alone, then the file decides together.

A column is of numbers (or dates) if nearly all of its values are: at most one in ten is not, or a
single one among five or more. Those few are rejected by line and column, never silently missing. A
digit text that begins with a zero (``00123``) makes the whole column text: it is a code.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from boursa.ingest import asking, dateorder, dates, epochs, numbers
from boursa.ingest.cells import FALSE, MISSING, TRUE, kind_of
from boursa.ingest.lines import Lines
from boursa.ingest.options import ParseOptions
from boursa.ingest.remarks import KEPT, Note, Question, Rejected, shown
from boursa.language import Text

_SAMPLE = 100
_TOLERATED = 0.10
_ALONE_AMONG = 5


@dataclass(frozen=True)
class Draft:
    """One column on its way: what it seems to be, and what its values say about the file's dialect."""

    name: str
    kind: str
    texts: Any
    values: Any = None  # set where the fast way succeeded
    coded: Any = None
    evidence: numbers.Evidence = field(default_factory=numbers.Evidence)
    dates: dates.Dates | None = None
    order: dateorder.Order | None = None


@dataclass
class Verdict:
    """What the columns gave together: typed arrays, marks of the dialect, and remarks."""

    lines: Lines
    arrays: list[Any] = field(default_factory=list)
    decimal: str | None = None
    thousands: str | None = None
    dates: str | None = None
    rejected: list[Rejected] = field(default_factory=list)
    rejected_total: int = 0
    questions: list[Question] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def reject(self, draft: Draft, bad: Any, code: str, reason: Text) -> None:
        """Count the rows whose distinct value is `bad`, and keep the first as examples."""
        if not bad.any():
            return
        codes = draft.coded.indices.fill_null(bad.size).to_numpy()
        rows = np.flatnonzero(np.append(bad, False)[codes])
        self.rejected_total += len(rows)
        for row in rows[: KEPT - len(self.rejected)]:
            value = shown(draft.texts[int(row)].as_py())
            self.rejected.append(Rejected(int(self.lines.of(row)), draft.name, value, code, reason))


def sample_kind(texts: Any) -> str:
    """Return what most of an even sample of `texts` look like, ``empty`` where all are missing."""
    present = texts.drop_null() if texts.null_count else texts
    if not len(present):
        return "empty"
    places = np.unique(np.linspace(0, len(present) - 1, _SAMPLE).astype(np.int64))
    kinds = Counter(kind_of(cell) for cell in pc.take(present, pa.array(places)).to_pylist())
    del kinds["missing"]
    if not kinds:
        return "empty"
    kind, seen = kinds.most_common(1)[0]
    return kind if seen > 0.5 * kinds.total() else "text"


def settle(
    names: Sequence[str],
    texts: Sequence[Any],
    kinds: Sequence[str],
    options: ParseOptions,
    separator: str,
    lines: Lines,
) -> Verdict:
    """Return the typed columns of a file whose `texts` are string arrays with nulls for missing."""
    drafts = [_draft(*column, options) for column in zip(names, texts, kinds, strict=True)]
    verdict = Verdict(lines)
    drafts = _settle_decimals(drafts, options, separator, verdict)
    drafts = _settle_orders(drafts, options, verdict)
    verdict.arrays = [_finish(draft, options, verdict) for draft in drafts]
    _note_lost(drafts, kinds, options, separator, verdict)
    _read_unix_time(drafts, verdict)
    verdict.rejected.sort(key=lambda one: one.line)
    return verdict


def _draft(name: str, texts: Any, kind: str, options: ParseOptions) -> Draft:
    draft = Draft(name, kind, texts)
    if kind == "number":
        return _draft_number(draft, options)
    if kind == "date":
        return _draft_date(draft, options)
    return replace(draft, coded=texts.dictionary_encode()) if kind == "truth" else draft


def _draft_number(draft: Draft, options: ParseOptions) -> Draft:
    evidence = numbers.weigh(pc.unique(draft.texts.slice(0, 200).drop_null()))
    if not evidence.open or options.decimal:
        decimal = options.decimal or evidence.decimal or "."
        values = numbers.fast(draft.texts, decimal)
        if values is not None:
            return replace(draft, values=values, evidence=evidence)
    coded = draft.texts.dictionary_encode()
    if numbers.has_codes(coded.dictionary):
        return Draft(draft.name, "text", draft.texts)
    return replace(draft, coded=coded, evidence=numbers.weigh(coded.dictionary))


def _draft_date(draft: Draft, options: ParseOptions) -> Draft:
    coded = draft.texts.dictionary_encode()
    parts = dates.take_apart(coded.dictionary)
    if not parts.read.any():
        return replace(_draft_number(draft, options), kind="number")
    rows = coded.indices.drop_null().to_numpy()
    return replace(draft, coded=coded, dates=parts, order=dateorder.decide(parts, rows))


def _settle_decimals(
    drafts: list[Draft], options: ParseOptions, separator: str, verdict: Verdict
) -> list[Draft]:
    """Let columns that leave their mark open (``1,234``) follow those that tell; ask where none does."""
    told = Counter(d.evidence.decimal for d in drafts if d.evidence.decimal)
    usual = told.most_common(1)[0][0] if told and len(set(told.values())) == len(told) else None
    implied = {",": ".", ".": ","}.get(options.thousands or "")
    settled = options.decimal or implied or usual
    # 1.234 between commas or tabs: nobody groups by points there.
    asked = [
        draft
        for draft in drafts
        if draft.kind == "number"
        and draft.evidence.open
        and not settled
        and (separator == ";" or not draft.evidence.point_open)
    ]
    if asked:
        examples = {_open_mark(text): text for text in map(_open_example, reversed(asked))}
        first = _open_example(asked[0])
        others = [text for mark, text in examples.items() if mark != _open_mark(first)]
        names = [draft.name for draft in asked]
        verdict.questions.append(asking.about_decimal(names, [first, *others], separator))
    guessed = verdict.questions[0].choices[0] if verdict.questions else None
    verdict.decimal = settled or guessed or _seen_mark(drafts)
    return drafts


def _open_mark(example: str) -> str:
    return "," if "," in example else "."


def _seen_mark(drafts: Iterable[Draft]) -> str | None:
    return next(
        (d.evidence.decimal or "." for d in drafts if d.kind == "number" and not d.evidence.silent), None
    )


def _open_example(draft: Draft) -> str:
    marked = pc.match_substring_regex(draft.coded.dictionary, r"\d[.,]\d{3}")
    return str(draft.coded.dictionary.filter(marked)[0].as_py()).strip()


def _settle_orders(drafts: list[Draft], options: ParseOptions, verdict: Verdict) -> list[Draft]:
    """Let columns of dates that tell nothing follow those that do, then the country; else ask."""
    told = next((d.order.order for d in drafts if d.order and d.order.decided_by), None)
    known = options.dates or told or ("dmy" if _french(drafts, verdict) else None)
    settled, silent, mixed = [], [], []
    for draft in drafts:
        order = draft.order
        if order is None:
            settled.append(draft)
            continue
        if options.dates or (not order.decided_by and known):
            order = replace(order, order=known or order.order, decided_by="other columns", against=0)
        draft = replace(draft, order=order)
        if not order.decided_by:
            silent.append(draft)
        elif order.contradicted:
            mixed.append(draft)
        verdict.dates = verdict.dates or order.order
        settled.append(draft)
    _ask_orders(silent, mixed, verdict)
    if verdict.dates is None and any(d.dates is not None for d in drafts):
        verdict.dates = "ymd"
    return settled


def _ask_orders(silent: Sequence[Draft], mixed: Sequence[Draft], verdict: Verdict) -> None:
    """Ask once about all columns: they follow one option, and where some are mixed the others follow them."""
    if silent:
        example, days = _telling_date(silent, ("dmy", "mdy"))
        verdict.questions.append(asking.about_order([draft.name for draft in silent], example, days))
    if mixed:
        order = _together([draft.order for draft in mixed if draft.order])
        example, days = _telling_date(mixed, (order.order, "mdy" if order.order == "dmy" else "dmy"))
        verdict.questions.append(
            asking.about_mixed_orders([draft.name for draft in mixed], order, example, days)
        )


def _together(orders: Sequence[dateorder.Order]) -> dateorder.Order:
    """Return the first order with what all columns say for and against it."""
    first = orders[0]
    sides = [(one.in_favour, one.against)[:: 1 if one.order == first.order else -1] for one in orders]
    return replace(first, in_favour=sum(side[0] for side in sides), against=sum(side[1] for side in sides))


def _french(drafts: Iterable[Draft], verdict: Verdict) -> bool:
    # A decimal comma and a word such as Clôture are written where the day comes first.
    return (verdict.decimal == "," and not verdict.questions) or asking.speaks_french(d.name for d in drafts)


def _telling_date(drafts: Iterable[Draft], orders: Sequence[str]) -> tuple[str, dict[str, datetime.date]]:
    """Return a date that is another day in each order, and those days; else any open date, and none."""
    fallback = ""
    for draft in drafts:
        if draft.dates is None:
            continue
        rows = draft.coded.indices.drop_null().to_numpy()
        days = [
            draft.dates.with_century(order, rows).under(order).astype("datetime64[D]") for order in orders
        ]
        telling = draft.dates.open & ~np.isnat(days[0]) & ~np.isnat(days[1]) & (days[0] != days[1])
        if telling.any():
            place = int(np.flatnonzero(telling)[0])
            found = {order: day[place].item() for order, day in zip(orders, days, strict=True)}
            return _text_of(draft, place), found
        fallback = fallback or _text_of(draft, int(np.flatnonzero(draft.dates.open)[0]))
    return fallback, {}


def _text_of(draft: Draft, place: int) -> str:
    return shown(str(draft.coded.dictionary[place].as_py()).strip())


def _finish(draft: Draft, options: ParseOptions, verdict: Verdict) -> Any:
    """Return the typed array of one column."""
    if draft.values is not None:
        return draft.values
    if draft.kind == "empty":
        return pa.nulls(len(draft.texts), pa.float64())
    typed = None
    if draft.kind == "number":
        typed = _numbers(draft, options, verdict)
    elif draft.kind == "date":
        typed = _dates(draft, verdict)
    elif draft.kind == "truth":
        typed = _truths(draft)
    return typed if typed is not None else _texts(draft.texts)


def _note_lost(
    drafts: Sequence[Draft], kinds: Sequence[str], options: ParseOptions, separator: str, verdict: Verdict
) -> None:
    """Say which columns are text only because of the options: read without them, they are something else."""
    if options.decimal is options.thousands is options.dates is None:
        return
    lost = [
        place
        for place, draft in enumerate(drafts)
        if draft.kind in ("number", "date") and pa.types.is_string(verdict.arrays[place].type)
    ]
    names, texts = [drafts[place].name for place in lost], [drafts[place].texts for place in lost]
    free = settle(names, texts, [kinds[place] for place in lost], ParseOptions(), separator, verdict.lines)
    for name, array in zip(names, free.arrays, strict=True):
        if not pa.types.is_string(array.type):
            kind = "date" if pa.types.is_temporal(array.type) else "number"
            verdict.notes.append(asking.became_text(name, kind, options))


def _read_unix_time(drafts: Sequence[Draft], verdict: Verdict) -> None:
    """Turn columns of Unix time into dates; the first column needs no name where there is no other date."""
    undated = not any(pa.types.is_temporal(array.type) for array in verdict.arrays)
    for place, draft in enumerate(drafts):
        array = verdict.arrays[place]
        unit = epochs.unit_of(draft.name, array, first=undated and place == 0)
        if unit:
            verdict.arrays[place] = epochs.moments(array, unit)
            verdict.notes.append(asking.unix_time(draft.name, unit))


def _texts(texts: Any) -> Any:
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _truths(draft: Draft) -> Any | None:
    words = pc.utf8_lower(pc.utf8_trim_whitespace(draft.coded.dictionary))
    true, false = (pc.is_in(words, pa.array(sorted(spelt))) for spelt in (TRUE, FALSE))
    if not pc.all(pc.or_(pc.or_(true, false), _missing(words))).as_py():
        return None
    return pc.take(pc.if_else(_missing(words), None, true), draft.coded.indices)


def _missing(texts: Any) -> Any:
    return pc.is_in(pc.utf8_trim_whitespace(texts), pa.array(MISSING))


def _tolerable(draft: Draft, bad: Any, absent: Any) -> bool:
    """Apply the rule of this module to the rows, not to the distinct values."""
    rows = np.bincount(draft.coded.indices.drop_null().to_numpy(), minlength=bad.size)
    failed, total = int(rows[bad].sum()), int(rows[~absent].sum())
    good = total - failed
    return good > 0 and (failed <= _TOLERATED * total or (failed == 1 and total >= _ALONE_AMONG))


def _numbers(draft: Draft, options: ParseOptions, verdict: Verdict) -> Any | None:
    distinct = draft.coded.dictionary
    decimal = (
        options.decimal
        or (draft.evidence.decimal if not options.thousands else None)
        or verdict.decimal
        or "."
    )
    values = numbers.fast(draft.texts, decimal) if draft.evidence.open else None
    if values is not None:
        return values  # what the mark means is settled only now
    read = numbers.parse(distinct, decimal, options.thousands)
    absent = _mask(_missing(distinct))
    bad = ~_mask(read.values.is_valid()) & ~absent
    if not _tolerable(draft, bad, absent) or not pc.any(pc.is_finite(read.values)).as_py():
        return None  # also a column of nothing but INF: a name, not a number
    mixed = _mixed_percent(draft, read, bad | absent)
    verdict.reject(draft, bad, "not-a-number", asking.NOT_A_NUMBER)
    verdict.reject(draft, mixed, "mixed-percent", asking.MIXED_PERCENT)
    verdict.thousands = verdict.thousands or read.grouped
    if decimal != verdict.decimal and not draft.evidence.silent:
        verdict.notes.append(asking.other_decimal(draft.name, decimal))
    if pc.any(read.percent).as_py():
        verdict.notes.append(asking.percent(draft.name))
    if read.money:
        verdict.notes.append(asking.money(draft.name, read.money))
    values = pc.if_else(pa.array(mixed), None, read.values) if mixed.any() else read.values
    return pc.take(values, draft.coded.indices)


def _mixed_percent(draft: Draft, read: numbers.Numbers, out: Any) -> Any:
    """Return the values that are out of line where some carry a percent sign and others do not."""
    percent = _mask(read.percent)
    values = read.values.to_numpy(zero_copy_only=False).astype(float)
    bare = ~percent & ~out & np.isfinite(values) & (values != 0)
    if not percent.any() or not bare.any():
        return np.zeros(percent.size, dtype=bool)
    rows = np.bincount(draft.coded.indices.drop_null().to_numpy(), minlength=percent.size)
    return bare if rows[percent].sum() >= rows[bare].sum() else percent


def _dates(draft: Draft, verdict: Verdict) -> Any | None:
    order = draft.order.order if draft.order else "dmy"
    if draft.dates is None:
        return None
    parts = draft.dates.with_century(order, draft.coded.indices.drop_null().to_numpy())
    moments = parts.under(order)
    absent = _mask(_missing(draft.coded.dictionary))
    bad = np.isnat(moments) & ~absent
    if not _tolerable(draft, bad, absent):
        return None
    swapped = bad & parts.open & ~np.isnat(parts.under("mdy" if order == "dmy" else "dmy"))
    verdict.reject(draft, bad & ~swapped, "not-a-date", asking.NOT_A_DATE)
    verdict.reject(draft, swapped, "other-date-order", asking.other_order(order))
    if (short := moments[parts.short_years & ~bad & ~absent]).size:
        first, last = (moment.astype("datetime64[Y]").item().year for moment in (short.min(), short.max()))
        verdict.notes.append(asking.two_digit_years(draft.name, first, last))
    moments, timed = _in_utc(draft.name, parts, moments, verdict)
    distinct = pa.array(moments if timed else moments.astype("datetime64[D]"))
    return pc.take(distinct, draft.coded.indices)


def _in_utc(
    name: str, parts: dates.Dates, moments: dates.Moments, verdict: Verdict
) -> tuple[dates.Moments, bool]:
    """Return moments in UTC where zones are written, and whether there is a time of day at all.

    Midnight in every row is a day, whatever the zone: Yahoo writes trading days as 00:00-05:00.
    """
    if not parts.micros[parts.read].any():
        return moments, False
    if parts.zoned:
        verdict.notes.append(asking.in_utc(name))
        moments = moments - parts.offset.astype("m8[s]")
    return moments, True


def _mask(booleans: Any) -> Any:
    return booleans.fill_null(False).to_numpy(zero_copy_only=False)
