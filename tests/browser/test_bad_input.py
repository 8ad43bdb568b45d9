"""Bad input in the browser: one clear sentence, a way out, and nothing half-written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import papers
import pytest
from lines import Line, line_to
from playwright.sync_api import expect
from sites import Site
from sqlalchemy import delete, func, select
from walks import CORNERS, ENDS_MS, Look, MakePerson, Person

from boursa.runtime import Runtime
from boursa.storage.models import Dataset, DatasetVersion, HistoryEntry, Job, WebSession
from boursa.storage.models.jobs import QUEUED, RUNNING

Kept = Callable[[Person], dict[str, int]]


@pytest.fixture(params=[CORNERS[0], pytest.param(CORNERS[1], marks=pytest.mark.long)], ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Two opposite corners, in the short run the phone; test_pages has every page in every look."""
    chosen: Look = request.param
    return chosen


@pytest.fixture
def kept(behind: Runtime) -> Kept:
    """A function that counts what is kept of a person: data, versions, results, and jobs not yet ended."""

    def count(person: Person) -> dict[str, int]:
        assert person.actor is not None
        me = person.actor.user_id
        wanted = {
            "datasets": select(func.count()).where(Dataset.owner_id == me),
            "versions": select(func.count()).where(DatasetVersion.created_by == me),
            "results": select(func.count()).where(HistoryEntry.owner_id == me),
            "jobs": select(func.count()).where(Job.owner_id == me, Job.state.in_((QUEUED, RUNNING))),
        }
        with behind.unit_of_work() as session:
            return {name: session.scalar(one) or 0 for name, one in wanted.items()}

    return count


NOTHING = {"datasets": 0, "versions": 0, "results": 0, "jobs": 0}


def _file(folder: Path, name: str, megabytes: int) -> Path:
    path = folder / name
    with path.open("wb") as file:
        file.truncate(megabytes * 1_000_000)  # a hole: no disk is filled
    return path


def _lists_are_empty(person: Person) -> None:
    for path in ("/data", "/history"):
        person.go(path)
        expect(person.page.locator("main .empty-state")).to_be_visible()


def test_a_file_over_the_limit_is_not_even_sent(person: Person, kept: Kept, tmp_path: Path) -> None:
    # The page knows the limit: the sentence names file, size and limit, and the form is ready for another.
    person.upload(_file(tmp_path, "énorme.csv", 6))
    assert person.sentence() == person.say(
        "“{name}” weighs {size} MB; files up to {limit} MB are accepted.", name="énorme.csv", size=6, limit=5
    )
    expect(person.form("/data/upload").locator("button[type=submit]")).to_be_enabled()
    assert kept(person) == NOTHING
    _lists_are_empty(person)


def test_two_hundred_megabytes_over_the_limit(
    make_person: MakePerson, kept: Kept, desk: Look, tmp_path: Path
) -> None:
    # Without scripts the file does travel; the answer is a page of ours, not a cut connection.
    person = make_person(desk, java_script_enabled=False)
    person.watch.expected.add(413)
    person.go("/data")
    person.page.set_input_files("#upload-file", _file(tmp_path, "énorme.csv", 205))
    person.send("/data/upload")
    assert person.sentence() == person.say(
        "What was sent is too large: at most {most} MB are read here.", most=5
    )
    expect(person.page.locator("main .problem-way-out a[href='/']")).to_be_visible()
    assert kept(person) == NOTHING
    _lists_are_empty(person)


def test_a_picture_that_is_called_csv(person: Person, kept: Kept, tmp_path: Path) -> None:
    # The content decides, not the name.
    picture = tmp_path / "cours.csv"
    picture.write_bytes(papers.PNG)
    person.upload(picture)
    person.page.wait_for_url("**/data/new/*", timeout=ENDS_MS)
    sentence = person.sentence()
    assert "cours.csv" in sentence
    assert sentence.endswith(".")
    expect(person.page.locator("main .problem-way-out a[href='/data']")).to_be_visible()
    assert kept(person) == NOTHING
    _lists_are_empty(person)


@pytest.fixture
def line(site: Site) -> Iterator[Line]:
    """The network between a browser and the server."""
    with line_to(site.address) as laid:
        yield laid


