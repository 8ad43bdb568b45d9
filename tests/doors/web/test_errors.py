"""What went wrong is said in one sentence, in the person's language, with a way out; never as a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from browsers import AsPerson, Browser
from databases import SQLITE

pytestmark = SQLITE
MakeApp = Callable[[dict[str, str]], APIFlask]
FRENCH, ENGLISH = {"Accept-Language": "fr"}, {"Accept-Language": "en"}


def _one_sentence(page: str, sentence: str) -> None:
    assert f"data-problem>{sentence}</p>" in page
    assert page.count("data-problem>") == 1
    assert 'href="/"' in page
    assert "Traceback" not in page


def test_an_address_that_does_not_exist(browser: Browser) -> None:
    # Also for visitors: a sign-in would not make it exist.
    english = browser.get("/nonsense", headers=ENGLISH)
    french = browser.get("/nonsense", headers=FRENCH)
    assert (english.status_code, french.status_code) == (404, 404)
    _one_sentence(english.text, "There is no such page, or it is not yours.")
    assert '<html lang="fr"' in french.text
    assert "There is no such page" not in french.text


def test_the_way_out_leads_back_to_a_page_of_ours(browser: Browser) -> None:
    # A link to the page before, unless that was somebody else's.
    ours = browser.get("/nonsense", headers={"Referer": "http://localhost/guide"}).text
    assert '<a href="/guide">' in ours.partition("<main")[2]
    for referer in ("http://evil.example/guide", "http://localhost//evil.example"):
        assert "evil.example" not in browser.get("/nonsense", headers={"Referer": referer}).text


def test_the_address_itself_is_never_repeated_as_markup(browser: Browser) -> None:
    # A link that somebody was sent must not write into the page.
    assert "<script>alert" not in browser.get("/<script>alert(1)</script>").text


def test_a_wrong_verb_is_told_the_right_ones(browser: Browser) -> None:
    # As HTTP wants it, and as a page.
    answer = browser.get("/logout", headers=ENGLISH)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    _one_sentence(answer.text, "This address does not do that.")


def test_a_form_that_is_too_old(analyst: Browser) -> None:
    # Nothing was saved, and it is said how to go on.
    answer = analyst.post("/data/upload", data={"csrf_token": "old"})
    assert answer.status_code == 400
    sentence = "The page was open for too long, so nothing was saved. Go back and send it again."
    _one_sentence(answer.text, sentence)


def test_what_a_role_may_not_do(as_person: AsPerson) -> None:
    # It is said that it is the role, so that the person knows whom to ask.
    answer = as_person("viewer").send("/data/sample", {"name": "vix"}, headers=ENGLISH)
    assert answer.status_code == 403
    _one_sentence(answer.text, "Your role lets you look, but not ask for work.")


def test_a_fault_of_ours_tells_nothing(analyst: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    # The log says what happened; the page could help somebody with bad intentions.
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("boursa.services.jobs.listed", fail)
    answer = analyst.get("/jobs")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    _one_sentence(
        answer.text,
        "Something went wrong on our side; the administrator&#39;s log says what. Nothing was saved.",
    )


@pytest.mark.parametrize("cookie", [None, "anything"])
def test_a_database_that_is_away_is_said_and_asks_to_come_back(
    environment: dict[str, str], make_app: MakeApp, cookie: str | None
) -> None:
    # Without host, port or trace, whether or not the browser shows a cookie.
    away = make_app({**environment, "DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"})
    browser = Browser(away, away.response_class)
    if cookie:
        browser.set_cookie("boursa", cookie)
    path = "/data" if cookie else "/login/link/x"
    answer = browser.get(path, headers=ENGLISH)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    _one_sentence(answer.text, "The database cannot be reached at the moment; nothing was changed.")
    assert "127.0.0.1" not in answer.text
    assert "someone" not in answer.text


def test_a_visitor_can_read_without_a_database(environment: dict[str, str], make_app: MakeApp) -> None:
    # What needs no row asks for none.
    away = make_app({**environment, "DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"})
    for path in ("/", "/guide", "/login"):
        assert away.test_client().get(path).status_code == 200


def test_a_database_without_tables_is_said(environment: dict[str, str], make_app: MakeApp) -> None:
    # With the command that makes them.
    answer = make_app(environment).test_client().get("/login/link/x", headers=ENGLISH)
    assert answer.status_code == 503
    _one_sentence(answer.text, "The database has no current schema; run: boursa db upgrade")


def test_who_asks_too_often_is_told_when_to_come_back(
    environment: dict[str, str], make_app: MakeApp, analyst: Browser
) -> None:
    # Counted by person; a page, with the seconds in the header.
    busy = make_app({**environment, "REQUESTS_PER_MINUTE": "3"}).test_client()
    answers = [busy.get("/guide", headers=ENGLISH) for _ in range(5)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    _one_sentence(refused.text, "That was too often. Wait a moment, then try again.")


def test_somebody_who_was_signed_out_meanwhile_is_sent_back_afterwards(browser: Browser) -> None:
    # To the page, or for a form to the page it was on; and is told that nothing was saved.
    assert browser.get("/history?kind=test").location == "/login?next=/history?kind%3Dtest"
    here = {"Referer": "http://localhost/forecasts"}
    answer = browser.send("/forecasts", {"data": "1"}, headers={**here, **ENGLISH})
    assert answer.location == "/login?next=/forecasts"
    assert "You were signed out, so nothing was saved." in browser.get("/login", headers=ENGLISH).text


def test_a_script_of_somebody_who_was_signed_out_loads_the_whole_page(browser: Browser) -> None:
    # A sign-in form inside a table would be a riddle.
    answer = browser.get("/jobs", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/login?next=/jobs")
