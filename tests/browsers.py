"""A browser for the tests of the pages: it keeps cookies and sends form tokens as a real one does."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

from clients import Client
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from boursa.services.policy import Actor

PASSWORD = "girafe et carnet mauve"  # pragma: allowlist secret
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser(Client):
    """A client of the application; `actor` is who is signed in in it, if a fixture did that."""

    actor: Actor | None = None

    def form_token(self, page: str = "/login") -> str:
        """Return the token that the forms on `page` carry; every page has a form with one."""
        found = _TOKEN.search(self.get(page, follow_redirects=True).text)
        assert found, f"{page} has no form"
        return found[1]

    def send(
        self, path: str, data: Mapping[str, Any] | None = None, *, page: str = "/login", **more: Any
    ) -> TestResponse:
        """Post a form to `path` with the token that `page` carries."""
        return self.post(path, data={"csrf_token": self.form_token(page), **(data or {})}, **more)

    def sign_up(self, username: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Make an account through the form, which signs its person in."""
        return self.send("/register", {"username": username, "password": password, **fields})

    def sign_in(self, name: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Sign in through the form."""
        return self.send("/login", {"name": name, "password": password, **fields})

    def upload(self, content: bytes, name: str = "cours.csv") -> TestResponse:
        """Send a file through the form."""
        # Encoded here: the client itself would leave a temporary file open for a large body.
        fields = {"csrf_token": self.form_token(), "file": FileStorage(io.BytesIO(content), name)}
        boundary, body = encode_multipart(fields)
        kind = f'multipart/form-data; boundary="{boundary}"'
        return self.post("/data/upload", data=body, content_type=kind)


def number(answer: TestResponse) -> int:
    """Return the number of the object whose page an answer leads to."""
    found = re.search(r"/(\d+)$", answer.location or "")
    assert found, f"{answer.status_code} {answer.location}"
    return int(found[1])


Bring = Callable[..., int]
MakeBrowser = Callable[[], Browser]
AsPerson = Callable[..., Browser]
