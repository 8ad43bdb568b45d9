"""``/api/v1/history``: every result stays, is found again, and can be computed again."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from programs import AsProgram


@pytest.fixture
def entry_id(program: FlaskClient, dataset_id: int) -> int:
    """A test that the analyst ran."""
    body = {"dataset": dataset_id, "test": "jarque-bera", "columns": ["Alpha"]}
    return int(program.post("/api/v1/tests", json=body).get_json()["id"])


def test_results_are_listed_without_their_numbers(program: FlaskClient, entry_id: int) -> None:
    # A list of a thousand Bilans stays small.
    (line,) = program.get("/api/v1/history").get_json()["items"]
    assert (line["id"], line["kind"], line["name"], line["data"]["version"]) == (
        entry_id,
        "test",
        "jarque-bera",
        1,
    )
    assert "result" not in line
    assert program.get("/api/v1/history?kind=forecast").get_json()["items"] == []


def test_a_result_says_what_it_needs_to_be_computed_again(program: FlaskClient, entry_id: int) -> None:
    # Parameters, versions of everything that has a say in a number.
    found = program.get(f"/api/v1/history/{entry_id}").get_json()
    assert found["parameters"] == {"test": "jarque-bera", "columns": ["Alpha"]}
    assert {"boursa", "numpy", "scipy"} <= set(found["versions"])


def test_a_replay_is_a_new_entry_with_the_same_numbers(program: FlaskClient, entry_id: int) -> None:
    # To the last digit; the first entry is untouched.
    first = program.get(f"/api/v1/history/{entry_id}").get_json()
    answer = program.post(f"/api/v1/history/{entry_id}/replay")
    assert answer.status_code == 200
    again = answer.get_json()
    assert again["id"] != entry_id
    assert again["result"] == first["result"]
    assert program.get(f"/api/v1/history/{entry_id}").get_json() == first


def test_what_is_unchanged_is_not_sent_again(program: FlaskClient, entry_id: int) -> None:
    # Results never change, so whoever has one keeps it.
    address = f"/api/v1/history/{entry_id}"
    tag = program.get(address).headers["ETag"]
    assert program.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_other_peoples_results_look_absent(
    as_program: AsProgram, program: FlaskClient, entry_id: int
) -> None:
    # Neither reading nor replaying tells whether one exists.
    other = as_program()
    assert other.get(f"/api/v1/history/{entry_id}").status_code == 404
    assert other.post(f"/api/v1/history/{entry_id}/replay").status_code == 404
    assert other.get("/api/v1/history").get_json()["items"] == []


def test_results_outlive_their_data(program: FlaskClient, entry_id: int, dataset_id: int) -> None:
    # Deleting a file takes no result away.
    program.delete(f"/api/v1/datasets/{dataset_id}")
    assert program.get(f"/api/v1/history/{entry_id}").status_code == 200
