"""Tests, forecasts, backtests and the Bilan: the same numbers as from every door, now or as a job."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from programs import AsProgram, prices, send
from werkzeug.test import TestResponse

from boursa.analytics import statistics
from boursa.analytics.forecasting import calendar, course
from boursa.analytics.forecasting import catalogue as models
from boursa.analytics.statistics import catalogue
from boursa.api.v1 import schemas
from boursa.api.v1.schemas import Entry, ForecastRequest
from boursa.ingest import read
from boursa.services import questions

QUICK = {"model": "naive", "horizon": 3}


def _ended(program: FlaskClient, answer: TestResponse) -> Any:
    """Return the entry of a request, also if it was answered by a job."""
    if answer.status_code == 202:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            job = program.get(answer.headers["Location"]).get_json()
            if job["state"] not in ("queued", "running"):
                break
            time.sleep(0.2)
        assert job["state"] == "done", job
        answer = program.get(job["links"]["result"])
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_every_test_is_listed_with_its_question_in_both_languages(program: FlaskClient) -> None:
    # What the command line knows, the API knows.
    found = program.get("/api/v1/tests").get_json()
    assert [one["name"] for one in found] == list(catalogue.names())
    assert all(one["question"]["fr"] and one["question"]["en"] for one in found)


def test_every_model_is_listed(program: FlaskClient) -> None:
    # In the order of the catalogue, the naive one first.
    found = program.get("/api/v1/models").get_json()
    assert [one["name"] for one in found] == list(models.names())


def test_a_test_gives_the_numbers_of_the_library(program: FlaskClient, dataset_id: int) -> None:
    # One computation, whichever the door; the result is in History.
    body = {"dataset": dataset_id, "test": "spearman", "columns": ["Alpha", "Beta"]}
    answer = program.post("/api/v1/tests", json=body)
    assert answer.status_code == 200, answer.text
    entry = answer.get_json()
    table = read(prices(), name="cours.csv")
    expected = statistics.run(
        "spearman", [table.floats("Alpha"), table.floats("Beta")], names=["Alpha", "Beta"]
    )
    assert entry["result"]["p_value"] == expected.p_value
    assert entry["data"] == {"dataset": dataset_id, "name": "cours.csv", "version": 1}
    assert Entry.model_validate(entry).parameters == {"test": "spearman", "columns": ["Alpha", "Beta"]}
    assert answer.headers["Content-Location"] == entry["links"]["self"]
    assert program.get(entry["links"]["self"]).get_json() == entry


@pytest.mark.parametrize(
    ("wrong", "code", "status"),
    [
        ({"test": "no-such"}, "invalid", 422),
        ({"options": {"speed": 3}}, "option-unknown", 422),
        ({"options": {"speed": [3]}}, "invalid", 422),
        ({"alternative": "sideways"}, "invalid", 422),
        ({"value": "Alpha", "group": "Beta"}, "input", 422),
        ({"columns": ["Alpha", "Gamma"]}, "column-unknown", 422),
        ({"columns": ["Alpha"]}, "input", 422),
        ({"columns": ["Alpha", "Date"]}, "not-numeric", 422),
        ({"version": 2}, "not-found", 404),
    ],
)
def test_what_cannot_be_tested_is_refused_at_once(
    program: FlaskClient, dataset_id: int, wrong: dict[str, Any], code: str, status: int
) -> None:
    # The catalogue and the profile are enough: no worker is bothered.
    body = {"dataset": dataset_id, "test": "spearman", "columns": ["Alpha", "Beta"], **wrong}
    answer = program.post("/api/v1/tests", json=body)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert [job["kind"] for job in program.get("/api/v1/jobs").get_json()["items"]] == ["reading"]


def test_what_only_the_numbers_can_tell_is_a_problem_too(program: FlaskClient) -> None:
    # A constant column: the worker refuses, and its sentence is the answer.
    lines = ["date;x", *(f"{day:02d}/01/2025;5,5" for day in range(1, 30))]
    number = send(program, "\n".join(lines).encode(), dates="dmy").get_json()["id"]
    answer = program.post("/api/v1/tests", json={"dataset": number, "test": "jarque-bera", "columns": ["x"]})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "constant-series")


def test_a_forecast_stands_beside_the_naive_one(program: FlaskClient, dataset_id: int) -> None:
    # With the backtest that says how far it can be trusted.
    body = {"dataset": dataset_id, "column": "Alpha", **QUICK}
    (study,) = _ended(program, program.post("/api/v1/forecasts", json=body))["result"]["series"]
    assert len(study["forecast"]["mean"]) == 3
    assert study["naive"]["model"] == "naive"
    assert study["verdict"]["sentence"]["en"]


def test_a_backtest_judges_one_model(program: FlaskClient, dataset_id: int) -> None:
    # Forecast by forecast.
    body = {"dataset": dataset_id, "column": "Alpha", **QUICK}
    entry = _ended(program, program.post("/api/v1/backtests", json=body))
    assert (entry["kind"], entry["name"]) == ("backtest", "naive")
    assert entry["result"]["series"][0]["accuracy"]["n"] > 0


@pytest.mark.parametrize(
    ("wrong", "code", "status"),
    [
        ({"model": "oracle"}, "invalid", 422),
        ({"horizon": 0}, "invalid", 422),
        ({"horizon": 251}, "invalid", 422),
        ({"horizon": 2.5}, "invalid", 422),
        ({"season": 0}, "invalid", 422),
        ({"freq": "fortnight"}, "invalid", 422),
        ({"target": "moon"}, "invalid", 422),
        ({"levels": [80, 80]}, "option-unknown", 422),
        ({"column": "Gamma"}, "column-unknown", 422),
        ({"levels": [100]}, "invalid", 422),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/forecasts", "/api/v1/backtests"])
def test_what_cannot_be_forecast_is_refused_at_once(
    program: FlaskClient, dataset_id: int, path: str, wrong: dict[str, Any], code: str, status: int
) -> None:
    # No job is asked for.
    answer = program.post(path, json={"dataset": dataset_id, "column": "Alpha", **QUICK, **wrong})
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"dataset": True}, "#/dataset"),
        ({"dataset": "1"}, "#/dataset"),
        ({"horizon": "5"}, "#/horizon"),
        ({"levels": ["80"]}, "#/levels/0"),
        ({"horizon": True}, "#/horizon"),
        ({"column": 3}, "#/column"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/analyses", "/api/v1/forecasts", "/api/v1/backtests"])
def test_json_says_what_it_means(
    program: FlaskClient, dataset_id: int, path: str, wrong: dict[str, Any], pointer: str
) -> None:
    # A program that sends "5" or true for a number has a mistake, and is told rather than understood.
    answer = program.post(path, json={"dataset": dataset_id, "column": "Alpha", **QUICK, **wrong})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.get_json()["errors"]] == [pointer]


def test_what_a_body_may_hold_is_what_is_computed() -> None:
    # Said a second time in the schemas, so that the OpenAPI document has it and nothing heavy is loaded.
    schema = schemas.ForecastRequest.model_json_schema()["properties"]
    assert schema["horizon"]["anyOf"][0]["maximum"] == course.MAX_HORIZON
    assert calendar.FREQUENCIES == questions.FREQUENCIES
    schema = schemas.TestRequest.model_json_schema()["properties"]
    assert schema["test"]["enum"] == list(catalogue.names())
    assert {one for test in catalogue.CATALOGUE for one in test.alternatives} <= set(
        schema["alternative"]["anyOf"][0]["enum"]
    )
    known = ForecastRequest.model_json_schema()["properties"]
    assert known["model"]["anyOf"][0]["enum"] == ["auto", *models.names()]
    assert (known["horizon"]["anyOf"][0]["minimum"], known["horizon"]["anyOf"][0]["maximum"]) == (1, 250)


def test_the_bilan_of_a_dataset(program: FlaskClient, dataset_id: int) -> None:
    # Every series of the file, with all blocks.
    entry = _ended(program, program.post("/api/v1/analyses", json={"dataset": dataset_id, **QUICK}))
    assert [one["name"] for one in entry["result"]["series"]] == ["Alpha", "Beta"]
    assert entry["result"]["series"][0]["conclusion"]


@pytest.mark.parametrize(
    "path", ["/api/v1/analyses", "/api/v1/tests", "/api/v1/forecasts", "/api/v1/backtests"]
)
def test_other_peoples_data_look_absent(as_program: AsProgram, dataset_id: int, path: str) -> None:
    # A computation would tell what is in them; nothing is asked for.
    body = {"dataset": dataset_id, **({"test": "spearman"} if path == "/api/v1/tests" else {})}
    for other in (as_program(), as_program("viewer")):
        assert other.post(path, json=body).status_code == 404
        assert other.get("/api/v1/jobs").get_json()["items"] == []


def test_a_key_computes_once(program: FlaskClient, dataset_id: int) -> None:
    # The second request gets the first answer, word for word.
    body = {"dataset": dataset_id, "test": "jarque-bera", "columns": ["Alpha"]}
    first, second = (
        program.post("/api/v1/tests", json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, first.get_json()) == (second.status_code, second.get_json())
    assert first.headers["Content-Location"] == second.headers["Content-Location"]
    assert len(program.get("/api/v1/history").get_json()["items"]) == 1


def test_a_key_means_one_address(program: FlaskClient, dataset_id: int) -> None:
    # The same body sent elsewhere is another request.
    body = {"dataset": dataset_id, "column": "Alpha", **QUICK}
    headers = {"Idempotency-Key": "k"}
    program.post("/api/v1/forecasts", json=body, headers=headers)
    assert program.post("/api/v1/backtests", json=body, headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("wish", "status", "applied"),
    [
        ("respond-async", 202, "respond-async"),
        ("Respond-Async, wait=0", 202, "wait=0"),
        ("wait=60", 200, None),
        ("wait=-1, handling=lenient", 200, None),
    ],
)
def test_who_does_not_want_to_wait_gets_the_job(
    program: FlaskClient, dataset_id: int, wish: str, status: int, applied: str | None
) -> None:
    # As RFC 7240 has it: what is not understood is passed over.
    body = {"dataset": dataset_id, "test": "spearman", "columns": ["Alpha", "Beta"]}
    answer = program.post("/api/v1/tests", json=body, headers={"Prefer": wish})
    assert (answer.status_code, answer.headers.get("Preference-Applied")) == (status, applied)
    assert _ended(program, answer)["kind"] == "test"
