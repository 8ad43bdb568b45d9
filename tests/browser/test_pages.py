"""Every page, in every look: nothing for axe to object to, nothing cut off, the right language."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import papers
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session
from walks import CORNERS, ENDS_MS, LOOKS, Look, MakePerson, Person

from boursa.ingest.options import ParseOptions
from boursa.runtime import Runtime
from boursa.services import accounts, analyses, history, links, policy, readings
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Job
from boursa.storage.models.base import now
from boursa.storage.models.jobs import DONE, FAILED

SCREENS = Path(__file__).parent.parent.parent / "artefacts" / "screens"
# WCAG 2.2 to level AA, and what axe advises beyond it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NOBODY = ("welcome", "guide", "login", "register", "link", "docs")
NEWCOMER = ("home-empty", "data-empty", "tests-empty", "forecasts-empty", "history-empty", "jobs-empty")
OWNER = (
    "home",
    "data",
    "bilan",
    "bilan-waiting",
    "tests",
    "test-form",
    "forecasts",
    "history",
    "history-test",
    "history-bilan",
    "history-forecast",
    "jobs",
    "job-waiting",
    "job-failed",
    "check",
    "check-questions",
    "check-failed",
    "check-waiting",
    "account",
    "missing",
)
ADDRESSES = {
    "welcome": "/",
    "guide": "/guide",
    "login": "/login",
    "register": "/register",
    "docs": "/api/v1/docs",
    "missing": "/data/987654321",
    "home": "/",
    "data": "/data",
    "forecasts": "/forecasts",
    "history": "/history",
    "jobs": "/jobs",
    "account": "/account",
    "tests": "/tests",
}


class Furniture:
    """Somebody who has one of everything; `addresses` says on which page each of them is."""

    def __init__(self, held: Runtime) -> None:
        self.held, self.username = held, "furnished"
        self.addresses = dict(ADDRESSES)
        with held.unit_of_work() as session:
            user = accounts.create(session, OPERATOR, self.username)
            self.actor = policy.actor_of(session, user)
            self.addresses["link"] = f"/login/link/{links.create(session, user, links.SIGN_IN, hours=1)}"
        self._data()
        self._readings()
        self._waiting()

    def _data(self) -> None:
        held = self.held
        check = self._read("cours.csv", papers.prices(600).encode())
        flat = self._read("parité.csv", papers.constant().encode())
        with held.unit_of_work() as session:
            version = readings.confirm(session, self.actor, check)
            dataset = version.data_file_id
            level = {"test": "jarque-bera", "columns": ["Clôture"]}
            asked = {
                "analysis": {},
                "test": level,
                "forecast": {"column": "Clôture", "horizon": 10, "levels": [80, 95]},
            }
            made = {
                kind: analyses.request(session, self.actor, kind, version, wish).id
                for kind, wish in asked.items()
            }
            still = readings.confirm(session, self.actor, flat)
            never = {"test": "jarque-bera", "columns": ["Taux"]}
            failed = analyses.request(session, self.actor, "test", still, never).id
        self.addresses |= {
            "check": f"/data/new/{check}",
            "bilan": f"/data/{dataset}",
            "tests": f"/tests?data={dataset}",
            "test-form": f"/tests/mann-whitney?data={dataset}",
            "forecasts": f"/forecasts?data={dataset}",
            "job-failed": f"/jobs/{failed}",
        }
        names = {"analysis": "bilan", "test": "test", "forecast": "forecast"}
        for kind, job_id in made.items():
            self._await(job_id, DONE)
            with held.unit_of_work() as session:
                self.addresses[f"history-{names[kind]}"] = f"/history/{history.of_job(session, job_id)}"
        self._await(failed, FAILED)

    def _readings(self) -> None:
        unclear = self._read("ambigu.csv", papers.ambiguous().encode())
        refused = self._read("image.csv", papers.PNG, FAILED)
        self.addresses |= {"check-questions": f"/data/new/{unclear}", "check-failed": f"/data/new/{refused}"}

    def _waiting(self) -> None:
        later = self._read("attente.csv", papers.prices(50).encode())
        with self.held.unit_of_work() as session:
            version = readings.confirm(session, self.actor, later)
            bilan = analyses.request(session, self.actor, "analysis", version, {})
            reading = self._ask(session, self.actor, "suivant.csv", b"Date;Cours\n2024-01-01;1\n")
            # Work whose time has not come: what is queued looks like this for as long as the test looks.
            later_on = update(Job).where(Job.id.in_((bilan.id, reading.id)))
            session.execute(later_on.values(run_after=now() + timedelta(days=1)))
            self.addresses |= {
                "bilan-waiting": f"/data/{version.data_file_id}",
                "job-waiting": f"/jobs/{bilan.id}",
                "check-waiting": f"/data/new/{reading.id}",
            }

    def _read(self, name: str, content: bytes, ends: str = DONE) -> int:
        with self.held.unit_of_work() as session:
            job_id = self._ask(session, self.actor, name, content).id
        self._await(job_id, ends)
        return job_id

    def _ask(self, session: Session, actor: Actor, name: str, content: bytes) -> Job:
        return readings.request(
            session,
            actor,
            content_sha256=self.held.blobs.put(content),
            size_bytes=len(content),
            filename=name,
            options=ParseOptions(),
            keep=False,
        )

    def _await(self, job_id: int, state: str) -> None:
        job = self.held.wait(job_id, ENDS_MS / 1000)
        assert job.state == state, (job.kind, job.state, job.error)


@pytest.fixture(scope="session")
def furniture(behind: Runtime) -> Furniture:
    """Somebody with one of everything."""
    return Furniture(behind)


def inspect(person: Person, name: str) -> None:
    """See that the page before `person` is whole, and keep a picture of it."""
    page, look = person.page, person.look
    page.wait_for_load_state("load")
    if name == "docs":
        page.wait_for_selector(".opblock")
    page.wait_for_function("""() => [...document.querySelectorAll("[data-chart] .figure-canvas")]
        .every((one) => one.querySelector("canvas"))""")
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}-{look}.png", full_page=True)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= look.width, f"the page is {width} pixels wide"
    assert page.locator("html").get_attribute("lang") == look.lang
    assert page.locator("html").get_attribute("data-bs-theme") == look.theme
    assert page.locator("h1:visible").count() == 1
    page.evaluate("document.querySelectorAll('details.disclosure').forEach((one) => { one.open = true })")
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    """Return what axe objects to, a line each."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']} at {node['target']}: {node['failureSummary']} {json.dumps(node['html'][:200])}"
        for one in found
        for node in one["nodes"]
    ]


