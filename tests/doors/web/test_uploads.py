"""Bringing a file, in three steps: nothing is a dataset before the person has agreed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import papers
import pytest
from apiflask import APIFlask
from browsers import AsPerson, Bring, Browser, number
from databases import SQLITE
from sqlalchemy import select
from working import WorkOff

from boursa.runtime import Runtime
from boursa.storage.models import Dataset, DatasetVersion, Job

pytestmark = SQLITE
PRICES = papers.prices(60).encode()
# Every date may begin with the day or with the month.
EITHER = b"day,x\n01/02/2025,1\n03/04/2025,2\n05/01/2025,3\n"
HTMX = {"HX-Request": "true"}


def _all(installation: Runtime, model: type) -> Sequence[object]:
    with installation.unit_of_work() as session:
        return session.scalars(select(model)).all()


def test_the_bytes_are_kept_once_and_the_file_is_checked_next(
    analyst: Browser, installation: Runtime
) -> None:
    # Sending it twice keeps nothing twice; what follows is the check, not a dataset.
    first, second = analyst.upload(PRICES), analyst.upload(PRICES)
    assert (first.status_code, first.location) == (303, "/data/new/1")
    assert second.location == "/data/new/2"
    assert len(list(installation.blobs.names())) == 1
    assert _all(installation, Dataset) == []


def test_the_page_asks_again_until_the_file_is_read(analyst: Browser, work_off: WorkOff) -> None:
    # A polling block carries its own stop, and htmx gets the block alone.
    path = analyst.upload(PRICES).location or ""
    assert f'hx-get="{path}"' in analyst.get(path).text
    work_off()
    part = analyst.get(path, headers=HTMX)
    assert "hx-get" not in part.text
    assert "<html" not in part.text
    assert "HX-Request" in part.headers["Vary"]
    assert "Clôture" in part.text


def test_what_was_understood_is_shown_before_it_is_kept(analyst: Browser, work_off: WorkOff) -> None:
    # Rows, marks, the first lines, and what the Bilan will be about.
    path = analyst.upload(PRICES).location or ""
    work_off()
    page = analyst.get(path).text
    for said in ("semicolon ;", "comma ,", "day, month, year", "Clôture", "Abidjan", "2023-01-02"):
        assert said in page


def test_without_a_file_nothing_happens(analyst: Browser, installation: Runtime) -> None:
    # One sentence, and no job.
    answer = analyst.send("/data/upload")
    assert answer.status_code == 422
    assert "No file arrived. Choose one, then send it again." in answer.text
    assert _all(installation, Job) == []


# Just over the limit is refused by the service, far over it while the request is read.
@pytest.mark.parametrize("megabytes", [1.5, 2.5])
def test_a_file_that_is_too_large_is_refused_in_one_sentence(
    analyst: Browser,
    environment: dict[str, str],
    make_app: Callable[[dict[str, str]], APIFlask],
    installation: Runtime,
    megabytes: float,
) -> None:
    # And leaves nothing behind.
    small = make_app({**environment, "MAX_UPLOAD_MB": "1"})
    sender = Browser(small, small.response_class)
    cookie = analyst.get_cookie("boursa")
    assert cookie
    sender.set_cookie("boursa", cookie.value)
    sender.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = sender.upload(b"1;2\n" * int(megabytes * 250_000))
    assert answer.status_code == 413
    assert "1 MB" in answer.text
    assert answer.text.count("data-problem>") == 1
    assert _all(installation, Job) == []
    assert list(installation.blobs.names()) == []


def test_an_image_by_another_name_is_refused_in_one_sentence(
    analyst: Browser, work_off: WorkOff, installation: Runtime
) -> None:
    # The content decides, and the way out is on the page.
    path = analyst.upload(papers.PNG, "cours.csv").location or ""
    work_off()
    page = analyst.get(path).text
    assert page.count("data-problem>") == 1
    assert "PNG" in page
    assert 'href="/data"' in page
    assert f'action="{path}/again"' not in page  # a picture stays one, whatever the separator
    assert analyst.send(f"{path}/confirm").status_code == 409
    assert _all(installation, Dataset) == []


def test_what_another_way_of_reading_may_save_is_offered_it(analyst: Browser, work_off: WorkOff) -> None:
    # A wrong encoding can be said right; where there is nothing at all, nothing can.
    following = (analyst.upload("é\n1\n".encode("cp1252") + PRICES).location or "") + "/again"
    work_off()
    wrong = analyst.send(following, {"encoding": "utf-8"}).location or ""
    empty = analyst.upload(b"", "vide.csv").location or ""
    work_off()
    for path, offered in ((wrong, True), (empty, False)):
        page = analyst.get(path).text
        assert page.count("data-problem>") == 1, path
        assert (f'action="{path}/again"' in page) is offered


def test_a_file_without_numbers_is_kept_for_what_it_is(analyst: Browser, work_off: WorkOff) -> None:
    # The button does not promise a Bilan that there will not be.
    path = analyst.upload(b"town;country\nParis;France\nAbidjan;Ivory Coast\n").location or ""
    work_off()
    page = analyst.get(path).text
    assert "Right: keep the data" in page
    assert "to the Bilan" not in page
    assert "starts the Bilan" not in page


def test_what_the_file_cannot_tell_is_asked(
    analyst: Browser, work_off: WorkOff, installation: Runtime
) -> None:
    # It is not guessed, and not kept before it is answered; the answer reads the same bytes again.
    path = analyst.upload(EITHER).location or ""
    work_off()
    page = analyst.get(path).text
    assert 'id="questions"' in page
    assert f'action="{path}/confirm"' not in page
    assert analyst.send(f"{path}/confirm").status_code == 422
    assert _all(installation, Dataset) == []

    following = analyst.send(f"{path}/again", {"dates": "mdy"}).location or ""
    assert following != path
    work_off()
    page = analyst.get(following).text
    assert 'id="questions"' not in page
    assert "month, day, year" in page
    assert analyst.send(f"{following}/confirm").status_code == 303
    assert len(list(installation.blobs.names())) == 3  # the bytes, and one table for each way of reading


def test_each_question_is_one_set_of_choices_that_say_what_they_mean(
    analyst: Browser, work_off: WorkOff
) -> None:
    # Two sets of one name would un-answer each other; what to type is for the command line.
    path = analyst.upload(b'day,n,a,b\n01/02/2025,1,"1,205","2,301"\n').location or ""
    work_off()
    page = analyst.get(path, headers=HTMX).text
    assert page.count("<fieldset") == 2
    assert page.count('name="decimal" value="."') == page.count('name="dates" value="dmy"') == 1
    assert "1,205 = 1.205 (between 1 and 2)" in page
    assert "01/02/2025 = 1 February 2025" in page
    assert "Columns “a”, “b”: how much is" in page
    assert "choose “" not in page
    assert page.count("not known yet") == 3  # decimal mark, what groups thousands, and dates


def test_what_is_still_asked_is_not_said_as_a_fact(analyst: Browser, work_off: WorkOff) -> None:
    # The file was read with the first choice meanwhile; the page says that it is not known.
    path = analyst.upload(EITHER).location or ""
    work_off()
    page = analyst.get(path).text
    assert "not known yet" in page
    assert "day, month, year" not in page
    assert "The Bilan will be about:" not in page
    assert page.count("your answer may change it") == 2


def test_lines_and_cells_that_were_left_out_are_said_apart(analyst: Browser, work_off: WorkOff) -> None:
    # One is singular, and a line that was dropped is a line.
    content = b"d;x\n" + b"".join(b"a;%d,5\n" % n for n in range(20)) + b"b;zut\nc\nd\n"
    path = analyst.upload(content).location or ""
    work_off()
    page = analyst.get(path).text
    assert "2 lines were left out." in page
    assert "1 cell was left out." in page
    french = analyst.get(path, headers={"Accept-Language": "fr"}).text
    assert "2 lignes ont été écartées." in french
    assert "1 cellule a été écartée." in french


def test_a_correction_that_does_not_fit_is_warned_of(analyst: Browser, work_off: WorkOff) -> None:
    # Before the person agrees, not by an empty Bilan afterwards.
    path = analyst.upload(PRICES).location or ""
    work_off()
    following = analyst.send(f"{path}/again", {"decimal": ".", "dates": "mdy"}).location or ""
    work_off()
    page = analyst.get(following).text
    assert "cannot be read with what was chosen (order of dates: month/day/year)" in page
    assert "cannot be read with what was chosen (decimal mark: point)" in page


def test_a_file_that_was_read_wrongly_is_read_differently(analyst: Browser, work_off: WorkOff) -> None:
    # Whatever was found by itself can be said by the person.
    path = analyst.upload(b"date;cours\n2024-01-02;1.234\n2024-01-03;1.235\n").location or ""
    work_off()
    following = analyst.send(f"{path}/again", {"thousands": "."}).location or ""
    work_off()
    assert "1,234" in analyst.get(following).text


def test_an_option_that_does_not_exist_is_refused(analyst: Browser, work_off: WorkOff) -> None:
    # A form that was tampered with is answered in a sentence too, not with a fault.
    path = analyst.upload(PRICES).location or ""
    work_off()
    answer = analyst.send(f"{path}/again", {"dates": "backwards"})
    work_off()
    page = answer if answer.status_code == 400 else analyst.get(answer.location or "")
    assert page.text.count("data-problem>") == 1
    assert "backwards" in page.text


def test_agreeing_twice_keeps_the_data_once(
    analyst: Browser, work_off: WorkOff, installation: Runtime
) -> None:
    # A double click, or a page that is sent again.
    path = analyst.upload(PRICES).location or ""
    work_off()
    first, second = analyst.send(f"{path}/confirm"), analyst.send(f"{path}/confirm")
    assert first.location == second.location == "/data/1"
    assert len(_all(installation, DatasetVersion)) == 1
    assert [job.kind for job in _all(installation, Job)] == ["reading", "analysis"]  # type: ignore[attr-defined]


def test_another_name_can_be_given(analyst: Browser, work_off: WorkOff) -> None:
    # The name of the file is only a proposal.
    path = analyst.upload(PRICES).location or ""
    work_off()
    answer = analyst.send(f"{path}/confirm", {"name": "Clôtures d’Abidjan"})
    assert "<h1>Clôtures d’Abidjan</h1>" in analyst.get(answer.location or "").text


def test_other_bytes_of_the_same_name_are_the_next_version(
    analyst: Browser, bring: Bring, installation: Runtime
) -> None:
    # The earlier BoursA replaced the file, and the results with it.
    first = bring(analyst, PRICES)
    second = bring(analyst, papers.prices(80).encode())
    assert first == second
    assert [one.number for one in _all(installation, DatasetVersion)] == [1, 2]  # type: ignore[attr-defined]


def test_two_people_may_have_files_of_the_same_name(as_person: AsPerson, bring: Bring) -> None:
    # Neither sees, nor changes, what the other brought.
    awa, moussa = as_person(), as_person()
    hers, his = bring(awa), bring(moussa, papers.prices(80).encode())
    assert hers != his
    assert awa.get(f"/data/{his}").status_code == 404
    assert awa.get(f"/data/{hers}/file").data == PRICES


def test_reading_can_be_stopped(analyst: Browser, work_off: WorkOff) -> None:
    # Nothing is read afterwards, and the page says so.
    path = analyst.upload(PRICES).location or ""
    analyst.send(f"/jobs/{path.rpartition('/')[2]}/cancel")
    assert work_off() == 0
    page = analyst.get(path).text
    assert "The job was cancelled." in page
    assert "hx-get" not in page


@pytest.mark.parametrize("name", ["sp500", "usdxof", "vix"])
def test_a_sample_is_read_like_a_file(analyst: Browser, work_off: WorkOff, name: str) -> None:
    # The same three steps, so that a person has seen them before bringing a file.
    answer = analyst.send("/data/sample", {"name": name})
    work_off()
    page = analyst.get(answer.location or "").text
    assert 'id="confirm"' in page
    assert number(analyst.send(f"{answer.location}/confirm")) == 1


def test_there_are_no_other_samples(analyst: Browser) -> None:
    # A name is never a path.
    assert analyst.send("/data/sample", {"name": "../../etc/passwd"}).status_code == 404
