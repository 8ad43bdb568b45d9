"""The client of every test of pages and API."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Client(FlaskClient):
    """A client that reads every answer to its end and closes it, as a real server does."""

    def open(self, *words: Any, buffered: bool = True, **more: Any) -> TestResponse:
        """Ask; with `buffered=False` the answer comes piece by piece, and the test closes it."""
        return super().open(*words, buffered=buffered, **more)
