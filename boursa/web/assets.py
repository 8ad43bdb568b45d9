"""Where the built front-end files are: a name as the source has it becomes an address with a hash."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Flask

from boursa.errors import ConfigurationError
from boursa.language import N_

STATIC = Path(__file__).parent / "static"
ADDRESS = "/static/"


def register(app: Flask) -> None:
    """Let templates say ``asset("app.css")``."""
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """Return the address of a built file; its name changes with its content, so browsers keep it for good."""
    return ADDRESS + manifest(STATIC)[name]


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
