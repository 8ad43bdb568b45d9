"""Forecasts: each stands beside the naive one, and what cannot be asked for is said above the form."""

from __future__ import annotations

import pytest
from browsers import Bring, Browser
from databases import SQLITE
from sqlalchemy import func, select
from working import WorkOff

from boursa.runtime import Runtime
from boursa.storage.models import Job

pytestmark = [SQLITE, pytest.mark.usefixtures("impatient")]


@pytest.fixture
def data(analyst: Browser, bring: Bring) -> str:
    """The number of data with the columns of numbers Clôture and Volume."""
    return str(bring(analyst))


def test_a_forecast_stands_beside_the_naive_one(analyst: Browser, data: str, work_off: WorkOff) -> None:
    # With what it was made of, and how it did on the past.
    asked = {"data": data, "column": "Clôture", "horizon": "5", "model": "theta"}
    answer = analyst.send("/forecasts", asked)
    assert answer.status_code == 303
    work_off()
    page = analyst.get(answer.location or "", follow_redirects=True).text
    assert "Forecast and naive forecast" in page
    assert "How every model did on the past" in page
    assert "Theta" in page or "theta" in page
    assert 'href="/history/2"' in analyst.get("/forecasts").text


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"horizon": "abc"}, 400, "horizon is a whole number from 1 to 250, not abc."),
        ({"horizon": "1.5"}, 400, "horizon is a whole number from 1 to 250, not 1.5."),
        ({"horizon": "0"}, 400, "horizon is a whole number from 1 to 250, not 0."),
        ({"horizon": "-3"}, 400, "horizon is a whole number from 1 to 250, not -3."),
        ({"horizon": "251"}, 400, "horizon is a whole number from 1 to 250, not 251."),
        ({"horizon": "9" * 5000}, 400, "horizon is a whole number from 1 to 250"),
        ({"season": "x"}, 400, "season is a whole number from 1 to 1000, not x."),
        ({"column": "Cours"}, 422, "There is no column “Cours”"),
        ({"column": "Marché"}, 422, "Marché: numbers are needed, but the column holds text."),
        ({"model": "oracle"}, 404, "oracle"),
        ({"freq": "fortnight"}, 400, "fortnight"),
        ({"target": "moon"}, 400, "moon"),
        ({"model": "seasonal-naive", "freq": "B"}, 400, "needs a season of at least 2 steps"),
        ({"model": "seasonal-naive", "freq": "M", "season": "1"}, 400, "needs a season of at least 2 steps"),
    ],
    ids=lambda given: str(given)[:30],
)
def test_what_cannot_be_forecast_is_said_above_the_form(
    analyst: Browser, data: str, installation: Runtime, asked: dict[str, str], status: int, sentence: str
) -> None:
    # One sentence with what was given, and no job.
    answer = analyst.send("/forecasts", {"data": data, **asked})
    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.text.count("data-problem>") == 1
    with installation.unit_of_work() as session:
        assert session.scalar(select(func.count()).where(Job.kind == "forecast")) == 0


def test_a_refused_form_keeps_what_was_chosen(analyst: Browser, data: str) -> None:
    # The wrong value too, so that it can be corrected.
    page = analyst.send("/forecasts", {"data": data, "column": "Volume", "horizon": "abc", "freq": "D"}).text
    assert '<option value="Volume" selected>' in page
    assert '<option value="D" selected>' in page
    assert 'value="abc"' in page


@pytest.mark.parametrize("given", ["", "x", "0"])
def test_without_data_the_form_asks_for_them(analyst: Browser, data: str, given: str) -> None:
    # A browser without scripts can send the form before anything is chosen.
    answer = analyst.send("/forecasts", {"data": given})
    assert answer.status_code in (404, 422)
    assert answer.text.count("data-problem>") == 1


def test_data_without_numbers_are_said_to_be_so(analyst: Browser, bring: Bring) -> None:
    # Nothing is offered that could only fail.
    towns = bring(analyst, b"town;country\nParis;France\nAbidjan;Ivory Coast\n")
    page = analyst.get(f"/forecasts?data={towns}").text
    assert "there is nothing to forecast" in page
    assert '<button class="btn btn-primary"' not in page.split("<main", 1)[1]


def test_without_any_data_the_way_to_them_is_shown(analyst: Browser) -> None:
    # A form that cannot be sent would be a dead end.
    page = analyst.get("/forecasts").text
    assert 'action="/forecasts"' not in page
    assert "A forecast needs data: bring a file first." in page


def test_data_without_dates_are_forecast_by_number(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # "on 63" is no date; and models stand there by name.
    content = "Cours\n" + "".join(f"{100 + step * 37 % 11}\n" for step in range(60))
    asked = {"data": str(bring(analyst, content.encode())), "column": "Cours", "horizon": "3"}
    answer = analyst.send("/forecasts", {**asked, "model": "naive"})
    work_off()
    page = analyst.get(answer.location or "", follow_redirects=True).text
    assert "at observation 63, 95% interval" in page
    assert " on 63" not in page
    assert "Naive (last value)" in page
    assert "<td>naive</td>" not in page


def test_a_forecast_without_an_interval_is_shown_without_one(
    analyst: Browser, bring: Bring, work_off: WorkOff
) -> None:
    # A series that rarely moves has none of any width; the sentence under its figure does without.
    content = "Taux\n" + "".join(f"{4 + (step > 1)}\n" for step in range(60))
    asked = {"data": str(bring(analyst, content.encode())), "column": "Taux", "horizon": "3"}
    answer = analyst.send("/forecasts", {**asked, "model": "naive"})
    work_off()
    answer = analyst.get(answer.location or "", follow_redirects=True)
    assert answer.status_code == 200
    assert "Naive (last value): 5.0000 at observation 63; n = 60." in answer.text
