"""``/api/v1/datasets``: a file comes in once, in the way that was asked for, and belongs to somebody."""

from __future__ import annotations

import threading

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from programs import AsProgram, prices, program_of, send

from boursa.api.v1.answers import PATIENCE_S
from boursa.api.v1.schemas import Dataset

AMBIGUOUS = b"date,close\n01/02/2025,10.5\n02/03/2025,11.5\n03/04/2025,12.5\n"
BROKEN = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10


def _names(program: FlaskClient) -> list[str]:
    return [one["name"] for one in program.get("/api/v1/datasets").get_json()["items"]]


def test_a_file_becomes_a_dataset(program: FlaskClient) -> None:
    # With its profile at once, at an address of its own, and the bytes as they were sent.
    answer = send(program, prices())
    assert answer.status_code == 201, answer.text
    found = answer.get_json()
    assert Dataset.model_validate(found).versions[0].rows == 120
    assert answer.headers["Location"] == f"/api/v1/datasets/{found['id']}"
    assert found["profile"]["dialect"]["decimal"] == ","
    assert program.get(answer.headers["Location"]).get_json() == found
    file = program.get(found["links"]["file"])
    assert (file.data, file.content_type) == (prices(), "application/octet-stream")
    assert file.headers["Content-Disposition"] == "attachment; filename=cours.csv"


def test_the_same_bytes_are_one_version_and_others_the_next(program: FlaskClient) -> None:
    # Under one name; what was computed on the first can be computed again.
    for content in (prices(), prices(), prices(seed=4)):
        answer = send(program, content)
    assert [one["number"] for one in answer.get_json()["versions"]] == [2, 1]


def test_two_people_with_one_file_name_do_not_meet(as_program: AsProgram) -> None:
    # The second upload must never replace the first person's data; to others it looks absent.
    awa, ben = as_program(), as_program()
    mine, theirs = send(awa, prices()), send(ben, prices(seed=9))
    assert mine.get_json()["id"] != theirs.get_json()["id"]
    address = mine.headers["Location"]
    for answer in (ben.get(address), ben.delete(address), ben.get(f"{address}/file")):
        assert answer.status_code == 404
    assert awa.get(f"{address}/file").data == prices()


def test_a_viewer_brings_nothing_in(as_program: AsProgram) -> None:
    # Viewers look.
    viewer = as_program("viewer")
    assert send(viewer, prices()).status_code == 403
    assert _names(viewer) == []


def test_an_open_question_is_told_and_answered_by_an_option(program: FlaskClient) -> None:
    # Nothing is brought in on a guess.
    answer = send(program, AMBIGUOUS)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "file-ambiguous")
    (question,) = problem["questions"]
    assert (question["option"], question["choices"]) == ("dates", ["dmy", "mdy"])
    assert _names(program) == []
    again = send(program, AMBIGUOUS, dates="dmy", decimal="")
    assert (again.status_code, again.get_json()["versions"][0]["options"]["dates"]) == (201, "dmy")


def test_a_file_that_is_no_table_is_refused_with_a_sentence(program: FlaskClient) -> None:
    # And nothing is left of it in the lists.
    answer = send(program, BROKEN, "image.png")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "file-unreadable")
    assert "image.png" in answer.get_json()["detail"]
    assert _names(program) == []


@pytest.mark.parametrize("size", [1_000_001, 3_000_000])
def test_a_file_that_is_too_large_is_refused(program: FlaskClient, size: int) -> None:
    # Whether it is noticed by the size of the request or by that of the file; the limit is said.
    answer = send(program, b"x" * size)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
    assert "1 MB" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("fields", "status"), [({"separator": "abc"}, 422), ({"decimal": "x"}, 422), ({"speed": "9"}, 422)]
)
def test_an_option_that_does_not_exist_is_refused(
    program: FlaskClient, fields: dict[str, str], status: int
) -> None:
    # At once: no job is asked for.
    assert send(program, prices(), **fields).status_code == status
    assert program.get("/api/v1/jobs").get_json()["items"] == []


def test_a_request_without_a_file_is_refused(program: FlaskClient) -> None:
    # With a pointer to what is missing, in the language of the rest.
    answer = program.post("/api/v1/datasets", data={"name": "x"}, headers={"Accept-Language": "fr"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"pointer": "#/file", "detail": "Il faut ici un fichier."}]


