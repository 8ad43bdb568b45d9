"""What a computation was about, in a few words: ten tests of one file are told apart in a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from boursa.language import N_
from boursa.web.speaking import say

_NAMED, _CHARACTERS = 4, 80


def register(app: Flask) -> None:
    """Make the filter known to templates."""
    app.jinja_env.filters["subject"] = subject


def subject(parameters: Mapping[str, Any] | None) -> str:
    """Return the columns that `parameters` name; empty where they name none."""
    asked = parameters or {}
    if asked.get("value") and asked.get("group"):
        return _short(say(N_("{value} by {group}"), value=asked["value"], group=asked["group"]))
    names = asked.get("columns") or asked.get("column") or []
    # The earlier BoursA kept other things under these words.
    names = [str(one) for one in names] if isinstance(names, list) else [str(names)]
    return _short(", ".join([*names[:_NAMED], *(["…"] if len(names) > _NAMED else [])]))


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"
