"""Data and their Bilan, which appears piece by piece."""

from __future__ import annotations

import html
import re
import tracemalloc
from typing import Any

import papers
import pytest
from browsers import Bring, Browser, number
from databases import SQLITE
from sqlalchemy import select
from working import WorkOff

from boursa.runtime import Runtime
from boursa.services import datasets, jobs
from boursa.services.datasets import Parsed
from boursa.services.jobs import Claim, Progress
from boursa.storage.models import DatasetVersion, HistoryEntry, Job

pytestmark = SQLITE
HTMX = {"HX-Request": "true"}
TWO = b"date;alpha;beta\n" + b"".join(
    b"2024-01-%02d;%d;%d\n" % (day, 50 + day % 7, 90 - day % 5) for day in range(1, 31)
)


TOWNS = b"town;country\nParis;France\nAbidjan;Ivory Coast\n"


def _begin(installation: Runtime) -> Claim:
    with installation.unit_of_work() as session:
        claim = jobs.claim_next(session, "w")
    assert claim
    return claim


def _hand_over(installation: Runtime, claim: Claim, *blocks: str) -> None:
    """Say which blocks of the Bilan are ready, as the worker does."""
    content = {
        "quality": {"n": 60, "n_missing": 0, "start": None, "findings": [], "figures": {}},
        "volatility": {"n": 60, "figures": {}},
    }
    ready: dict[str, Any] = {
        name: {"place": 0, "series": "Clôture", "kind": "price", "block": name, "content": content[name]}
        for name in blocks
    }
    with installation.unit_of_work() as session:
        assert jobs.heartbeat(session, claim, Progress(0.3, None, ready))


def test_ready_blocks_are_shown_while_the_rest_is_computed(
    analyst: Browser, bring: Bring, installation: Runtime
) -> None:
    # The first screen comes soon, and the page goes on asking.
    path = f"/data/{bring(analyst)}"
    claim = _begin(installation)
    _hand_over(installation, claim, "quality")
    page = analyst.get(path).text
    assert 'id="quality"' in page
    assert 'id="volatility"' not in page
    assert f'hx-get="{path}?series=Cl%C3%B4ture&amp;shown=1"' in page
    assert f'action="/jobs/{claim.job_id}/cancel"' in page


def test_a_script_is_given_the_new_blocks_alone(
    analyst: Browser, bring: Bring, installation: Runtime
) -> None:
    # What the page has is not sent again, and no cache may take the part for the page.
    path = f"/data/{bring(analyst)}"
    claim = _begin(installation)
    _hand_over(installation, claim, "quality", "volatility")
    part = analyst.get(f"{path}?series=Clôture&shown=1", headers=HTMX)
    assert 'id="volatility"' in part.text
    assert 'id="quality"' not in part.text
    assert "<html" not in part.text
    assert "shown=2" in part.text
    assert "HX-Request" in part.headers["Vary"]
    assert "HX-Request" in analyst.get(path).headers["Vary"]


def test_before_a_worker_is_free_the_page_says_so(analyst: Browser, bring: Bring) -> None:
    # Nothing is ready, nothing is wrong.
    page = analyst.get(f"/data/{bring(analyst)}").text
    assert "Waiting for a free worker" in page
    assert "shown=0" in page


