"""What a person does, from the first link to History after a restart, with the mouse and with the keys."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import papers
import pytest
from browsers import PASSWORD
from playwright.sync_api import Browser, expect
from sites import Site
from walks import CORNERS, ENDS_MS, Look, MakePerson, Person, open_tab

from boursa.runtime import Runtime
from boursa.services import datasets

FIRST_BLOCK_S = 5
# The blocks of a Bilan, in their order on the page.
BLOCKS = ("quality", "behaviour", "volatility", "forecast", "next")


@pytest.fixture(params=[CORNERS[0], pytest.param(CORNERS[1], marks=pytest.mark.long)], ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """Two opposite corners, in the short run the phone; test_pages has every page in every look."""
    chosen: Look = request.param
    return chosen


# The main way: a file, three steps, the Bilan.


def test_a_dropped_file_becomes_a_bilan_piece_by_piece(person: Person, busy: bool) -> None:
    # A file let go of anywhere on any page is read, shown, confirmed, and answered block by block.
    person.go("/guide")
    person.drop("cours.csv", papers.prices())
    person.page.wait_for_selector("#confirm", timeout=ENDS_MS)
    steps = person.page.locator(".steps-line li")
    expect(steps).to_have_count(3)
    expect(steps.nth(1)).to_have_attribute("aria-current", "step")
    expect(person.page.locator("#preview thead th")).to_have_count(4)
    expect(person.page.locator("#preview tbody")).to_contain_text("Abidjan")
    begin = time.monotonic()
    person.send("/confirm")
    person.page.wait_for_selector("#quality", timeout=ENDS_MS)
    first = time.monotonic() - begin
    person.page.wait_for_selector("#next", timeout=ENDS_MS)
    print(f"{person.look}: first block after {first:.1f} s, last after {time.monotonic() - begin:.1f} s")
    shown = person.page.locator("#bilan section[id]").evaluate_all("all => all.map((one) => one.id)")
    assert [name for name in shown if name in BLOCKS] == list(BLOCKS)
    expect(person.page.locator("#verdict .verdict-sentence")).not_to_be_empty()
    assert busy or first < FIRST_BLOCK_S


def test_every_answer_opens_the_test_behind_it(person: Person) -> None:
    # No figure stands alone: the sentence opens to the full test, which leads to the form that made it.
    person.bring("cours.csv", papers.prices())
    person.page.wait_for_selector("#behaviour", timeout=ENDS_MS)
    answers = person.page.locator("#behaviour .answer:has(details)")
    assert answers.count() >= 3
    for answer in answers.all():
        answer.locator("summary").click()
        expect(answer.locator(".stat-value").first).to_be_visible()
    with person.page.expect_navigation():
        answers.first.locator("a[href^='/tests/']").click()
    assert re.match(r"/tests/[\w-]+\?data=\d+", person.path)
    expect(person.page.locator("main input[name=columns]:checked")).to_have_count(1)


def test_the_forecast_of_a_bilan_opens_as_a_table(person: Person) -> None:
    # A drawing is also a sentence and a table.
    person.bring("cours.csv", papers.prices())
    person.page.wait_for_selector("#forecast", timeout=ENDS_MS)
    figure = person.page.locator("#forecast [data-chart]").first
    expect(figure.locator("canvas")).to_be_visible()
    expect(figure.locator("figcaption")).not_to_be_empty()
    figure.locator("summary").click()
    assert figure.locator("tbody tr").count() >= 5


def test_a_bilan_fits_on_paper(person: Person) -> None:
    # Paper does not scroll: what stands in a table is printed to its last column. A4 within its margins.
    person.bring("cours.csv", papers.prices())
    person.page.wait_for_selector("#next", timeout=ENDS_MS)
    person.page.emulate_media(media="print")
    person.page.set_viewport_size({"width": 703, "height": 1000})
    tables = person.page.locator("#bilan .table-scroll")
    assert tables.count() > 5
    person.page.evaluate("for (const one of document.querySelectorAll('details.disclosure')) one.open = true")
    cut = tables.evaluate_all(
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.ariaLabel)"
    )
    assert cut == []


def test_an_ambiguous_file_asks_and_is_read_as_answered(person: Person) -> None:
    # What the file cannot tell is asked, never guessed; nothing is kept before the answer.
    person.go("/data")
    person.drop("ambigu.csv", papers.ambiguous())
    person.page.wait_for_selector("#questions", timeout=ENDS_MS)
    assert person.page.locator("#confirm").count() == 0
    expect(person.page.locator("#questions legend")).not_to_be_empty()
    person.page.locator("#questions input[type=radio]").first.check()
    person.send("/again")
    person.page.wait_for_selector("#confirm", timeout=ENDS_MS)
    assert person.page.locator("#questions").count() == 0


def test_a_misread_file_is_corrected(person: Person) -> None:
    # How a file was read can be changed before it is kept.
    person.go("/data")
    person.drop("cours.csv", papers.prices())
    person.page.wait_for_selector("#confirm", timeout=ENDS_MS)
    person.page.locator("#dialect details > summary").click()
    person.page.locator("#dialect select[name=separator]").select_option(",")
    person.send("/again")
    person.page.wait_for_selector("#preview, [data-problem]", timeout=ENDS_MS)
    expect(person.page.locator("#preview thead th")).not_to_have_count(4)


def test_a_file_is_chosen_where_nothing_can_be_dropped(person: Person, tmp_path: Path) -> None:
    # The form does what the drop does.
    file = tmp_path / "choisi.csv"
    file.write_text(papers.prices(80), encoding="utf-8")
    person.upload(file)
    person.page.wait_for_selector("#confirm", timeout=ENDS_MS)


def test_without_scripts_everything_still_works(make_person: MakePerson, desk: Look, tmp_path: Path) -> None:
    # Forms and links are real: scripts only make the way shorter.
    person = make_person(desk, java_script_enabled=False)
    file = tmp_path / "cours.csv"
    file.write_text(papers.prices(80), encoding="utf-8")
    person.upload(file)
    _look_until(person, "#confirm")
    person.send("/confirm")
    _look_until(person, "#next")
    # What would be drawn stands in a table, and leaves no hole in the page.
    assert (
        person.page.locator("#bilan figure").count()
        == person.page.locator("#bilan figure table").count()
        == 5
    )
    assert person.page.locator(".figure-canvas:visible").count() == 0


def _look_until(person: Person, selector: str) -> None:
    until = time.monotonic() + 3 * ENDS_MS / 1000
    while person.page.locator(selector).count() == 0 and time.monotonic() < until:
        person.page.locator("main noscript a").click()
    expect(person.page.locator(selector)).to_be_visible()


# Single computations.


@pytest.fixture
def owner(person: Person, behind: Runtime) -> Person:
    """Somebody who has brought a file; `data` in its addresses is the dataset's number."""
    person.bring("cours.csv", papers.prices())
    return person