def _in_looks(names: Sequence[str]) -> pytest.MarkDecorator:
    """Every page in every look; in the short run in one of two opposite corners, in turn."""
    return pytest.mark.parametrize(
        ("look", "name"),
        [
            pytest.param(look, name, id=f"{look}-{name}", marks=() if look == short else pytest.mark.long)
            for name, short in zip(names, itertools.cycle(CORNERS), strict=False)
            for look in LOOKS
        ],
    )


@_in_looks(NOBODY)
def test_a_page_that_everybody_sees(visitor: Person, furniture: Furniture, name: str) -> None:
    # A page is whole in every language, appearance and width.
    visitor.go(furniture.addresses[name])
    inspect(visitor, name)


@_in_looks(NEWCOMER)
def test_a_page_where_nothing_is_yet(person: Person, name: str) -> None:
    # Where nothing is yet, the page says what would be there and how to get it.
    where = name.removesuffix("-empty")
    person.go("/" if where == "home" else f"/{where}")
    assert person.page.locator("main a, main button").count() > 0
    inspect(person, name)


@_in_looks(OWNER)
def test_a_page_of_somebody_who_has_everything(
    make_person: MakePerson, furniture: Furniture, look: Look, name: str
) -> None:
    # The same with data, results, questions, failures and waiting on it.
    owner = make_person(look, furniture.username)
    owner.go(furniture.addresses[name], status=404 if name == "missing" else 200)
    inspect(owner, name)


# Whoever uses the keys stays where they are.


@pytest.mark.parametrize("name", ["bilan-waiting", "job-waiting", "check-waiting", "jobs"])
def test_the_focus_stays_where_it_is_while_a_page_changes(
    make_person: MakePerson, furniture: Furniture, desk: Look, name: str
) -> None:
    # A part that asks again is replaced every second or two, with the button that is about to be pressed.
    owner = make_person(desk, furniture.username)
    owner.go(furniture.addresses[name])
    button = owner.page.locator("main button[id^='cancel-']").first
    button.focus()
    for _ in range(2):
        owner.page.evaluate("document.activeElement.dataset.before = ''")
        expect(owner.page.locator("[data-before]")).to_have_count(0)
        expect(button).to_be_focused()


@pytest.mark.parametrize("path", ["/tests", "/tests/adf", "/forecasts"])
def test_data_are_chosen_with_the_arrow_keys(
    make_person: MakePerson, furniture: Furniture, desk: Look, path: str
) -> None:
    # Each choice asks for the page again; the next key goes on from there.
    owner = make_person(desk, furniture.username)
    owner.go(path)
    select = owner.page.locator("main select[name=data]")
    numbers = [one.get_attribute("value") for one in select.locator("option").all()]
    select.focus()
    for number in numbers[1:3]:
        with owner.page.expect_navigation():
            owner.page.keyboard.press("ArrowDown")
        expect(select).to_be_focused()
        expect(select).to_have_value(str(number))
