"""The language of the person at the terminal: ``--lang``, else the locale."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import click

from boursa.errors import UsageError
from boursa.language import LANGUAGES, N_, choose_language, translate

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """Return the language of this command."""
    return _language.get()


def say(message: str, **params: Any) -> str:
    """Return an interface sentence in the person's language, placeholders filled in."""
    text = translate(message, language())
    return text.format(**params) if params else text


def take_language(arguments: list[str]) -> tuple[str, list[str]]:
    """Take ``--lang X`` from wherever it stands; return the language and the other arguments."""
    rest, wish = [], None
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            wish = next(words, "")
        elif word.startswith("--lang="):
            wish = word.removeprefix("--lang=")
        else:
            rest.append(word)
    if wish is not None and wish not in LANGUAGES:
        click.echo(str(UsageError(N_("--lang takes fr or en."))), err=True)
        raise SystemExit(UsageError.exit_status)
    return wish or choose_language(*_locale()), rest


def _locale() -> Iterator[str | None]:
    # In the order of POSIX: the first that is set decides.
    return (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))


@contextmanager
def in_language(chosen: str) -> Iterator[None]:
    """Speak `chosen` for the length of the block."""
    token = _language.set(chosen)
    try:
        yield
    finally:
        _language.reset(token)