def _dataset(person: Person, behind: Runtime) -> int:
    assert person.actor is not None
    with behind.unit_of_work() as session:
        return datasets.listed(session, person.actor)[0].id


def test_a_test_refuses_too_many_columns_and_then_runs(owner: Person, behind: Runtime) -> None:
    # The form says how many columns a test needs, keeps what was chosen, and shows the result in words.
    owner.watch.expected |= {400, 422}
    owner.go("/tests")
    with owner.page.expect_navigation():
        owner.page.locator("main select[name=data]").select_option(str(_dataset(owner, behind)))
    with owner.page.expect_navigation():
        owner.page.locator("main a[href^='/tests/mann-whitney?']").click()
    owner.page.locator("main input[name=columns]").first.check()
    owner.send("/tests/mann-whitney")
    asked = "The number of columns for the test {test} is {least}, not {n}."
    assert owner.sentence() == owner.say(asked, test="mann-whitney", least=2, n=1)
    expect(owner.page.locator("main input[name=columns]").first).to_be_checked()
    owner.page.locator("main input[name=columns]").nth(1).check()
    owner.send("/tests/mann-whitney")
    owner.page.wait_for_url("**/history/*", timeout=ENDS_MS)
    expect(owner.page.locator(".result-reading")).not_to_be_empty()


def test_a_forecast_stands_next_to_the_naive_one(owner: Person, behind: Runtime) -> None:
    # One form, one result: verdict, drawing, every model on the past.
    owner.go(f"/forecasts?data={_dataset(owner, behind)}")
    owner.page.locator("main select[name=column]").select_option("Clôture")
    owner.page.locator("main input[name=horizon]").fill("8")
    owner.send("/forecasts")
    owner.page.wait_for_url("**/history/*", timeout=ENDS_MS)
    expect(owner.page.locator(".verdict-sentence")).not_to_be_empty()
    expect(owner.page.locator("[data-chart=fan] canvas")).to_be_visible()


def test_a_running_job_is_cancelled_from_the_list(person: Person) -> None:
    # Work that takes long is seen on the page of the jobs, and stops when it is told to.
    person.bring("large.csv", papers.wide())
    person.go("/jobs")
    cancel = person.page.locator("main form[action$='/cancel'] button").first
    expect(cancel).to_be_visible()
    with person.page.expect_navigation():
        cancel.click()
    person.page.wait_for_selector(".pill-cancelled", timeout=ENDS_MS)
    assert person.page.locator("main form[action$='/cancel']").count() == 0
    with person.page.expect_navigation():
        person.page.locator("main td a[href^='/jobs/']").first.click()
    assert person.sentence() == person.say("The job was cancelled.")
    expect(person.form("/retry")).to_be_visible()


def test_a_deleted_dataset_comes_back_by_the_message(owner: Person) -> None:
    # Deleting asks nothing, because the message that reports it undoes it.
    owner.page.locator(".page-actions details > summary").click()
    owner.send("/delete")
    assert owner.path == "/data"
    assert owner.page.locator("main a", has_text="cours.csv").count() == 0
    with owner.page.expect_navigation():
        owner.page.locator("#toasts form[action$='/restore'] button").click()
    owner.go("/data")
    expect(owner.page.locator("main a", has_text="cours.csv")).to_be_visible()


# Coming, going, preferences.


