"""Tests: finding the one that answers a question, and running it on chosen columns."""

from __future__ import annotations

import re

import papers
import pytest
from browsers import AsPerson, Bring, Browser
from databases import SQLITE
from sqlalchemy import func, select
from working import WorkOff

from boursa.analytics.statistics import catalogue
from boursa.runtime import Runtime
from boursa.storage.models import Job

pytestmark = [SQLITE, pytest.mark.usefixtures("impatient")]
NAMES = [one.name for one in catalogue.CATALOGUE]


@pytest.fixture
def data(analyst: Browser, bring: Bring) -> str:
    """The number of data: columns of numbers Clôture and Volume, and Marché, Abidjan or Paris."""
    return str(bring(analyst))


def _asked(installation: Runtime) -> int:
    with installation.unit_of_work() as session:
        return session.scalar(select(func.count()).where(Job.kind == "test")) or 0


def test_the_guide_leads_to_every_test(browser: Browser) -> None:
    # Also a visitor may read it.
    page = browser.get("/guide").text
    for name in NAMES:
        assert f'href="/tests/{name}"' in page


def test_what_the_data_cannot_answer_is_listed_without_a_link(analyst: Browser, bring: Bring) -> None:
    # Two columns are not there, so the question about two is not offered.
    dataset_id = bring(analyst, b"date;x\n2024-01-02;1,5\n2024-01-03;1,6\n")
    page = analyst.get(f"/tests?data={dataset_id}").text
    assert f'href="/tests/adf?data={dataset_id}"' in page
    assert "/tests/spearman?" not in page
    assert "<code>spearman</code>" in page


def test_a_form_that_the_data_cannot_fill_has_no_button(analyst: Browser, bring: Bring) -> None:
    # It says how many columns there are and how many are needed; other data can still be chosen.
    one = bring(analyst, b"date;x\n2024-01-02;1,5\n2024-01-03;1,6\n")
    none = bring(analyst, b"town;country\nParis;France\nAbidjan;Ivory Coast\n", "towns.csv")
    for dataset_id, n in ((one, 1), (none, 0)):
        page = analyst.get(f"/tests/spearman?data={dataset_id}").text
        assert f"columns of numbers in them: {n}, needed: 2." in page
        assert "Run the test" not in page
        assert 'name="columns"' not in page
        assert f'<option value="{one}"' in page


def test_a_viewer_without_data_is_not_told_to_bring_some(as_person: AsPerson) -> None:
    # A viewer may not.
    viewer = as_person("viewer")
    for path in ("/tests/adf", "/forecasts"):
        page = viewer.get(path, headers={"Accept-Language": "en"}).text
        assert "bring a file first" not in page
        assert "As a viewer you see what others share with your group." in page


def test_every_test_has_a_form(analyst: Browser, data: str) -> None:
    # With the columns of the data, and each option by its own name.
    for test in catalogue.CATALOGUE:
        page = analyst.get(f"/tests/{test.name}?data={data}").text
        assert 'name="columns" value="Volume"' in page, test.name
        for option in test.options:
            assert f'name="option-{option.name}"' in page, test.name


def test_a_test_leads_to_its_result(analyst: Browser, data: str, work_off: WorkOff) -> None:
    # First in words, then the numbers, with what was asked.
    answer = analyst.send("/tests/spearman", {"data": data, "columns": ["Clôture", "Volume"]})
    assert answer.status_code == 303
    assert 'hx-get="' in analyst.get(answer.location or "").text
    work_off()
    result = analyst.get(answer.location or "")
    assert (result.status_code, result.location) == (303, "/history/2")
    page = analyst.get("/history/2").text
    assert "Clôture" in page
    assert "p-value" in page
    assert "n = 60" in page


def test_samples_may_stand_below_each_other(analyst: Browser, data: str, work_off: WorkOff) -> None:
    # One column of values, and one that tells the groups apart, in the order that was said.
    asked = {"data": data, "value": "Volume", "group": "Marché", "groups": "Paris, Abidjan"}
    answer = analyst.send("/tests/mann-whitney", asked)
    work_off()
    page = analyst.get(answer.location or "", follow_redirects=True).text
    assert page.index("Paris</td>") < page.index("Abidjan</td>")


