"""``GET /api/v1/tests`` lists the catalogue, and OpenAPI describes it."""

from __future__ import annotations

from flask.testing import FlaskClient

from boursa.analytics.statistics import catalogue


def test_every_test_is_listed_with_its_question_in_both_languages(client: FlaskClient) -> None:
    # What the command line knows, the API knows.
    answer = client.get("/api/v1/tests")
    assert answer.status_code == 200
    assert answer.json is not None
    assert [one["name"] for one in answer.json] == list(catalogue.names())
    assert all(one["question"]["fr"] and one["question"]["en"] for one in answer.json)


def test_the_specification_names_the_operation(client: FlaskClient) -> None:
    # OpenAPI 3.1, generated from the code that answers.
    answer = client.get("/api/v1/openapi.json")
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"
    assert list(answer.json["paths"]) == ["/api/v1/tests"]


def test_other_verbs_are_refused(client: FlaskClient) -> None:
    # The catalogue is read, nothing else.
    assert client.post("/api/v1/tests").status_code == 405
