"""Work that was asked for: how far it is, stopping it, and asking once more."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import papers
import pytest
from browsers import Bring, Browser, number
from databases import SQLITE
from working import WorkOff

from boursa.errors import BoursaError, Conflict, ConstantSeries, LimitReached
from boursa.runtime import Runtime
from boursa.services import jobs
from boursa.services.jobs import Progress
from boursa.storage.models import Job

pytestmark = [SQLITE, pytest.mark.usefixtures("impatient")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def queued(analyst: Browser, bring: Bring) -> str:
    """The page of a job that waits: number 2, the Bilan of the data number 1."""
    bring(analyst)
    return "/jobs/2"


def _state(installation: Runtime, job_id: int = 2) -> str:
    with installation.unit_of_work() as session:
        return session.get_one(Job, job_id).state


def test_a_job_shows_how_far_it_is_until_it_has_ended(
    analyst: Browser, queued: str, installation: Runtime
) -> None:
    # Fraction and sentence, in the person's language.
    assert "Waiting for a free worker" in analyst.get(queued).text
    with installation.unit_of_work() as session:
        claim = jobs.claim_next(session, "w")
        assert claim
        jobs.heartbeat(session, claim, Progress(0.625, {"fr": "Essai de thêta", "en": "Trying theta"}))
    page = analyst.get(queued).text
    assert "63%" in page or "62%" in page
    assert "Trying theta" in page
    assert "Essai de thêta" in analyst.get(queued, headers={"Accept-Language": "fr"}).text
    assert f'hx-get="{queued}"' in page


def test_a_job_that_is_done_leads_to_its_result(analyst: Browser, queued: str, work_off: WorkOff) -> None:
    # A browser is sent on; a script is told to go there, since it would only swap a part.
    work_off()
    assert (analyst.get(queued).status_code, analyst.get(queued).location) == (303, "/data/1")
    part = analyst.get(queued, headers=HTMX)
    assert (part.status_code, part.headers["HX-Redirect"]) == (200, "/data/1")


def test_the_list_names_every_job_and_its_state(analyst: Browser, queued: str) -> None:
    # It asks again as long as anything is under way.
    page = analyst.get("/jobs").text
    assert 'href="/jobs/1"' in page
    assert f'href="{queued}"' in page
    assert "pill-done" in page
    assert "pill-queued" in page
    assert 'hx-get="/jobs"' in page
    part = analyst.get("/jobs", headers=HTMX)
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]


def test_a_list_of_ended_jobs_asks_for_nothing_more(analyst: Browser, queued: str, work_off: WorkOff) -> None:
    # The polling block carries its own stop.
    work_off()
    assert "hx-get" not in analyst.get("/jobs").text


def test_without_jobs_the_page_says_what_would_be_there(analyst: Browser) -> None:
    # To a script too, whose block must not vanish.
    assert "No jobs yet" in analyst.get("/jobs").text


def test_a_waiting_job_is_stopped_at_once(
    analyst: Browser, queued: str, installation: Runtime, work_off: WorkOff
) -> None:
    # And is not done afterwards.
    assert analyst.send(f"{queued}/cancel").location == queued
    assert _state(installation) == "cancelled"
    assert work_off() == 0
    page = analyst.get(queued).text
    assert "The job was cancelled." in page
    assert "hx-get" not in page


def test_a_running_job_is_asked_to_stop(analyst: Browser, queued: str, installation: Runtime) -> None:
    # Its worker hears of it; until then it is running.
    with installation.unit_of_work() as session:
        claim = jobs.claim_next(session, "w")
    assert claim
    assert analyst.send(f"{queued}/cancel").status_code == 303
    with installation.unit_of_work() as session:
        assert jobs.cancel_asked(session, [claim]) == {claim.job_id}


def test_what_was_stopped_can_be_asked_for_again(
    analyst: Browser, queued: str, installation: Runtime, work_off: WorkOff
) -> None:
    # The same job, from the start.
    analyst.send(f"{queued}/cancel")
    assert f'action="{queued}/retry"' in analyst.get(queued).text
    assert analyst.send(f"{queued}/retry").location == queued
    assert work_off() == 1
    assert _state(installation) == "done"


def test_what_has_ended_cannot_be_stopped_nor_retried(
    analyst: Browser, queued: str, work_off: WorkOff
) -> None:
    # One sentence, and nothing changes.
    work_off()
    for action, sentence in (
        ("cancel", "Job 2 has already ended."),
        ("retry", "Job 2 has not failed, so there is nothing to retry."),
    ):
        answer = analyst.send(f"{queued}/{action}")
        assert answer.status_code == 409
        assert sentence in answer.text


def test_a_failed_job_says_why(analyst: Browser, work_off: WorkOff) -> None:
    # In one sentence of the person's language, with a way out.
    path = (analyst.upload(papers.PNG).location or "").replace("/data/new/", "/jobs/")
    work_off()
    page = analyst.get(path).text
    assert page.count("data-problem>") == 1
    assert "pill-failed" in page
    assert 'href="/data"' in page
    # The same bytes would be refused again.
    assert f'action="{path}/retry"' not in page


@pytest.mark.parametrize(
    ("path", "asked", "filled"),
    [
        (
            "/tests/shapiro-wilk",
            {"columns": ["Taux"]},
            ['name="columns" value="Taux" checked>'],
        ),
        (
            "/tests/mann-whitney",
            {"columns": ["Taux", "Autre"], "alternative": "less", "option-correction": "false"},
            [
                'value="Taux" checked>',
                'value="Autre" checked>',
                '<option value="less" selected>',
                '<option value="false" selected>',
            ],
        ),
        (
            "/forecasts",
            {"column": "Taux", "horizon": "7", "freq": "D"},
            ['<option value="Taux" selected>', 'value="7"', '<option value="D" selected>'],
        ),
    ],
)
def test_a_request_that_was_refused_can_be_corrected(
    analyst: Browser,
    bring: Bring,
    work_off: WorkOff,
    installation: Runtime,
    path: str,
    asked: dict[str, Any],
    filled: list[str],
) -> None:
    # The form comes back as it was filled in; once more without a change would fail again.
    rows = "".join(f"2024-01-{day:02};1,5;2,5\n" for day in range(1, 31))
    dataset_id = bring(analyst, f"date;Taux;Autre\n{rows}".encode())
    work_off()
    answer = analyst.send(path, {"data": str(dataset_id), **asked})
    job = answer.location or ""
    _fail(installation, number(answer), ConstantSeries("{name} is constant.", name="Taux"))
    page = analyst.get(job).text
    assert f'action="{job}/retry"' not in page
    form = unescape(re.findall(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?Correct the request', page)[0])
    page = analyst.get(form).text
    assert f'<option value="{dataset_id}" selected>' in page
    for one in filled:
        assert one in page


def test_what_failed_by_chance_is_tried_again(
    analyst: Browser, queued: str, installation: Runtime, work_off: WorkOff
) -> None:
    # A worker that died, a limit on a busy machine: nobody has to change anything.
    for error in (LimitReached("Stopped."), Conflict("Its worker died."), BoursaError("A fault.")):
        _fail(installation, 2, error)
        assert f'action="{queued}/retry"' in analyst.get(queued).text, error.code
        assert 'action="/jobs/2/retry"' in analyst.get("/data/1").text
    _fail(installation, 2, ConstantSeries("Constant."))
    assert 'action="/jobs/2/retry"' not in analyst.get("/data/1").text


def _fail(installation: Runtime, job_id: int, error: BoursaError) -> None:
    with installation.unit_of_work() as session:
        job = session.get_one(Job, job_id)
        job.state, job.error = "failed", error.to_dict()


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://localhost/data/1", "/data/1"),
        ("http://localhost/data/1?series=x", "/data/1?series=x"),
        ("http://evil.example/data/1", "/jobs/2"),
        ("http://localhost.evil.example/", "/jobs/2"),
        ("http://localhost@evil.example/", "/jobs/2"),
        ("http://localhost//evil.example/", "/jobs/2"),
        ("http://localhost/\\evil.example/", "/jobs/2"),
        ("javascript:alert(1)", "/jobs/2"),
        ("", "/jobs/2"),
    ],
)
def test_after_stopping_a_person_is_where_they_were(
    analyst: Browser, queued: str, referer: str, target: str
) -> None:
    # A page of ours, whatever the browser says that it came from.
    answer = analyst.send(f"{queued}/cancel", headers={"Referer": referer})
    assert (answer.status_code, answer.location) == (303, target)


def test_every_job_can_be_reached(analyst: Browser, installation: Runtime) -> None:
    # The list goes on, a page of fifty after another.
    with installation.unit_of_work() as session:
        for _ in range(51):
            jobs.request(session, analyst.actor, "reading", {"filename": "cours.csv"})
    first = analyst.get("/jobs").text
    assert 'href="/jobs/1"' not in first
    assert 'href="/jobs?before=2"' in first
    second = analyst.get("/jobs?before=2").text
    assert 'href="/jobs/1"' in second
    assert 'hx-get="/jobs?before=2"' in second
    assert "cours.csv" in second