@pytest.mark.parametrize(
    ("name", "asked", "status", "sentence"),
    [
        (
            "spearman",
            {"columns": ["Volume"]},
            422,
            "The number of columns for the test spearman is 2, not 1.",
        ),
        ("spearman", {}, 422, "The number of columns for the test spearman is 2, not 0."),
        ("adf", {"columns": ["Cours"]}, 422, "There is no column “Cours”"),
        ("adf", {"columns": ["Marché"]}, 422, "Marché: numbers are needed, but the column holds text."),
        ("mann-whitney", {"value": "Volume", "group": "Ville"}, 422, "There is no column “Ville”"),
        (
            "mann-whitney",
            {"value": "Volume", "group": "Marché", "groups": "Paris, Abidjan, Lomé"},
            422,
            "The number of groups for the test mann-whitney is 2, not 3.",
        ),
        (
            "mann-whitney",
            {"value": "Clôture", "group": "Volume"},
            422,
            "The column “Volume” tells 60 groups apart; the test mann-whitney takes 2: say which.",
        ),
        ("adf", {"columns": ["Volume"], "option-lags": "many"}, 400, "many"),
        ("spearman", {"columns": ["Clôture", "Volume"], "alternative": "sideways"}, 400, "sideways"),
    ],
)
def test_what_cannot_be_run_is_said_above_the_form(
    analyst: Browser,
    data: str,
    installation: Runtime,
    name: str,
    asked: dict[str, str],
    status: int,
    sentence: str,
) -> None:
    # One sentence, and no job.
    answer = analyst.send(f"/tests/{name}", {"data": data, **asked})
    assert answer.status_code == status
    assert sentence in answer.text
    assert answer.text.count("data-problem>") == 1
    assert _asked(installation) == 0


def test_a_refused_form_keeps_what_was_chosen(analyst: Browser, data: str) -> None:
    # Nobody likes to fill a form in twice.
    asked = {"columns": ["Volume"], "alternative": "less", "option-confidence": "0.9"}
    page = analyst.send("/tests/spearman", {"data": data, **asked}).text
    assert 'name="columns" value="Volume" checked>' in page
    assert 'name="columns" value="Clôture">' in page
    assert '<option value="less" selected>' in page
    assert f'<option value="{data}" selected>' in page


@pytest.mark.parametrize("given", ["", "x", "0"])
def test_without_data_the_form_asks_for_them(analyst: Browser, data: str, given: str) -> None:
    # A browser without scripts can send the form before anything is chosen.
    answer = analyst.send("/tests/adf", {"data": given, "columns": ["Volume"]})
    assert answer.status_code in (404, 422)
    assert answer.text.count("data-problem>") == 1


def test_a_test_that_the_data_defeat_says_so_and_is_no_result(
    analyst: Browser, bring: Bring, work_off: WorkOff
) -> None:
    # The earlier BoursA called a constant column normal.
    dataset_id = bring(analyst, papers.constant().encode())
    work_off()
    answer = analyst.send("/tests/shapiro-wilk", {"data": str(dataset_id), "columns": ["Taux"]})
    work_off()
    page = analyst.get(answer.location or "")
    assert page.status_code == 200
    assert "Taux" in page.text
    assert page.text.count("data-problem>") == 1
    assert "shapiro-wilk" not in analyst.get("/history").text


def test_there_is_no_other_test(analyst: Browser) -> None:
    # What is not in the catalogue is not run, whatever it is called.
    for name in ("magic", "__init__", "..%2F..%2Fetc"):
        assert analyst.get(f"/tests/{name}").status_code == 404
        assert analyst.send(f"/tests/{name}", {"data": "1"}).status_code == 404


@pytest.mark.parametrize("test", catalogue.CATALOGUE, ids=lambda test: test.name)
def test_a_result_is_french_on_a_french_page(
    test: catalogue.StatisticalTest, analyst: Browser, data: str, work_off: WorkOff
) -> None:
    # Also its method, its measures and its critical values, whose levels programs write "2.5%".
    analyst.send("/preferences", {"language": "fr"})
    columns = ["Clôture", "Volume"][: test.columns[0]]
    answer = analyst.send(f"/tests/{test.name}", {"data": data, "columns": columns})
    work_off()
    page = analyst.get(answer.location or "", follow_redirects=True).text
    result = page[page.index("result-reading") :]
    assert "Hypothèse nulle" in result
    for english in (
        "asymptotic",
        "regression",
        "lags",
        "ci low",
        "ci_low",
        "hodges lehmann",
        "Edgeworth series",
    ):
        assert english not in result
    assert not re.search(r"\d%", re.sub(r"<[^>]*>", " ", result[: result.index("</section>")]))
