"""What every answer carries so that browsers and caches protect the person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from apiflask import APIFlask
from browsers import Browser
from databases import SQLITE
from routes import table
from scenes import Installed

from boursa import settings
from boursa.app import create_app
from boursa.web import assets

MakeApp = Callable[[dict[str, str]], APIFlask]
ADDRESSES = sorted({row.address for row in table() if row.verb == "GET"})
PROTECTION = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT = (
    "default-src 'self'",
    "script-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)


def _protected(headers: Mapping[str, str]) -> bool:
    policy = headers["Content-Security-Policy"].split("; ")
    assert set(STRICT) <= set(policy)
    assert "unsafe" not in headers["Content-Security-Policy"]
    return {name: headers.get(name) for name in PROTECTION} == PROTECTION


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_protected(installed: Installed, address: str) -> None:
    # Pages and redirects, errors and JSON, to visitors and to people.
    app, scene, _ = installed
    row = next(row for row in table() if row.address == address)
    owner, program = Browser(app, app.response_class), app.test_client()
    owner.set_cookie("boursa", scene.cookies["owner"])
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {scene.tokens['owner']}"
    for browser in (Browser(app, app.response_class), owner, program):
        answer = browser.get(row.path(scene.objects), buffered=True)
        assert _protected(answer.headers)
        # What one person may read is never kept for another.
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache", "no-cache")


@pytest.mark.parametrize("address", [one for one in ADDRESSES if not one.startswith("/api/v1/d")])
def test_no_page_needs_what_the_policy_forbids(installed: Installed, address: str) -> None:
    # A style or a script in the page would silently not work.
    app, scene, _ = installed
    owner = Browser(app, app.response_class)
    owner.set_cookie("boursa", scene.cookies["owner"])
    row = next(row for row in table() if row.address == address)
    answer = owner.get(row.path(scene.objects), buffered=True)
    if answer.mimetype != "text/html":
        return
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", answer.text)
    assert re.findall(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", answer.text) == []
    assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", answer.text) == []


@SQLITE
@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/nonsense", 404),
        ("GET", "/api/v1/nonsense", 404),
        ("GET", "/logout", 405),
        ("POST", "/login", 400),
        ("GET", "/account", 303),
        ("GET", "/static/nonsense.js", 404),
    ],
)
def test_errors_are_protected_too(browser: Browser, verb: str, path: str, status: int) -> None:
    # An error page is a page of ours like any other.
    answer = browser.open(path, method=verb)
    assert answer.status_code == status
    assert _protected(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"


@SQLITE
def test_a_fault_of_ours_is_protected_too(analyst: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    # Also the answer that nobody planned.
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("boursa.services.jobs.listed", fail)
    answer = analyst.get("/jobs")
    assert answer.status_code == 500
    assert _protected(answer.headers)


def test_an_installation_without_database_is_protected_too(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # The answer of a bad day.
    away = make_app({**environment, "DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"})
    answer = away.test_client().get("/login/link/x")
    assert answer.status_code == 503
    assert _protected(answer.headers)


@SQLITE
def test_files_are_kept_for_good_and_never_guessed_at(browser: Browser) -> None:
    # Their name changes with their content; a browser takes them for what they are said to be.
    for name in assets.manifest(assets.STATIC):
        answer = browser.get(assets.asset(name), buffered=True)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Set-Cookie" not in answer.headers


@SQLITE
def test_nothing_beside_the_built_files_is_served(browser: Browser) -> None:
    # No way out of the folder.
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/"):
        assert browser.get(path, buffered=True).status_code == 404


@SQLITE
def test_cookies_are_for_this_site_and_not_for_scripts(browser: Browser) -> None:
    # Neither the sign-in nor the form token can be read by a script or sent from another site.
    cookies = browser.get("/login").headers.getlist("Set-Cookie")
    cookies += browser.sign_up("Awa").headers.getlist("Set-Cookie")
    assert {one.partition("=")[0] for one in cookies} == {"boursa", "boursa-form"}
    for one in cookies:
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one


@SQLITE
def test_in_production_browsers_come_back_over_tls_only(environment: dict[str, str]) -> None:
    # And the page for those who write pages is not there.
    production = {**environment, "APP_CONFIG": "production", "SECRET_KEY": "".join(map(chr, range(65, 113)))}
    app = create_app(settings.load(production, complete=False))
    answers = {
        path: app.test_client().get(path, base_url="https://localhost") for path in ("/", "/styleguide")
    }
    app.extensions["boursa"].close()
    assert [answer.status_code for answer in answers.values()] == [200, 404]
    for answer in answers.values():
        seconds = answer.headers["Strict-Transport-Security"].removeprefix("max-age=")
        assert int(seconds) >= 31_536_000


@SQLITE
@pytest.mark.parametrize("way", ["br", "gzip"])
def test_pages_are_compressed_for_browsers_that_read_it(browser: Browser, way: str) -> None:
    # And caches are told that the answer depends on it.
    answer = browser.get("/guide", headers={"Accept-Encoding": way})
    assert answer.headers["Content-Encoding"] == way
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(answer.data) < 15_000


@SQLITE
def test_health_sets_no_cookie(browser: Browser) -> None:
    # A monitor is nobody.
    for path in ("/health", "/health/live"):
        assert "Set-Cookie" not in browser.get(path).headers