def test_a_name_is_cleaned(program: FlaskClient) -> None:
    # Whether it is the file's or was given: no folders, nothing invisible.
    send(program, prices(), "C:\\\\dossier\\\\é\x1b.csv")
    send(program, prices(), name=" Cours 2025 ")
    assert _names(program) == ["Cours 2025", "é.csv"]


def test_a_list_is_read_page_by_page(program: FlaskClient) -> None:
    # Following `next` shows everything once, newest first.
    for place in range(3):
        send(program, prices(), f"{place}.csv")
    seen, address = [], "/api/v1/datasets?limit=2"
    while address:
        page = program.get(address).get_json()
        seen += [one["name"] for one in page["items"]]
        address = page["next"]
    assert seen == ["2.csv", "1.csv", "0.csv"]


def test_what_is_unchanged_is_not_sent_again(program: FlaskClient, dataset_id: int) -> None:
    # A program that polls costs nothing.
    for address in (f"/api/v1/datasets/{dataset_id}", f"/api/v1/datasets/{dataset_id}/file"):
        tag = program.get(address).headers["ETag"]
        answer = program.get(address, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.data) == (304, b"")
        assert program.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_deleted_dataset_is_gone(program: FlaskClient, dataset_id: int) -> None:
    # From the lists and from its address; twice is not found.
    address = f"/api/v1/datasets/{dataset_id}"
    answer = program.delete(address)
    assert (answer.status_code, answer.data) == (204, b"")
    assert program.get(address).status_code == 404
    assert program.delete(address).status_code == 404
    assert _names(program) == []


def test_who_waits_too_long_is_given_the_job(asking: FlaskClient) -> None:
    # Where nobody works at the moment, the answer is where to look later.
    answer = send(asking, prices())
    job = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1/jobs/{job['id']}")
    assert (job["kind"], job["state"]) == ("reading", "queued")


def test_nobody_waits_longer_than_five_seconds() -> None:
    # The promise of the documentation, the rest of the request included.
    assert PATIENCE_S < 5


def test_a_key_makes_one_dataset_of_eight_requests_at_once(
    working_app: APIFlask, program: FlaskClient
) -> None:
    # Whoever comes while the first is under way is told to come again; afterwards all get its answer.
    found: list[tuple[int, str]] = []

    def request() -> None:
        client = working_app.test_client()
        client.environ_base.update(program.environ_base)
        answer = send(client, prices(), "clé.csv", key="k-1")
        found.append((answer.status_code, answer.text))
        if answer.status_code == 409:
            assert answer.headers["Retry-After"] == "1"

    threads = [threading.Thread(target=request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [status for status, _ in found]
    assert len(found) == 8
    assert set(statuses) <= {201, 409}
    assert statuses.count(201) >= 1
    first = next(text for status, text in found if status == 201)
    again = send(program, prices(), "clé.csv", key="k-1")
    assert (again.status_code, again.get_json()) == (201, working_app.json.loads(first))
    assert again.headers["Location"] == f"/api/v1/datasets/{again.get_json()['id']}"
    assert len(program.get("/api/v1/jobs").get_json()["items"]) == 1


def test_a_key_belongs_to_one_request_of_one_person(as_program: AsProgram) -> None:
    # Another request under it is a mistake that is said; another person's same word is another key.
    awa, ben = as_program(), as_program()
    assert send(awa, prices(), key="k").status_code == 201
    for changed in (send(awa, prices(seed=5), key="k"), send(awa, prices(), "b.csv", key="k")):
        assert (changed.status_code, changed.get_json()["code"]) == (422, "idempotency-mismatch")
        assert "sent with another request" in changed.get_json()["detail"]
    assert send(ben, prices(seed=5), key="k").status_code == 201


@pytest.mark.parametrize("key", ["a b", "x" * 129, "é"])
def test_a_key_that_cannot_be_kept_is_refused(program: FlaskClient, key: str) -> None:
    # Said, rather than ignored: the program relies on it.
    assert send(program, prices(), key=key).status_code == 400


def test_a_request_that_was_refused_leaves_its_key_free(idle_app: APIFlask, asking: FlaskClient) -> None:
    # Nothing was done, so the corrected request may have the same key.
    body = {"dataset": 10**6, "test": "jarque-bera"}
    for _ in range(2):
        answer = asking.post("/api/v1/tests", json=body, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 404
    assert send(asking, prices(), key="k").status_code == 202
    assert send(program_of(idle_app), prices(), key="k").status_code == 202