def test_an_upload_that_breaks_off(
    make_person: MakePerson, look: Look, line: Line, kept: Kept, tmp_path: Path
) -> None:
    # The line goes dead in the middle of the file: the page says so, and sending again works.
    person = make_person(look, address=line.address)
    whole = tmp_path / "cours.csv"
    whole.write_text(papers.prices(60_000), encoding="utf-8")
    person.watch.expected_texts.append("net::ERR_")
    line.cut_after = 1_000_000
    person.upload(whole)
    assert person.sentence() == person.say("The connection was lost before the file had arrived. Try again.")
    assert line.cuts > 0
    assert kept(person) == NOTHING
    line.cut_after = float("inf")
    person.form("/data/upload").locator("button[type=submit]").click()
    person.page.wait_for_selector("#confirm", timeout=ENDS_MS)
    assert kept(person) == NOTHING


def _signed_out(person: Person, behind: Runtime) -> None:
    # As an administrator, another browser's password change, or the end of the fortnight does it.
    assert person.actor is not None
    with behind.unit_of_work() as session:
        session.execute(delete(WebSession).where(WebSession.user_id == person.actor.user_id))


LOST = "You were signed out, so nothing was saved. Sign in, then send it again."


def test_a_session_that_ends_while_a_form_is_open(person: Person, behind: Runtime, kept: Kept) -> None:
    # What was in the form was not saved, and the page says so where the way back in is.
    person.bring("cours.csv", papers.prices(80))
    person.page.wait_for_selector("#next", timeout=ENDS_MS)
    before = kept(person)
    person.go(f"/tests/jarque-bera?data={person.path.rpartition('/')[2]}&columns=Cl%C3%B4ture")
    _signed_out(person, behind)
    person.send("/tests/jarque-bera")
    assert person.path.startswith("/login?next=/tests/jarque-bera")
    assert person.sentence() == person.say(LOST)
    expect(person.form("/login")).to_be_visible()
    assert kept(person) == before


def test_a_session_that_ends_before_a_file_is_dropped(person: Person, behind: Runtime, kept: Kept) -> None:
    # The same where a script sends: the sentence is not lost on the way.
    person.go("/data")
    _signed_out(person, behind)
    person.drop("cours.csv", papers.prices(80))
    person.page.wait_for_url(re.compile("/login"), timeout=ENDS_MS)
    assert person.sentence() == person.say(LOST)
    assert kept(person) == NOTHING


def test_a_job_that_fails(person: Person, kept: Kept) -> None:
    # A test without an answer: why, in one sentence, and the form to correct; History has no half result.
    person.bring("parité.csv", papers.constant())
    dataset = person.path.rpartition("/")[2]
    person.page.wait_for_selector("#next, [data-problem]", timeout=ENDS_MS)
    before = kept(person)
    person.go(f"/tests/jarque-bera?data={dataset}&columns=Taux")
    person.watch.expected.add(422)
    person.send("/tests/jarque-bera")
    assert "Taux" in person.sentence()
    expect(person.page.locator("main .problem a[href='/data']")).to_be_visible()
    assert person.page.locator("main form[action$='/retry']").count() == 0
    assert kept(person) == before
    with person.page.expect_navigation():
        person.page.locator("main .problem a[href^='/tests/jarque-bera?']").click()
    expect(person.page.locator("main input[name=columns]:checked")).to_have_value("Taux")
    person.go("/history?kind=test")
    expect(person.page.locator("main .empty-state")).to_be_visible()


def test_two_people_bring_files_of_the_same_name(make_person: MakePerson, look: Look) -> None:
    # Neither sees the other's anything: not in lists, not by its number, not in the Bilan.
    people = [make_person(look), make_person(look)]
    for person, level in zip(people, (100.0, 5000.0), strict=True):
        person.bring("ventes.csv", papers.prices(120, start=level))
        person.page.wait_for_selector("#next", timeout=ENDS_MS)
    addresses = [person.path for person in people]
    assert addresses[0] != addresses[1]
    summaries = [person.page.locator("#quality figcaption").inner_text() for person in people]
    assert summaries[0] != summaries[1]
    for person, other in zip(people, reversed(addresses), strict=True):
        _sees_one_of_each(person)
        person.go(other, status=404)
        assert "ventes.csv" not in person.page.locator("main").inner_text()


def _sees_one_of_each(person: Person) -> None:
    for path in ("/data", "/history"):
        person.go(path)
        expect(person.page.locator("main tbody tr")).to_have_count(1)
    person.go("/jobs")  # the reading and the Bilan
    expect(person.page.locator("main tbody tr")).to_have_count(2)
