"""French and English: which one a page speaks, and that it speaks that one only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from browsers import Browser
from databases import SQLITE
from routes import table
from scenes import Installed

import boursa

CATALOGUE = Path(boursa.__file__).parent / "translations" / "fr" / "LC_MESSAGES" / "boursa.po"
# Not pages, or (the style guide) a page for those who write pages.
OTHERS = (
    "/health",
    "/health/live",
    "/metrics",
    "/styleguide",
    "/data/{shared.dataset}/file",
    "/data/{private.dataset}/file",
)
ROWS = [row for row in table() if row.verb == "GET" and not row.api and row.address not in OTHERS]
PAGES = sorted({row.address for row in ROWS if "200" in (row.statuses["owner"], row.statuses["nobody"])})
# Words that a file or a program says, and not the interface: they stay as they are in every language.
_SPOKEN = ("title", "aria-label", "placeholder", "alt")
_GAP = re.compile(r"\{\w+\}")


class Words(HTMLParser):
    """Every text on a page that a person sees or hears, but what stands in code or names a language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.found += [" ".join(said[name].split()) for name in _SPOKEN if said.get(name)]  # type: ignore[union-attr]
        if tag in ("script", "style", "code", "pre"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._inside:
            self.found.append(" ".join(data.split()))


def _sentences() -> Iterator[tuple[str, str]]:
    with CATALOGUE.open("rb") as file:
        for one in read_po(file):
            if one.id and one.string and one.id != one.string:
                yield str(one.id), str(one.string)


def _pattern(sentence: str) -> str:
    # A placeholder stands for anything.
    return "".join(
        ".+" if _GAP.fullmatch(part) else re.escape(" ".join(part.split(" ")))
        for part in re.split(r"(\{\w+\})", sentence)
    )


def _foreign(side: int) -> re.Pattern[str]:
    """Return what matches the sentences of one language that the other has not."""
    pairs = list(_sentences())
    here = {pair[1 - side] for pair in pairs}
    only = {pair[side] for pair in pairs} - here
    # A lone placeholder with marks around it would match everything.
    telling = [one for one in only if len(re.sub(r"\W", "", _GAP.sub("", one))) > 2]
    return re.compile("|".join(f"(?:{_pattern(one)})" for one in sorted(telling)))


ENGLISH, FRENCH = _foreign(0), _foreign(1)


@pytest.fixture(scope="module")
def browsers(installed: Installed) -> dict[str, Browser]:
    """One visitor, and the owner of everything."""
    app, scene, _ = installed
    made = {name: Browser(app, app.response_class) for name in ("nobody", "owner")}
    made["owner"].set_cookie("boursa", scene.cookies["owner"])
    return made


def _shown(browsers: dict[str, Browser], installed: Installed, address: str, language: str) -> str:
    row = next(row for row in ROWS if row.address == address)
    who = "owner" if row.statuses["owner"] == "200" else "nobody"
    answer = browsers[who].get(row.path(installed[1].objects), headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    return answer.text


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("language", "foreign"), [("fr", ENGLISH), ("en", FRENCH)], ids=["fr", "en"])
def test_a_page_speaks_one_language(
    browsers: dict[str, Browser], installed: Installed, address: str, language: str, foreign: re.Pattern[str]
) -> None:
    # No sentence of the other one, and no placeholder that nobody filled in.
    said = [
        one.replace("\u00a0", " ").replace("\u202f", " ")
        for one in Words(_shown(browsers, installed, address, language)).found
    ]
    assert len(said) > 10
    assert [one for one in said if foreign.fullmatch(one)] == []
    assert [one for one in said if _GAP.search(one)] == []


def test_a_sentence_of_the_other_language_would_be_found() -> None:
    # So that the test above can fail.
    for sentence in ("Which test?", "Job 7", "The data are kept; the Bilan appears piece by piece."):
        assert ENGLISH.fullmatch(sentence)
    assert Words("<p title='Jobs'>Hello {name}</p><code>Jobs</code>").found == ["Jobs", "Hello {name}"]


@SQLITE
@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("de", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,en;q=0.8,fr;q=0.5", "en"),
        ("fr;q=0.3,en;q=0.7", "en"),
    ],
)
def test_a_browser_is_spoken_to_as_it_wishes(browser: Browser, wishes: str | None, language: str) -> None:
    # In the order of its own ranking, and in French where it names nothing that is spoken here.
    headers = {} if wishes is None else {"Accept-Language": wishes}
    assert f'<html lang="{language}"' in browser.get("/", headers=headers).text


@SQLITE
def test_what_was_chosen_counts_more_than_what_the_browser_wishes(browser: Browser) -> None:
    # And stays chosen.
    browser.send("/preferences", {"language": "en"})
    assert '<html lang="en"' in browser.get("/", headers={"Accept-Language": "fr"}).text


@SQLITE
def test_what_a_person_chose_holds_in_every_browser(analyst: Browser) -> None:
    # It is kept with the account, over what this browser was told before.
    analyst.send("/preferences", {"language": "fr"})
    analyst.set_cookie("language", "en")
    assert '<html lang="fr"' in analyst.get("/").text


@SQLITE
def test_a_language_that_is_not_spoken_is_not_chosen(browser: Browser) -> None:
    # A cookie can hold anything.
    browser.set_cookie("language", "<script>")
    page = browser.get("/").text
    assert '<html lang="fr"' in page
    assert browser.send("/preferences", {"language": "klingon"}).status_code in (303, 400, 404, 422)


def test_numbers_and_dates_are_written_as_the_language_writes_them(
    browsers: dict[str, Browser], installed: Installed
) -> None:
    # Decimal comma and day first in French; point and ISO in English.
    french = _shown(browsers, installed, "/data/new/{shared.read}", "fr")
    english = _shown(browsers, installed, "/data/new/{shared.read}", "en")
    assert "01/01/2020" in french
    assert "2020-01-01" in english
    assert re.search(r">\d+,\d{4}<", french)
    assert re.search(r">\d+\.\d{4}<", english)
