"""``/api/v1/jobs``: how far work is, stopping it, and asking again."""

from __future__ import annotations

from apiflask import APIFlask
from flask.testing import FlaskClient
from programs import prices, program_of, send

from boursa.api.v1.schemas import Job
from boursa.runtime import Runtime
from boursa.services import jobs


def _queued(program: FlaskClient) -> str:
    answer = send(program, prices())
    assert answer.status_code == 202
    return answer.headers["Location"]


def test_a_job_is_listed_and_shown(asking: FlaskClient) -> None:
    # With its state, and where to look again.
    address = _queued(asking)
    job = asking.get(address).get_json()
    assert Job.model_validate(job).state == "queued"
    assert job["links"] == {"self": address}
    (line,) = asking.get("/api/v1/jobs?state=queued").get_json()["items"]
    assert line["id"] == job["id"]
    assert asking.get("/api/v1/jobs?state=done").get_json()["items"] == []


def test_how_far_a_running_job_is_can_be_seen(asking: FlaskClient, installation: Runtime) -> None:
    # A fraction, a sentence, and what is ready.
    address = _queued(asking)
    note = {"fr": "Lecture", "en": "Reading"}
    with installation.unit_of_work() as session:
        claim = jobs.claim_next(session, "w")
        assert claim is not None
        jobs.heartbeat(session, claim, jobs.Progress(0.5, note, {"a": {"n": 1}}))
    job = asking.get(address).get_json()
    assert (job["state"], job["progress"], job["note"], job["partial"]) == (
        "running",
        0.5,
        note,
        {"a": {"n": 1}},
    )


def test_a_job_that_did_not_move_is_not_sent_again(asking: FlaskClient) -> None:
    # Who waits for one asks every second.
    address = _queued(asking)
    tag = asking.get(address).headers["ETag"]
    assert asking.get(address, headers={"If-None-Match": tag}).status_code == 304
    asking.post(f"{address}/cancel")
    assert asking.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_job_is_cancelled_once_and_asked_for_again(asking: FlaskClient) -> None:
    # Stopping what has ended is said to be too late; a retry starts from nothing.
    address = _queued(asking)
    assert asking.post(f"{address}/retry").status_code == 409
    cancelled = asking.post(f"{address}/cancel")
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (200, "cancelled")
    assert asking.post(f"{address}/cancel").status_code == 409
    again = asking.post(f"{address}/retry")
    assert (again.status_code, again.get_json()["state"], again.headers["Location"]) == (
        202,
        "queued",
        address,
    )


def test_other_peoples_jobs_look_absent(idle_app: APIFlask, asking: FlaskClient) -> None:
    # Neither looking, stopping nor repeating tells whether one exists.
    address, other = _queued(asking), program_of(idle_app)
    for answer in (other.get(address), other.post(f"{address}/cancel"), other.post(f"{address}/retry")):
        assert answer.status_code == 404
    assert other.get("/api/v1/jobs").get_json()["items"] == []


def test_a_job_that_is_done_says_where_its_result_is(program: FlaskClient, dataset_id: int) -> None:
    # A dataset for a file that was read.
    (job,) = program.get("/api/v1/jobs").get_json()["items"]
    found = program.get(job["links"]["self"]).get_json()
    assert (found["state"], found["links"]["result"]) == ("done", f"/api/v1/datasets/{dataset_id}")


def test_a_job_that_failed_says_why_and_what_to_answer(program: FlaskClient) -> None:
    # In both languages, with the questions that stand in the way.
    send(program, b"date,close\n01/02/2025,10.5\n02/03/2025,11.5\n03/04/2025,12.5\n")
    (job,) = program.get("/api/v1/jobs").get_json()["items"]
    assert (job["state"], job["error"]["code"]) == ("failed", "file-ambiguous")
    assert job["error"]["questions"][0]["option"] == "dates"


def test_a_list_is_read_page_by_page(asking: FlaskClient) -> None:
    # With the filter kept from page to page.
    addresses = [_queued(asking) for _ in range(3)]
    seen, address = [], "/api/v1/jobs?limit=2&state=queued"
    while address:
        page = asking.get(address).get_json()
        seen += [one["links"]["self"] for one in page["items"]]
        address = page["next"]
    assert seen == addresses[::-1]
