"""The first page: what a visitor is told, and where a person's work stands."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from browsers import AsPerson, Bring, Browser
from databases import SQLITE
from working import WorkOff

from boursa.runtime import Runtime
from boursa.services import jobs

pytestmark = SQLITE
UPLOAD = 'action="/data/upload"'


def test_a_visitor_is_shown_the_way_in(browser: Browser) -> None:
    # And nothing of anybody's data, nor a way to what asks for a sign-in.
    page = browser.get("/").text
    assert 'href="/login"' in page
    assert 'href="/register"' in page
    assert 'href="/history"' not in page
    assert UPLOAD not in page


def test_where_nobody_may_sign_up_no_page_offers_it(
    installation: Runtime, environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> None:
    # A link that leads to a refusal is worse than none.
    closed = make_app({**environment, "DISABLE_PUBLIC_REGISTRATION": "true"}).test_client()
    assert 'href="/register"' not in closed.get("/").text


def test_somebody_new_is_offered_a_file_or_a_sample(analyst: Browser) -> None:
    # The first screen of an empty installation is the beginning of the main job.
    page = analyst.get("/").text
    assert UPLOAD in page
    assert page.count('action="/data/sample"') == 3


def test_a_viewer_is_offered_nothing_that_would_be_refused(as_person: AsPerson) -> None:
    # The role is said instead.
    page = as_person("viewer").get("/", headers={"Accept-Language": "en"}).text
    assert UPLOAD not in page
    assert "/data/sample" not in page
    assert "You may look at what others share with you." in page


def test_what_was_done_last_is_shown(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # Data and results, each one click away.
    dataset_id = bring(analyst)
    work_off()
    page = analyst.get("/").text
    assert f'href="/data/{dataset_id}">cours.csv</a>' in page
    assert 'href="/history/1">' in page


def test_what_is_under_way_is_shown(analyst: Browser, bring: Bring, installation: Runtime) -> None:
    # A person who comes back finds the running work again.
    bring(analyst)
    with installation.unit_of_work() as session:
        claim = jobs.claim_next(session, "w")
        assert claim
        jobs.heartbeat(session, claim, jobs.Progress(0.4, {"fr": "Lent", "en": "Slowly"}))
    page = analyst.get("/").text
    assert f'href="/jobs/{claim.job_id}"' in page
    assert "Slowly" in page
    assert "40%" in page


def test_what_others_have_is_not_shown(analyst: Browser, as_person: AsPerson, bring: Bring) -> None:
    # The page of one person never holds another person's data.
    bring(analyst, name="secret.csv")
    assert "secret.csv" not in as_person().get("/").text


def test_a_name_is_text_and_never_markup(analyst: Browser, bring: Bring) -> None:
    # In the earlier BoursA a name of a column ran as a script.
    dataset_id = bring(analyst, b"date;<b>prix</b>\n2024-01-02;1,5\n2024-01-03;1,6\n", "<i>cours</i>.csv")
    for path in ("/", "/data", f"/data/{dataset_id}", "/jobs", f"/tests/adf?data={dataset_id}"):
        page = analyst.get(path).text
        assert "<b>prix" not in page
        assert "<i>cours" not in page
