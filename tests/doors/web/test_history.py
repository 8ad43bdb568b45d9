"""History: every result, what made it, and computing it again."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from browsers import Bring, Browser
from databases import SQLITE
from sqlalchemy import select
from working import WorkOff

from boursa.runtime import Runtime
from boursa.services import history
from boursa.services.history import Record
from boursa.storage.models import HistoryEntry

pytestmark = [SQLITE, pytest.mark.usefixtures("impatient")]
ADF = {"test": "adf", "columns": ["Volume"]}


def _entries(installation: Runtime) -> Sequence[HistoryEntry]:
    with installation.unit_of_work() as session:
        return session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()


@pytest.fixture
def tested(analyst: Browser, bring: Bring, work_off: WorkOff) -> str:
    """The page of one test's result, number 2; number 1 is the Bilan of the same data, number 1."""
    data = bring(analyst)
    work_off()
    analyst.send("/tests/adf", {"data": str(data), "columns": ["Volume"], "option-regression": "ct"})
    work_off()
    return "/history/2"


def test_a_result_shows_what_made_it(analyst: Browser, tested: str) -> None:
    # Data, parameters and versions: enough to compute it again years later.
    page = analyst.get(tested).text
    for said in ("cours.csv v1", "Volume", "regression = ct", "statsmodels", "numpy"):
        assert said in page


def test_results_of_one_file_are_told_apart(analyst: Browser, tested: str, work_off: WorkOff) -> None:
    # By what they are about, in the lists of results and of jobs; the Bilan is about the whole file.
    analyst.send("/tests/mann-whitney", {"data": "1", "value": "Clôture", "group": "Marché"})
    work_off()
    for path, rows in (
        ("/history", ["Clôture by Marché", "Volume"]),
        ("/jobs", ["Clôture by Marché", "Volume"]),
    ):
        notes = re.findall(r'<p class="cell-note">([^<]*)</p>', analyst.get(path).text)
        assert notes == rows, path
    assert 'class="cell-note">Volume</p>' in analyst.get("/").text


def test_computing_again_makes_a_new_entry_with_the_same_numbers(
    analyst: Browser, tested: str, work_off: WorkOff, installation: Runtime
) -> None:
    # The old entry stays as it is.
    answer = analyst.send(f"{tested}/replay")
    work_off()
    assert analyst.get(answer.location or "").location == "/history/3"
    _, old, new = _entries(installation)
    assert (old.id, new.id) == (2, 3)
    assert new.result == old.result
    assert new.parameters == old.parameters


def test_deleted_data_keep_their_results(analyst: Browser, tested: str) -> None:
    # They are off the list of data, and nowhere else.
    analyst.send("/data/1/delete")
    assert "cours.csv v1" in analyst.get(tested).text
    assert "cours.csv" in analyst.get("/history").text


def test_results_of_deleted_data_can_be_computed_again(
    analyst: Browser, tested: str, work_off: WorkOff, installation: Runtime
) -> None:
    # The bytes are kept, and so is the promise.
    analyst.send("/data/1/delete")
    for path in ("/history/1", tested):
        answer = analyst.send(f"{path}/replay")
        work_off()
        assert analyst.get(answer.location or "", follow_redirects=True).status_code == 200
    bilan, test, bilan_again, test_again = _entries(installation)
    assert (bilan_again.result, test_again.result) == (bilan.result, test.result)


def test_a_result_whose_data_are_gone_says_so(analyst: Browser, installation: Runtime) -> None:
    # It can be read, but not computed again, and the page does not offer to.
    record = Record("backtest", "naive", {}, {"series": []})
    with installation.unit_of_work() as session:
        entry = history.record(session, record, owner_id=analyst.actor.user_id if analyst.actor else None)
    page = analyst.get(f"/history/{entry.id}").text
    assert "The data are no longer kept." in page
    assert "/replay" not in page
    refused = analyst.send(f"/history/{entry.id}/replay")
    assert refused.status_code == 404
    assert f"The data of entry {entry.id} are no longer kept" in refused.text


def test_the_list_can_be_narrowed_to_a_kind(analyst: Browser, tested: str) -> None:
    # A kind that does not exist narrows nothing.
    def shown(wish: str) -> list[int]:
        page = analyst.get(f"/history{wish}").text
        return [number for number in (1, 2) if f'href="/history/{number}"' in page]

    assert shown("") == [1, 2]
    assert shown("?kind=analysis") == [1]
    assert shown("?kind=test") == [2]
    assert shown("?kind=forecast") == []
    assert shown("?kind=nonsense") == [1, 2]


def test_a_long_list_has_pages(analyst: Browser, installation: Runtime) -> None:
    # The newest first, each on one page only, and the kind stays chosen.
    assert analyst.actor
    with installation.unit_of_work() as session:
        for count in range(30):
            record = Record("test", f"test-{count:02}", ADF, {})
            history.record(session, record, owner_id=analyst.actor.user_id)
    first = analyst.get("/history?kind=test").text
    assert "test-29" in first
    assert "test-05" in first
    assert "test-04" not in first
    assert 'href="/history?kind=test&amp;before=6"' in first
    second = analyst.get("/history?kind=test&before=6").text
    assert "test-04" in second
    assert "test-05" not in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize("wish", ["?before=x", "?before=-1", "?before=99999999999999999999999"])
def test_a_page_that_does_not_exist_is_no_fault(analyst: Browser, wish: str) -> None:
    # An address that was mistyped is answered with a list.
    assert analyst.get(f"/history{wish}").status_code == 200


def test_a_bilan_in_history_is_the_one_that_was_computed(analyst: Browser, tested: str, bring: Bring) -> None:
    # Also after other data of that name have come.
    before = analyst.get("/history/1").text
    bring(analyst, b"date;x\n2024-01-02;1,5\n2024-01-03;1,6\n")
    after = analyst.get("/history/1").text
    assert "cours.csv v1" in after
    assert before.count('class="card') == after.count('class="card')
