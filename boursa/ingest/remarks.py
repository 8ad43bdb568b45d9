"""What reading a file leaves to say: cells that were refused, questions, and plain notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boursa.language import Text

KEPT = 1000  # examples of rejected cells that are kept; all are counted
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

    The table was read by the first choice meanwhile.
    """

    column: str | None
    code: str
    option: str
    question: Text
    choices: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the question as JSON."""
        return {
            "column": self.column,
            "code": self.code,
            "option": self.option,
            "question": self.question.to_dict(),
            "choices": list(self.choices),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Question:
        """Return what `to_dict` wrote."""
        return cls(**{**stored, "question": Text(**stored["question"]), "choices": tuple(stored["choices"])})


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


def shown(value: str) -> str:
    """Return `value` short enough to stand in a message."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
