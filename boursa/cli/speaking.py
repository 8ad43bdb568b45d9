"""The language of the person at the terminal: ``--lang``, else the locale."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import click

from boursa.errors import UsageError
from boursa.language import CATALOGUES, DOMAIN, LANGUAGES, N_, choose_language, integer, translate
from boursa.language import ngettext as plural

# What click says by itself; here so that the catalogue has it.
_CLICK = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("Show the version and exit."),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("default: {default}"),
)

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """Return the language of this command."""
    return _language.get()


def say(message: str, **params: Any) -> str:
    """Return an interface sentence in the person's language, placeholders filled in."""
    text = translate(message, language())
    return text.format(**params) if params else text


def ngettext(one: str, many: str, n: int, **params: Any) -> str:
    """Return the form of an interface sentence that goes with the count ``{n}``, in their language."""
    return plural(one, many, n, language()).format(n=integer(n, language()), **params)


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
        refusal = UsageError(N_("--lang takes fr or en."))
        click.echo(refusal.sentence(choose_language(*_locale())), err=True)
        raise SystemExit(UsageError.exit_status)
    return wish or choose_language(*_locale()), rest


def _locale() -> Iterator[str | None]:
    # In the order of POSIX: the first that is set decides.
    return (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))


@contextmanager
def in_language(chosen: str) -> Iterator[None]:
    """Speak `chosen` for the length of the block, and make click speak it too."""
    token, before = _language.set(chosen), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = chosen  # what gettext goes by when click asks it
    try:
        yield
    finally:
        _language.reset(token)
        os.environ.pop("LANGUAGE")
        if before is not None:
            os.environ["LANGUAGE"] = before
