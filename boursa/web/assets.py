"""Where the built front-end files are: a name as the source has it becomes an address with a hash."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path

from flask import Flask
from markupsafe import Markup

from boursa.errors import ConfigurationError
from boursa.language import N_

STATIC = Path(__file__).parent / "static"
ADDRESS = "/static/"


def register(app: Flask) -> None:
    """Let templates say ``asset("app.css")`` and ``icon("home")``."""
    app.jinja_env.globals.update(asset=asset, icon=icon)


def asset(name: str) -> str:
    """Return the address of a built file; its name changes with its content, so browsers keep it for good."""
    return ADDRESS + manifest(STATIC)[name]


@lru_cache(1024)  # a page draws dozens, always the same ones
def icon(name: str, label: str | None = None) -> Markup:
    """Return a drawing out of the set of icons; without a label it is decoration."""
    heard = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    drawing = Markup('<svg class="icon" width="18" height="18" {}><use href="{}#{}"/></svg>')
    return drawing.format(heard, asset("icons.svg"), name)


@cache
def manifest(folder: Path) -> dict[str, str]:
    """Return which file stands for which name."""
    try:
        built: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(
            N_("The styles and scripts of the pages are not built; `make setup` builds them.")
        ) from None
    return built
