"""Addresses of pages: how templates name them, and where a form may send the browser next."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask


def register(app: Flask) -> None:
    """Let templates name pages by Flask's ``url_for``, made once for each page.

    Nothing in an address depends on who asks, and a list names dozens, the same ones every time.
    """
    paths = app.url_map.bind("")

    @lru_cache(4096)
    def url_for(endpoint: str, **values: Any) -> str:
        return paths.build(endpoint, values)

    app.jinja_env.globals["url_for"] = url_for


def local(target: str | None) -> str:
    r"""Return `target` if it is a path on this host, else the first page.

    Browsers read a backslash as a slash and skip tabs and newlines, so that ``/\evil.example`` and
    ``/<tab>/evil.example`` lead away just as ``//evil.example`` does.
    """
    said = target or ""
    ours = said.startswith("/") and not said.startswith("//") and "\\" not in said and said.isprintable()
    return said if ours else "/"
