"""What reading a file leaves to say: cells that were refused, questions, and plain notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from boursa.language import Text, integer, ngettext

KEPT = 1000  # examples of rejected cells that are kept; all are counted
# One answer can decide two marks: a comma that is not decimal groups thousands, or separates.
_DECIDES = {"decimal": ("decimal", "thousands"), "separator": ("separator", "decimal")}
_SHOWN = 120  # characters of a rejected value that are kept


@dataclass(frozen=True)
class Rejected:
    """One cell (or, with `column` None, one line) that was left out, and why."""

    line: int
    column: str | None
    value: str
    code: str
    reason: Text

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as JSON."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "reason": self.reason.to_dict(),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Rejected:
        """Return what `to_dict` wrote."""
        return cls(**{**stored, "reason": Text(**stored["reason"])})


@dataclass(frozen=True)
class Question:
    """Something the file cannot tell; `choices` are the values of `option` that would answer it.

    One option is asked about once: `columns` are all that its answer decides, `column` is the first of
    them. `labels` say of each choice what a value of the file would then be. The table was read by the
    first choice meanwhile.
    """

    column: str | None
    code: str
    option: str
    question: Text
    choices: tuple[str, ...]
    labels: tuple[Text, ...] = ()
    columns: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the question as JSON."""
        return {
            "column": self.column,
            "code": self.code,
            "option": self.option,
            "question": self.question.to_dict(),
            "choices": list(self.choices),
            "labels": [label.to_dict() for label in self.labels],
            "columns": list(self.columns),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Question:
        """Return what `to_dict` wrote."""
        # Tables that were kept before choices had labels have none.
        return cls(
            column=stored["column"],
            code=stored["code"],
            option=stored["option"],
            question=Text(**stored["question"]),
            choices=tuple(stored["choices"]),
            labels=tuple(Text(**label) for label in stored.get("labels", ())),
            columns=tuple(stored.get("columns", ())),
        )


@dataclass(frozen=True)
class Note:
    """Something that was done while reading and that a person should know."""

    code: str
    column: str | None
    note: Text

    def to_dict(self) -> dict[str, Any]:
        """Return the note as JSON."""
        return {"code": self.code, "column": self.column, "note": self.note.to_dict()}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Note:
        """Return what `to_dict` wrote."""
        return cls(**{**stored, "note": Text(**stored["note"])})


def still_open(questions: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the marks of a dialect that `questions`, as JSON, leave open: what was read is a guess there."""
    return frozenset(mark for one in questions for mark in _DECIDES.get(one["option"], (one["option"],)))


def left_out(counts: Mapping[str, int], language: str) -> list[str]:
    """Return a sentence for each kind of thing that was left out: whole lines, cells, unreadable bytes."""
    lines, cells, damaged = (counts.get(kind, 0) for kind in ("lines", "cells", "damaged"))
    said = (
        (lines, ngettext("{n} line was left out.", "{n} lines were left out.", lines, language)),
        (cells, ngettext("{n} cell was left out.", "{n} cells were left out.", cells, language)),
        (
            damaged,
            ngettext(
                "{n} line has bytes that are not UTF-8; they were replaced.",
                "{n} lines have bytes that are not UTF-8; they were replaced.",
                damaged,
                language,
            ),
        ),
    )
    return [sentence.format(n=integer(n, language)) for n, sentence in said if n]


def shown(value: str) -> str:
    """Return `value` short enough to stand in a message."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
