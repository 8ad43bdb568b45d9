"""Browsers in which nobody, or a new person of any role, is signed in."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import papers
import pytest
from apiflask import APIFlask
from browsers import AsPerson, Bring, Browser, MakeBrowser, number
from jinja2 import FileSystemBytecodeCache
from working import WorkOff

from boursa.runtime import Runtime
from boursa.services import accounts, policy, sessions
from boursa.services.policy import OPERATOR

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all tests, which takes longer than most tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def web(
    installation: Runtime,
    environment: dict[str, str],
    make_app: Callable[[dict[str, str]], APIFlask],
    compiled: FileSystemBytecodeCache,
) -> APIFlask:
    """The web application of the installation."""
    app = make_app(environment)
    app.jinja_env.bytecode_cache = compiled
    return app


@pytest.fixture
def make_browser(web: APIFlask) -> MakeBrowser:
    """A function that opens another browser, without cookies."""
    return lambda: Browser(web, web.response_class)


@pytest.fixture
def browser(make_browser: MakeBrowser) -> Browser:
    """A browser in which nobody is signed in."""
    return make_browser()


@pytest.fixture
def as_person(installation: Runtime, make_browser: MakeBrowser) -> AsPerson:
    """A function that opens a browser of a new person; its `actor` says who that is."""

    def open_as(role: str = "analyst", username: str | None = None) -> Browser:
        opened = make_browser()
        with installation.unit_of_work() as session:
            name = username or f"{role}-{next(_numbers)}"
            user = accounts.create(session, OPERATOR, name, role=role)
            token = sessions.start(session, user, days=1)
            opened.actor = policy.actor_of(session, user)
        opened.set_cookie("boursa", token)
        return opened

    return open_as


@pytest.fixture
def analyst(as_person: AsPerson) -> Browser:
    """A browser of a new analyst, who reads English."""
    opened = as_person("analyst")
    opened.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return opened


@pytest.fixture
def bring(work_off: WorkOff) -> Bring:
    """A function that sends a file, lets it be read, agrees; the Bilan is asked for. Returns the dataset."""

    def in_three_steps(browser: Browser, content: bytes | None = None, name: str = "cours.csv") -> int:
        check = browser.upload(content or papers.prices(60).encode(), name)
        work_off()
        return number(browser.send(f"{check.location}/confirm"))

    return in_three_steps