def test_somebody_signs_up_leaves_and_comes_back(visitor: Person) -> None:
    # An account is a name and a password; leaving closes what is behind the sign-in.
    name = f"awa-{visitor.look}"
    visitor.go("/")
    with visitor.page.expect_navigation():
        visitor.page.locator("main a[href='/register']").click()
    visitor.page.locator("input[name=username]").fill(name)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    visitor.send("/register")
    expect(visitor.page.locator("h1")).to_contain_text(name)
    place = visitor.open_menu()
    with visitor.page.expect_navigation():
        place.locator("form[action='/logout'] button").click()
    visitor.go("/history")
    assert visitor.path.startswith("/login")
    visitor.page.locator("input[name=name]").fill(name)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    visitor.send("/login")
    assert visitor.path == "/history"


def test_language_and_appearance_are_chosen_and_kept(person: Person) -> None:
    # A choice shows at once and stays: on the next page, and in the next session.
    other = {"fr": "en", "en": "fr"}[person.look.lang]
    shade = {"light": "dark", "dark": "light"}[person.look.theme]
    person.go("/data")
    with person.page.expect_navigation():
        person.open_menu().locator(f"button[name=language][value={other}]").click()
    assert person.path == "/data"
    expect(person.page.locator("html")).to_have_attribute("lang", other)
    with person.page.expect_response("**/preferences"):
        person.open_menu().locator(f"button[name=theme][value={shade}]").click()
    expect(person.page.locator("html")).to_have_attribute("data-bs-theme", shade)
    person.go("/guide")
    expect(person.page.locator("html")).to_have_attribute("data-bs-theme", shade)
    expect(person.page.locator("html")).to_have_attribute("lang", other)


def test_the_keys_are_enough(owner: Person) -> None:
    # Skip link first, menus open with Enter and close with Escape, what is folded opens with Enter.
    keys = owner.page.keyboard
    owner.page.wait_for_selector("#next", timeout=ENDS_MS)
    owner.go(owner.path)
    keys.press("Tab")
    expect(owner.page.locator(".skip")).to_be_focused()
    expect(owner.page.locator(".skip")).to_be_in_viewport()
    keys.press("Enter")
    expect(owner.page.locator("#content")).to_be_focused()
    menu = owner.page.locator(".page-actions details.menu")
    _tab_to(owner, ".page-actions details.menu > summary")
    keys.press("Enter")
    expect(menu).to_have_attribute("open", "")
    keys.press("Tab")
    expect(menu.locator("a").first).to_be_focused()
    keys.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    _tab_to(owner, "#behaviour .answer details > summary")
    keys.press("Enter")
    expect(owner.page.locator("#behaviour .answer .stat-value").first).to_be_visible()


def _tab_to(person: Person, selector: str, most: int = 60) -> None:
    for _ in range(most):
        person.page.keyboard.press("Tab")
        if person.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached within {most} steps")


# The whole way, on an installation of its own.


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    """An installation that was never started, and has no samples to work on."""
    made = Site(tmp_path, "--no-samples")
    yield made
    made.stop()


def _administrator(site: Site, chromium: Browser, look: Look) -> Person:
    """Start the site and follow the link that it prints."""
    site.start()
    person = open_tab(chromium, site.address, look)
    person.page.goto(site.link)
    with person.page.expect_navigation():
        person.page.locator("main form button[type=submit]").click()
    assert person.path.startswith("/account")
    return person


def test_history_outlives_a_restart(fresh: Site, chromium: Browser, desk: Look) -> None:
    # From the printed link to a result; Ctrl-C leaves nothing running; the next start shows it all.
    person = _administrator(fresh, chromium, desk)
    person.page.locator("#new-password").fill(PASSWORD)
    person.send("/account/password")
    person.bring("cours.csv", papers.prices())
    person.page.wait_for_selector("#next", timeout=ENDS_MS)
    verdict = person.page.locator("#verdict .verdict-sentence").inner_text()
    person.page.goto("about:blank")
    assert fresh.stop() == []
    fresh.start()
    person.watch.address = fresh.address
    person.go("/history?kind=analysis")
    assert person.path.startswith("/history")
    with person.page.expect_navigation():
        person.page.locator("main tr", has_text="cours.csv").locator("a").first.click()
    expect(person.page.locator(".verdict-sentence").first).to_have_text(verdict)
    person.page.context.close()
    assert fresh.stop() == []
    assert person.watch.faults == []


@pytest.mark.long
def test_a_new_installation_comes_with_its_samples(tmp_path: Path, chromium: Browser, desk: Look) -> None:
    # Somebody without a file of their own finds three Bilans to look at.
    site = Site(tmp_path)
    try:
        person = _administrator(site, chromium, desk)
        until = time.monotonic() + 3 * ENDS_MS / 1000
        bilans = person.page.locator("main tbody tr", has_text="Bilan")
        while bilans.count() < 3 and time.monotonic() < until:
            time.sleep(1)
            person.go("/history?kind=analysis")
        expect(bilans).to_have_count(3)
        expect(bilans.filter(has_text="sp500")).to_have_count(1)
        person.page.context.close()
        assert person.watch.faults == []
    finally:
        assert site.stop() == []
