"""A file is read by a job, looked at, and brought in once, whoever asks how often."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy.orm import Session

from boursa.errors import Conflict, FileAmbiguous, NotAllowed, NotFound, TooLarge
from boursa.ingest.options import ParseOptions
from boursa.providers import registry
from boursa.runtime import Runtime
from boursa.services import computations, datasets, jobs, outcomes, readings
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import Dataset, DatasetVersion, Job, User

Work = Callable[[Job], Job]

FRENCH = "Date;Clôture\r\n31/01/2025;1 234,50\r\n28/02/2025;1 240,25\r\n31/03/2025;\r\n".encode("latin-1")
AMBIGUOUS = b"date,close\n01/02/2025,10.5\n02/03/2025,11.5\n03/04/2025,12.5\n"
BROKEN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


@pytest.fixture
def ask(session: Session, installation: Runtime) -> Callable[..., Job]:
    """Ask for bytes to be read, as a door does."""

    def ask(
        content: bytes, actor: Actor = OPERATOR, *, filename: str = "cours.csv", keep: bool = False
    ) -> Job:
        return readings.request(
            session,
            actor,
            content_sha256=installation.blobs.put(content),
            size_bytes=len(content),
            filename=filename,
            options=ParseOptions(),
            keep=keep,
        )

    return ask


def _person(session: Session, name: str, role: str = "analyst") -> Actor:
    user = User(username=name, role=role)
    session.add(user)
    session.flush()
    return Actor(user.id, role)


def test_what_was_read_is_shown_before_it_is_kept(
    session: Session, work: Work, ask: Callable[..., Job]
) -> None:
    # A person sees how the file was understood, and nothing is in the lists yet.
    job = work(ask(FRENCH))
    found = _strict(job.result)
    assert (job.state, found["filename"], found["n_rows"], found["size_bytes"]) == (
        "done",
        "cours.csv",
        3,
        len(FRENCH),
    )
    assert found["preview"] == {
        "columns": [{"name": "Date", "type": "date"}, {"name": "Clôture", "type": "number"}],
        "rows": [["2025-01-31", 1234.5], ["2025-02-28", 1240.25], ["2025-03-31", None]],
    }
    assert found["series"] == [{"name": "Clôture", "kind": "price"}]
    assert found["profile"]["dialect"]["decimal"] == ","
    assert (found["questions"], found["rejected"], found["rejected_total"]) == ([], [], 0)
    assert datasets.listed(session, OPERATOR) == []


def test_the_preview_is_ten_rows_and_rejected_cells_are_fifty(work: Work, ask: Callable[..., Job]) -> None:
    # A page shows the beginning; all that was left out is counted.
    lines = [f"{1700 + n // 12}-{n % 12 + 1:02d}-01,{n}.5" for n in range(3900)]
    lines += [f"2040-01-{n % 28 + 1:02d},abc{n}" for n in range(60)]
    found = work(ask("\n".join(["date,close", *lines]).encode())).result
    assert found is not None
    assert len(found["preview"]["rows"]) == 10
    assert (len(found["rejected"]), found["rejected_total"]) == (50, 60)


def test_confirming_twice_brings_it_in_once(session: Session, work: Work, ask: Callable[..., Job]) -> None:
    # A double click, or a page sent again, is not a second dataset.
    job = work(ask(FRENCH))
    first, again = (readings.confirm(session, OPERATOR, job.id) for _ in range(2))
    datasets.rename(session, OPERATOR, first.data_file_id, "other.csv")
    later = readings.confirm(session, OPERATOR, job.id)
    assert first.id == again.id == later.id
    assert session.query(DatasetVersion).count() == 1
    assert job.result is not None
    assert (job.result["dataset_id"], job.result["data_version_id"]) == (first.data_file_id, first.id)
    assert (first.n_rows, first.profile["rows"]) == (3, 3)


def test_eight_confirmations_at_once_bring_it_in_once(installation: Runtime) -> None:
    # Under real concurrency too, and though each gives another name: all are given the same version.
    content = installation.blobs.put(FRENCH)
    with installation.unit_of_work() as session:
        awa = _person(session, "awa")
        job = readings.request(
            session,
            awa,
            content_sha256=content,
            size_bytes=len(FRENCH),
            filename="a.csv",
            options=ParseOptions(),
            keep=False,
        )
        claim = jobs.claim(session, job.id, "w")
        assert claim is not None
        done, versions = computations.perform(claim.kind, claim.payload, installation.blobs, _Silent())
        outcomes.write(session, claim, done, versions, 0.1)
    found: list[int] = []

    def confirm(name: str) -> None:
        with installation.unit_of_work() as session:
            found.append(readings.confirm(session, awa, job.id, name=name).id)

    threads = [threading.Thread(target=confirm, args=(f"{place}.csv",)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    with installation.unit_of_work() as session:
        assert session.query(Dataset).count() == 1


def test_a_question_has_to_be_answered_before(session: Session, work: Work, ask: Callable[..., Job]) -> None:
    # A wrong date order would be a wrong result for ever.
    job = work(ask(AMBIGUOUS))
    assert job.result is not None
    assert [one["option"] for one in job.result["questions"]] == ["dates"]
    with pytest.raises(FileAmbiguous, match=r"cours\.csv"):
        readings.confirm(session, OPERATOR, job.id)
    answered = work(readings.again(session, OPERATOR, job, ParseOptions(dates="dmy")))
    assert answered.result is not None
    assert answered.result["preview"]["rows"][0][0] == "2025-02-01"
    version = readings.confirm(session, OPERATOR, answered.id)
    assert version.parse_options["dates"] == "dmy"


def test_a_name_can_be_given_with_the_confirmation(
    session: Session, work: Work, ask: Callable[..., Job]
) -> None:
    # Cleaned like a file's name; an empty one means the file's own.
    named = readings.confirm(session, OPERATOR, work(ask(FRENCH)).id, name=" a/Ventes 2025 ")
    plain = readings.confirm(session, OPERATOR, work(ask(FRENCH)).id, name="  ")
    names = [session.get_one(Dataset, one.data_file_id).filename for one in (named, plain)]
    assert names == ["Ventes 2025", "cours.csv"]


def test_what_was_deleted_since_is_brought_in_anew(
    session: Session, work: Work, ask: Callable[..., Job]
) -> None:
    # Whoever goes back in the browser and confirms again wants the data, not an absent page.
    job = work(ask(FRENCH))
    first = readings.confirm(session, OPERATOR, job.id)
    datasets.delete(session, OPERATOR, first.data_file_id)
    second = readings.confirm(session, OPERATOR, job.id)
    assert second.data_file_id != first.data_file_id
    assert [one.id for one in datasets.listed(session, OPERATOR)] == [second.data_file_id]


def test_a_file_that_is_no_table_fails_with_its_sentence(
    session: Session, work: Work, ask: Callable[..., Job]
) -> None:
    # The person reads why, and nothing is left in the lists.
    job = work(ask(BROKEN, keep=True))
    assert job.error is not None
    assert (job.state, job.error["code"]) == ("failed", "file-unreadable")
    assert "cours.csv" in job.error["en"]
    assert datasets.listed(session, OPERATOR) == []
    with pytest.raises(Conflict, match="has read no file"):
        readings.confirm(session, OPERATOR, job.id)


def test_what_is_not_read_yet_cannot_be_confirmed(session: Session, ask: Callable[..., Job]) -> None:
    # Neither a waiting job, nor one that reads no file.
    with pytest.raises(Conflict, match="has read no file"):
        readings.confirm(session, OPERATOR, ask(FRENCH).id)
    other = jobs.request(session, OPERATOR, "test", {})
    with pytest.raises(Conflict, match="has read no file"):
        readings.confirm(session, OPERATOR, other.id)
    with pytest.raises(Conflict, match="has read no file"):
        readings.again(session, OPERATOR, other, ParseOptions())


def test_two_people_with_one_file_name_have_two_datasets(
    session: Session, work: Work, ask: Callable[..., Job]
) -> None:
    # The second upload must never replace the first person's data.
    awa, ben = _person(session, "awa"), _person(session, "ben")
    mine = work(ask(FRENCH, awa, keep=True)).result
    theirs = work(ask(FRENCH.replace(b"50", b"99"), ben, keep=True)).result
    assert mine is not None
    assert theirs is not None
    assert mine["dataset_id"] != theirs["dataset_id"]
    assert [one.id for one in datasets.listed(session, awa)] == [mine["dataset_id"]]


def test_someone_elses_reading_looks_absent(session: Session, work: Work, ask: Callable[..., Job]) -> None:
    # Neither to bring in, nor to read again.
    awa, ben = _person(session, "awa"), _person(session, "ben")
    job = work(ask(FRENCH, awa))
    with pytest.raises(NotFound):
        readings.confirm(session, ben, job.id)
    with pytest.raises(NotFound):
        readings.again(session, ben, job, ParseOptions())
    with pytest.raises(NotFound):
        readings.confirm(session, ben, 10**9)


def test_a_viewer_cannot_have_a_file_read(session: Session, ask: Callable[..., Job]) -> None:
    # Said when it is asked for, not by a failed job.
    with pytest.raises(NotAllowed):
        ask(FRENCH, _person(session, "vera", "viewer"))
    with pytest.raises(NotAllowed):
        readings.request_sample(session, _person(session, "vito", "viewer"), "sp500", keep=True)


def test_what_is_too_large_is_refused_at_once(session: Session) -> None:
    # With both sizes in the sentence.
    with pytest.raises(TooLarge, match=r"big\.csv has 3 MB; the limit is 2 MB"):
        readings.request(
            session,
            OPERATOR,
            content_sha256="0" * 64,
            size_bytes=2_000_001,
            filename="big.csv",
            options=ParseOptions(),
            keep=False,
            max_bytes=2_000_000,
        )


def test_a_sample_is_read_as_a_french_file_and_keeps_its_licence(session: Session, work: Work) -> None:
    # The same road as a person's own file; whoever shows the data must name their source.
    job = work(readings.request_sample(session, OPERATOR, "usdxof", keep=True))
    assert job.result is not None
    assert (job.result["filename"], job.result["profile"]["dialect"]["decimal"]) == ("usdxof.csv", ",")
    assert "European Central Bank" in job.result["licence"]
    dataset = session.get_one(Dataset, job.result["dataset_id"])
    assert dataset.file_metadata == {"licence": job.result["licence"]}
    again = work(readings.again(session, OPERATOR, job, ParseOptions(dates="dmy")))
    assert again.result is not None
    assert again.result["licence"] == job.result["licence"]


def test_an_unknown_sample_is_refused_at_once(session: Session) -> None:
    # One list of samples, which no door repeats.
    with pytest.raises(NotFound):
        readings.request_sample(session, OPERATOR, "nope", keep=True)
    assert session.query(Job).count() == 0


def test_every_sample_that_is_offered_exists() -> None:
    # The provider needs PyArrow, so the service has names only.
    known = {symbol.name for symbol in registry.get("samples").symbols()}
    assert {one.name for one in readings.SAMPLES} <= known


@pytest.mark.parametrize(("keep", "kinds"), [(True, ["reading", "analysis"]), (False, ["reading"])])
def test_a_sample_that_is_kept_gets_its_bilan(
    session: Session, work: Work, keep: bool, kinds: list[str]
) -> None:
    # A new installation shows one without anybody having asked; who is asked to confirm does that later.
    job = work(readings.request_sample(session, OPERATOR, "usdxof", keep=keep))
    assert job.state == "done"
    assert [one.kind for one in session.query(Job).order_by(Job.id)] == kinds
    assert readings.kept_samples(session) == ({"usdxof": job} if keep else {})


class _Silent:
    """A report that nobody reads."""

    def progress(self, fraction: float, note: Mapping[str, str] | None = None) -> None: ...

    def partial(self, name: str, content: Mapping[str, Any]) -> None: ...


def _strict(result: Any) -> Any:
    return json.loads(json.dumps(result, allow_nan=False))
