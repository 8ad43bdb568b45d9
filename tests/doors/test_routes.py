"""Who is answered what at every address, as ``routes.txt`` says; a refused request changes nothing."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from browsers import Browser
from routes import ACTORS, Row, table
from scenes import Installed, Scene
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.test import TestResponse

from boursa.runtime import Runtime
from boursa.storage.models import Base

ROWS = table()
READING = [row for row in ROWS if row.verb == "GET"]
FORMS = [row for row in ROWS if row.verb == "POST" and not row.api]
PATHS = sorted({row.address.partition("?")[0] for row in ROWS})
VERBS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
FILE = b"date;cours\n2024-01-02;1,5\n2024-01-03;1,6\n"

# What a request that was granted is answered.
DONE = ("200", "202", "204", "303")
# Written by whoever looks around, and no change of anything: when a cookie and a token were last seen.
SEEN = {"sessions": {"last_seen_at"}, "api_tokens": {"last_used_at"}}


class Stage:
    """The installation, what is in it, and putting it back as it was."""

    def __init__(self, app: APIFlask, scene: Scene, database: Path) -> None:
        self.app, self.scene, self._database = app, scene, database
        self._held: Runtime = app.extensions["boursa"]
        self._kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(database)) as live:
            live.backup(self._kept)
        self._forms = {actor: self._form_of(actor) for actor in ACTORS}
        self.before = self.contents()

    def close(self) -> None:
        """Forget how it was."""
        self._kept.close()

    def contents(self) -> dict[str, Any]:
        """Return every row of every table, and the names of all files."""
        with closing(sqlite3.connect(self._database)) as live:
            rows = {one.name: _rows(live, one) for one in Base.metadata.sorted_tables}
        return {**rows, "files": sorted(self._held.blobs.names())}

    def changed(self) -> list[str]:
        """Return what is not as it was, and put it back."""
        after = self.contents()
        found = [name for name, rows in after.items() if rows != self.before[name]]
        if found:
            with closing(sqlite3.connect(self._database)) as live:
                self._kept.backup(live)
            for name in set(after["files"]) - set(self.before["files"]):
                self._held.blobs.delete(name)
        return found

    def ask(self, actor: str, row: Row, *, verb: str | None = None, signed: bool = True) -> TestResponse:
        """Send what the row says, as `actor`; `signed` forms carry their token."""
        path, objects = row.path(self.scene.objects), self.scene.objects
        if row.api:
            shown = {} if actor == "nobody" else {"Authorization": f"Bearer {self.scene.tokens[actor]}"}
            sent = _with_file(row.form(objects)) if "file=" in row.sent else None
            body = {"data": sent} if sent else {"json": row.json(objects)} if row.sent else {}
            return self.app.test_client().open(
                path, method=verb or row.verb, headers=shown, buffered=True, **body
            )
        browser, token = self._browser(actor)
        data = _with_file([("csrf_token", token), *row.form(objects)] if signed else row.form(objects))
        return browser.open(
            path, method=verb or row.verb, data=None if row.verb == "GET" else data, buffered=True
        )

    def _browser(self, actor: str) -> tuple[Browser, str]:
        browser = Browser(self.app, self.app.response_class)
        token, cookie = self._forms[actor]
        browser.set_cookie("boursa-form", cookie)
        if actor != "nobody":
            browser.set_cookie("boursa", self.scene.cookies[actor])
        return browser, token

    def _form_of(self, actor: str) -> tuple[str, str]:
        """Return the token of a form that `actor` was shown, and the cookie that goes with it."""
        browser = Browser(self.app, self.app.response_class)
        if actor != "nobody":
            browser.set_cookie("boursa", self.scene.cookies[actor])
        token = browser.form_token("/")
        cookie = browser.get_cookie("boursa-form")
        assert cookie
        return token, cookie.value


def _rows(live: sqlite3.Connection, one: Any) -> list[tuple[Any, ...]]:
    columns = ", ".join(
        f'"{column.name}"' for column in one.columns if column.name not in SEEN.get(one.name, ())
    )
    return live.execute(f'SELECT {columns} FROM "{one.name}" ORDER BY 1, 2').fetchall()  # noqa: S608 - names of our own tables


def _with_file(fields: list[tuple[str, str]]) -> MultiDict[str, Any]:
    return MultiDict((name, (io.BytesIO(FILE), value) if name == "file" else value) for name, value in fields)


@pytest.fixture(scope="module")
def stage(installed: Installed) -> Iterator[Stage]:
    """One installation for all rows; each finds it as the first one did."""
    whole = Stage(*installed)
    yield whole
    whole.close()


def _said(answer: TestResponse) -> str:
    """Return the status as the table writes it."""
    to_login = answer.status_code == 303 and answer.location.partition("?")[0] == "/login"
    return "login" if to_login else str(answer.status_code)


@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.usefixtures("impatient")
def test_everybody_is_answered_as_the_table_says(stage: Stage, row: Row) -> None:
    # And whoever is refused, or only looks, has changed nothing: no row, no file.
    found: dict[str, str] = {}
    for actor in ACTORS:
        found[actor] = _said(stage.ask(actor, row))
        changed = stage.changed()
        if row.verb == "GET" or found[actor] not in DONE:
            assert changed == _left_by(row), f"{actor} was answered {found[actor]}"
    assert found == row.statuses


def _left_by(row: Row) -> list[str]:
    # That somebody tried a wrong password at an account is written down.
    return ["audit_log"] if row.address == "/login" and "password=wrong" in row.sent else []


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_a_form_without_its_token_does_nothing(stage: Stage, row: Row) -> None:
    # Another site can make a browser send a form, but cannot read the token.
    # What a stranger sends to a page behind the gate is not even looked at.
    for actor in ACTORS:
        refused = "login" if row.statuses[actor] == "login" else "400"
        assert _said(stage.ask(actor, row, signed=False)) == refused
        assert stage.changed() == []


@pytest.mark.parametrize("row", READING, ids=str)
def test_head_is_answered_like_get_without_a_body(stage: Stage, row: Row) -> None:
    # Programs that check links, and whatever else asks before it reads.
    for actor in ("nobody", "owner"):
        answer = stage.ask(actor, row, verb="HEAD")
        assert (_said(answer), answer.data) == (row.statuses[actor], b"")
        assert stage.changed() == []


@pytest.mark.parametrize("path", PATHS)
def test_other_verbs_are_refused_and_told_which_ones_there_are(stage: Stage, path: str) -> None:
    # Nobody is let in by asking in another way.
    row = next(row for row in ROWS if row.address.partition("?")[0] == path)
    there = set(stage.app.url_map.bind("localhost").allowed_methods(_path(stage, row)))
    for verb in VERBS - there:
        answer = stage.ask("administrator", row, verb=verb)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, there)
        assert stage.changed() == []


@pytest.mark.parametrize("path", PATHS)
def test_options_open_nothing_to_other_sites(stage: Stage, path: str) -> None:
    # No page of another site may read an answer.
    row = next(row for row in ROWS if row.address.partition("?")[0] == path)
    for actor in ("nobody", "owner"):
        answer = stage.ask(actor, row, verb="OPTIONS")
        assert _said(answer) in ("200", "401" if row.api else "login")
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert stage.changed() == []


def test_the_table_holds_every_address_and_no_other(stage: Stage) -> None:
    # An address that is new says here who may do what; one that is gone is taken out.
    address = stage.app.url_map.bind("localhost")
    known = {
        (rule.endpoint, verb) for rule in stage.app.url_map.iter_rules() for verb in rule.methods & VERBS
    }
    listed = {(address.match(_path(stage, row), row.verb)[0], row.verb) for row in ROWS}
    assert listed == known


def _path(stage: Stage, row: Row) -> str:
    return row.path(stage.scene.objects).partition("?")[0]


def test_an_address_that_is_gone_is_noticed(stage: Stage) -> None:
    # So that the comparison above can fail.
    with pytest.raises(MethodNotAllowed):
        stage.app.url_map.bind("localhost").match("/data", "POST")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_row_says_something_of_everybody(row: Row) -> None:
    # A cell that is missing would shift the ones after it.
    assert tuple(row.statuses) == ACTORS
    assert all(cell == "login" or cell.isdigit() for cell in row.statuses.values())