def test_a_finished_bilan_asks_for_nothing_more(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # Every block is there, the verdict above them, and the poller is gone.
    path = f"/data/{bring(analyst)}"
    work_off()
    page = analyst.get(path).text
    for name in ("verdict", "quality", "behaviour", "volatility", "forecast", "next"):
        assert f'id="{name}"' in page
    assert "hx-get" not in page
    assert 'href="/history/1"' in page


def test_the_last_part_brings_the_verdict_and_ends_the_asking(
    analyst: Browser, bring: Bring, work_off: WorkOff
) -> None:
    # The verdict stands above what is there already, so it is swapped in beside the blocks.
    path = f"/data/{bring(analyst)}"
    work_off()
    part = analyst.get(f"{path}?series=Clôture&shown=4", headers=HTMX).text
    assert 'id="next"' in part
    assert 'id="quality"' not in part
    assert part.count('id="verdict" hx-swap-oob="true"') == 1
    assert "hx-get" not in part


def test_a_failed_bilan_says_why_and_how_to_go_on(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # Without a number there is no Bilan: one sentence, and no half of one.
    path = f"/data/{bring(analyst, TOWNS)}"
    asked = number(analyst.send(f"{path}/analyse", follow_redirects=False)), work_off()
    assert asked == (1, 1)
    page = analyst.get(path).text
    assert "has no column of numbers" in page
    assert page.count("data-problem>") == 1
    assert "hx-get" not in page
    # Nor is anything offered that could only fail again.
    assert 'action="/jobs/2/retry"' not in page
    assert "Choose other data" in page
    assert analyst.send("/jobs/2/retry").status_code == 303
    assert "Waiting for a free worker" in analyst.get(path).text


def test_data_without_numbers_are_kept_without_a_bilan(
    analyst: Browser, bring: Bring, work_off: WorkOff
) -> None:
    # What would fail is not asked for.
    path = f"/data/{bring(analyst, TOWNS)}"
    page = analyst.get(path).text
    assert work_off() == 0
    assert "The data are kept." in page
    assert "hx-get" not in page
    # Nor offered: neither the Bilan, nor a test, nor a forecast.
    assert f'action="{path}/analyse"' not in page
    assert "/tests?data=" not in page
    assert "/forecasts?data=" not in page


def test_every_drawing_has_its_table(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # Without scripts nothing is drawn; a table can be looked through, and says what it leaves out.
    path = f"/data/{bring(analyst, papers.prices(200).encode())}"
    work_off()
    figures = re.findall(r"<figure.*?</figure>", analyst.get(path).text, re.DOTALL)
    assert len(figures) == 5
    for figure in figures:
        rows = figure.split("<tbody>")[1].count("<tr>")
        assert 5 <= rows <= 40
    assert "40 of the 200 points of the drawing, evenly spaced, up to the last." in figures[0]
    assert re.search(r"<td>2023-07-20</td><td class=\"num\">99\.\d+</td></tr>\s*</tbody>", figures[0])


def test_each_series_has_its_own_page(analyst: Browser, bring: Bring, work_off: WorkOff) -> None:
    # The first is shown by itself; one that does not exist is not a fault.
    path = f"/data/{bring(analyst, TWO)}"
    work_off()
    assert 'aria-current="page">alpha</a>' in analyst.get(path).text
    assert 'aria-current="page">beta</a>' in analyst.get(f"{path}?series=beta").text
    assert 'aria-current="page">alpha</a>' in analyst.get(f"{path}?series=gamma").text


def test_an_older_version_can_be_looked_at(analyst: Browser, bring: Bring) -> None:
    # A version never changes; one that does not exist is absent.
    bring(analyst)
    path = f"/data/{bring(analyst, papers.prices(80).encode())}"
    assert "Version 2 · 80 rows" in analyst.get(path).text
    assert "Version 1 · 60 rows" in analyst.get(f"{path}?version=1").text
    assert analyst.get(f"{path}?version=3").status_code == 404


def test_the_bilan_can_be_asked_for_with_another_horizon(
    analyst: Browser, bring: Bring, installation: Runtime
) -> None:
    # What makes no sense is refused in a sentence, and nothing is asked for.
    path = f"/data/{bring(analyst)}/analyse"
    assert analyst.send(path, {"horizon": "5"}).status_code == 303
    refused = analyst.send(path, {"horizon": "5000"})
    assert refused.status_code == 400
    assert "horizon is a whole number from 1 to 250, not 5000." in refused.text
    with installation.unit_of_work() as session:
        asked = session.scalars(select(Job).where(Job.kind == "analysis").order_by(Job.id)).all()
    assert [job.payload["parameters"] for job in asked] == [{}, {"horizon": 5}]


def test_the_file_is_given_back_as_it_was_brought(analyst: Browser, bring: Bring) -> None:
    # As a download under its own name, never shown by the browser as a page of ours.
    content = b"date;<script>alert(1)</script>\n2024-01-02;1,5\n"
    answer = analyst.get(f"/data/{bring(analyst, content, 'Clôtures.csv')}/file")
    assert answer.data == content
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "Cl%C3%B4tures.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_deleted_can_be_had_back(analyst: Browser, bring: Bring) -> None:
    # It is off the list at once, without a question, since one click brings it back.
    path = f"/data/{bring(analyst)}"
    assert analyst.send(f"{path}/delete").location == "/data"
    page = analyst.get("/data").text
    assert "cours.csv is off the list; its results stay in History." in page
    assert f'action="{path}/restore"' in page
    assert f'href="{path}"' not in page
    assert analyst.get(path).status_code == 404
    assert analyst.send(f"{path}/restore").location == path
    assert f'href="{path}"' in analyst.get("/data").text


def test_deleting_twice_finds_nothing_the_second_time(analyst: Browser, bring: Bring) -> None:
    # And restoring twice changes nothing.
    path = f"/data/{bring(analyst)}"
    assert [analyst.send(f"{path}/delete").status_code for _ in range(2)] == [303, 404]
    assert [analyst.send(f"{path}/restore").status_code for _ in range(2)] == [303, 303]


def test_a_long_list_has_pages(analyst: Browser, installation: Runtime) -> None:
    # The newest first, each on one page only.
    assert analyst.actor
    facts = {"size_bytes": 9, "n_rows": 1, "parse_options": {}, "profile": {"columns": []}}
    with installation.unit_of_work() as session:
        for count in range(27):
            parsed = Parsed(f"file-{count:02}.csv", "a" * 64, table_sha256="b" * 64, **facts)  # type: ignore[arg-type]
            datasets.bring_in(session, analyst.actor, parsed)
    first = analyst.get("/data").text
    assert first.index("file-26.csv") < first.index("file-02.csv")
    assert "file-01.csv" not in first
    assert 'href="/data?before=3"' in first
    second = analyst.get("/data?before=3").text
    assert "file-01.csv" in second
    assert "file-02.csv" not in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("wish", ["?before=x", "?before=", "?before=-5", "?before=99999999999999999999999"])
def test_a_page_that_does_not_exist_is_no_fault(analyst: Browser, wish: str) -> None:
    # An address that was mistyped is answered with a list.
    assert analyst.get(f"/data{wish}").status_code == 200


@pytest.mark.parametrize(
    "wish", ["?version=x", "?version=99999999999999999999999", "?shown=x", "?shown=-3", "?shown=99999"]
)
def test_a_mistyped_address_of_a_bilan_is_no_fault(analyst: Browser, bring: Bring, wish: str) -> None:
    # It is found, or not found.
    assert analyst.get(f"/data/{bring(analyst)}{wish}").status_code in (200, 404)


def test_the_number_of_a_dataset_may_be_anything(analyst: Browser) -> None:
    # Larger than any database keeps, it names nothing.
    for wrong in ("0", "-1", "1.5", "x", "9" * 30):
        assert analyst.get(f"/data/{wrong}").status_code == 404


def test_the_page_of_a_new_dataset_is_where_agreeing_leads(analyst: Browser, work_off: WorkOff) -> None:
    # The way from file to Bilan is three clicks.
    check = analyst.upload(TWO)
    work_off()
    answer = analyst.send(f"{check.location}/confirm")
    page = analyst.get(answer.location or "").text
    assert number(answer) == 1
    assert "The data are kept; the Bilan appears piece by piece." in page


def test_a_download_is_never_whole_in_memory(analyst: Browser, bring: Bring, installation: Runtime) -> None:
    # Eight large ones at once would take gigabytes.
    bring(analyst)
    with installation.unit_of_work() as session:
        version = session.get_one(DatasetVersion, 1)
        version.content_sha256 = installation.blobs.put(b"x" * 30_000_000)
        version.size_bytes = 30_000_000
    tracemalloc.start()
    answer = analyst.get("/data/1/file", buffered=False)
    size = sum(len(piece) for piece in answer.iter_encoded())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    answer.close()
    assert (size, answer.content_length) == (30_000_000, 30_000_000)
    assert peak < 10_000_000


def test_a_bilans_test_run_again_says_the_same(
    analyst: Browser, bring: Bring, work_off: WorkOff, installation: Runtime
) -> None:
    # Its answers are about returns: a link that led to the prices would contradict it.
    dataset_id = bring(analyst)
    work_off()
    page = html.unescape(analyst.get(f"/data/{dataset_id}").text)
    links = set(re.findall(r'href="(/tests/[\w-]+\?data=\d+&columns=[^"]+)"', page))
    assert "/tests/jarque-bera?data=1&columns=Cl%C3%B4ture&moves=true" in links
    assert "/tests/adf?data=1&columns=Cl%C3%B4ture" in links
    assert not [link for link in links if "mann-whitney" in link]  # two halves are no columns of the file
    form = analyst.get(next(link for link in links if "jarque-bera" in link)).text
    assert '<option value="true" selected' in form
    asked = {"data": str(dataset_id), "columns": "Clôture", "moves": "true"}
    assert analyst.send("/tests/jarque-bera", asked).status_code == 303
    work_off()
    with installation.unit_of_work() as session:
        bilan, alone = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
    (within,) = [
        one["result"]
        for one in bilan.result["series"][0]["behaviour"]["answers"]
        if one["test"] == "jarque-bera"
    ]
    for name in ("statistic", "p_value", "n", "reading"):
        assert alone.result[name] == within[name]
