"""The tree of errors is the one that the module draws, and its sentences survive every border."""

from __future__ import annotations

import pickle
import re

import pytest

from boursa import errors
from boursa.errors import BoursaError, ConfigurationError, FileUnreadable, NotFound
from boursa.language import Text

LINE = re.compile(r"^    ((?:│   |    )*)(?:[├└]── )?([A-Z]\w+) +(\S.*)$", re.MULTILINE)
ROOT = ("BoursaError", None, "error", 70, 500, False)

Row = tuple[str, str | None, str, int, int, bool]


def _drawn() -> list[Row]:
    """Return (class, parent, code, exit, HTTP, retry) of each line of the drawing but its head."""
    rows: list[Row] = []
    branch: list[str] = []
    for line in LINE.finditer(errors.__doc__ or ""):
        indent, name, rest = line.groups()
        depth = 0 if name == ROOT[0] else len(indent) // 4 + 1
        del branch[depth:]
        if depth:
            code, exit_status, http, *retry = rest.split()
            rows.append((name, branch[-1], code, int(exit_status), int(http), retry == ["yes"]))
        branch.append(name)
    return rows


def _subclasses(kind: type[BoursaError]) -> list[type[BoursaError]]:
    direct = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [kind, *[deeper for one in direct for deeper in _subclasses(one)]]


KINDS = _subclasses(BoursaError)


def _row(kind: type[BoursaError]) -> Row:
    parent = None if kind is BoursaError else kind.__mro__[1].__name__
    return kind.__name__, parent, kind.code, kind.exit_status, kind.http_status, kind.retryable


def test_the_drawing_is_the_tree() -> None:
    # Whoever reads the drawing may rely on it: every class, its parent, and what each door answers.
    drawn = [ROOT, *_drawn()]
    assert len(drawn) > 20
    assert sorted(drawn, key=str) == sorted(map(_row, KINDS), key=str)


def test_codes_are_unlike() -> None:
    # A program that reads the code must learn which error it was.
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_crosses_the_border_of_a_process_whole(kind: type[BoursaError]) -> None:
    # A child's error is told by its worker, in either language, with the placeholders filled in.
    sent = kind("{name} does not exist.", name="cours.csv", problems=["A: is missing."])
    came = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert type(came) is kind
    assert (came.message, came.params) == (sent.message, sent.params)
    assert came.to_dict() == sent.to_dict()
    assert str(came) == str(sent)


def test_a_sentence_is_said_in_both_languages() -> None:
    # A failed job keeps both, since it is not known who will look.
    said = FileUnreadable("{name} does not exist.", name="cours.csv").to_dict()
    assert said["code"] == "file-unreadable"
    assert said["en"] == "cours.csv does not exist."
    assert said["fr"] != said["en"]
    assert "cours.csv" in said["fr"]


def test_a_value_with_braces_is_repeated_as_it_is() -> None:
    # A column may be called "{0}" without breaking the sentence about it.
    assert str(NotFound("There is no {thing}.", thing="{0} {x}")) == "There is no {0} {x}."


def test_a_configuration_error_lists_every_fault() -> None:
    # One line a fault, in both languages.
    error = ConfigurationError(problems=["A: is missing.", "B: is weak."])
    assert error.problems == ["A: is missing.", "B: is weak."]
    said = Text(fr=error.sentence("fr"), en=error.sentence("en"))
    assert said.fr != said.en
    for language in ("fr", "en"):
        assert said[language].splitlines()[1:] == ["  - A: is missing.", "  - B: is weak."]
        assert "{" not in said[language]
