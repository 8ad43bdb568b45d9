"""One Chromium and one real BoursA for all tests here; a tab, and a person, for each."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
import sites
from playwright.sync_api import Browser, sync_playwright
from sites import Site
from walks import CORNERS, LOOKS, Look, MakePerson, Person, open_tab

from boursa import runtime, settings
from boursa.runtime import Runtime
from boursa.services import accounts, policy, sessions
from boursa.services.policy import OPERATOR

LIMIT_MB = 5
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_numbers = itertools.count(1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests, and put them last: Playwright keeps an event loop running in this thread."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: str(item.path).startswith(here))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM names; each tab has cookies and cache of its own."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        servers.missing("Chromium", "apt-get install chromium (or set CHROMIUM to a browser)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What `boursa run` serves; files of up to 5 MB are taken."""
    small = {"MAX_UPLOAD_MB": str(LIMIT_MB), "SIGN_UPS_PER_HOUR": "1000", "REQUESTS_PER_MINUTE": "10000"}
    with sites.running(tmp_path_factory.mktemp("site"), "--no-samples", **small) as running:
        yield running


@pytest.fixture(scope="session")
def behind(site: Site) -> Iterator[Runtime]:
    """The site's database and files, to look at what the pages do not show."""
    held = runtime.build(settings.load(site.environment))
    yield held
    held.close()


@pytest.fixture(
    params=[pytest.param(one, id=str(one), marks=() if one in CORNERS else pytest.mark.long) for one in LOOKS]
)
def look(request: pytest.FixtureRequest) -> Look:
    """Every language, appearance and width; the short run takes two opposite corners."""
    chosen: Look = request.param
    return chosen


@pytest.fixture
def busy(request: pytest.FixtureRequest) -> bool:
    """Whether other tests may be running at the same time, so that no time is asserted."""
    return request.node.get_closest_marker("long") is None


@pytest.fixture
def desk() -> Look:
    """The look of tests in which it does not matter."""
    return CORNERS[1]


@pytest.fixture
def make_visitor(chromium: Browser, site: Site) -> Iterator[MakePerson]:
    """A function that opens a tab in which nobody is signed in; at the end, that no page misbehaved."""
    opened: list[Person] = []

    def make(look: Look, address: str | None = None, **more: object) -> Person:
        opened.append(open_tab(chromium, address or site.address, look, **more))
        return opened[-1]

    yield make
    faults = [fault for person in opened for fault in person.watch.faults]
    for person in opened:
        person.page.context.close()
    assert not faults


@pytest.fixture
def make_person(make_visitor: MakePerson, behind: Runtime) -> MakePerson:
    """A function that opens a tab in which a new person is signed in."""

    def make(look: Look, username: str | None = None, **more: object) -> Person:
        person = make_visitor(look, **more)
        person.username = username or f"person-{next(_numbers)}"
        sign_in(person, behind)
        return person

    return make


@pytest.fixture
def visitor(make_visitor: MakePerson, look: Look) -> Person:
    """Somebody who is not signed in."""
    return make_visitor(look)


@pytest.fixture
def person(make_person: MakePerson, look: Look) -> Person:
    """Somebody new who is signed in and has no data yet."""
    return make_person(look)


def sign_in(person: Person, behind: Runtime) -> None:
    """Sign somebody in without the forms; an account is made for a name that has none."""
    with behind.unit_of_work() as session:
        known = [user for user in accounts.recent(session) if user.username == person.username]
        user = known[0] if known else accounts.create(session, OPERATOR, person.username)
        token = sessions.start(session, user, days=1)
        person.actor = policy.actor_of(session, user)
    person.page.context.add_cookies([{"name": "boursa", "value": token, "url": person.watch.address}])
