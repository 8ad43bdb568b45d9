"""The language of a page: which one it is, and what templates need to speak it."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_datetime
from flask import Flask, g, request
from flask_babel import Babel, get_locale
from markupsafe import Markup

from boursa import language as words
from boursa.language import LANGUAGES, translate

COOKIE = "language"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def register(app: Flask) -> None:
    """Let Flask-Babel choose the language, and templates speak it."""
    Babel(app, default_locale=words.DEFAULT_LANGUAGE, locale_selector=_chosen)
    # Jinja would work out a filter on a constant once, in the language of whoever comes first.
    app.jinja_env.optimized = False
    app.jinja_env.globals["_"] = say
    app.jinja_env.globals["ngettext"] = ngettext
    app.jinja_env.filters.update(
        integer=lambda value: words.integer(value, language()),
        number=lambda value, digits=4: words.number(value, language(), digits),
        fixed=lambda value, decimals=2: words.fixed(value, language(), decimals),
        percent=lambda value, decimals=1: words.percent(value, language(), decimals),
        p_value=lambda value, bound=None: words.p_value(value, language(), bound),
        moment=lambda value: words.moment(str(value), language()),
        when=when,
        day=lambda value: words.moment(value.date().isoformat(), language()),
        text=lambda both: both[language()],
    )

    @app.teardown_appcontext
    def _forget(_: BaseException | None) -> None:
        _spoken.set(None)

    @app.context_processor
    def _language() -> dict[str, str]:
        return {"lang": language()}


def language() -> str:
    """Return the language of this request: ``fr`` or ``en``."""
    # A page asks hundreds of times; Flask-Babel, and Flask's `g`, look through their contexts each time.
    found = _spoken.get()
    if found is None:
        locale = get_locale()
        found = locale.language if locale else words.DEFAULT_LANGUAGE
        _spoken.set(found)
    return found


def say(message: str, **params: Any) -> str:
    """Return an interface sentence in the language of this request, placeholders filled in."""
    spoken = translate(message, language())
    return spoken.format(**params) if params else spoken


def ngettext(one: str, many: str, n: int, **params: Any) -> str:
    """Return the form of an interface sentence that goes with the count ``{n}``, in this language."""
    return words.ngettext(one, many, n, language()).format(n=words.integer(n, language()), **params)


def when(moment: datetime | None) -> Markup | str:
    """Return a moment as a ``<time>`` element, to the minute, in UTC."""
    return "—" if moment is None else _time(moment, language())


@lru_cache(4096)  # lists show the same moments again and again
def _time(moment: datetime, language: str) -> Markup:
    shown = format_datetime(moment, "d MMM y HH:mm", locale=language)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(moment.isoformat(), shown, shown)


def _chosen() -> str:
    person = g.get("person")
    wish = (person.language if person else None) or request.cookies.get(COOKIE)
    if wish in LANGUAGES:
        return wish
    # In the browser's own order, and "fr-CA" is French; none at all means French.
    return words.choose_language(*request.accept_languages.values())
