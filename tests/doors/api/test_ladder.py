"""What holds for every operation that the OpenAPI document names."""

from __future__ import annotations

from typing import get_args

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from programs import AsProgram, prices, program_of, send, showing

from boursa.api import v1
from boursa.api.v1.schemas import HistoryQuery, JobQuery
from boursa.services import history
from boursa.storage.models.jobs import CANCELLED, DONE, FAILED, QUEUED, RUNNING

OPERATIONS = [
    ("GET", "/api/v1/me"),
    ("POST", "/api/v1/datasets"),
    ("GET", "/api/v1/datasets"),
    ("GET", "/api/v1/datasets/{id}"),
    ("DELETE", "/api/v1/datasets/{id}"),
    ("GET", "/api/v1/datasets/{id}/file"),
    ("POST", "/api/v1/analyses"),
    ("GET", "/api/v1/tests"),
    ("POST", "/api/v1/tests"),
    ("GET", "/api/v1/models"),
    ("POST", "/api/v1/forecasts"),
    ("POST", "/api/v1/backtests"),
    ("GET", "/api/v1/jobs"),
    ("GET", "/api/v1/jobs/{id}"),
    ("POST", "/api/v1/jobs/{id}/cancel"),
    ("POST", "/api/v1/jobs/{id}/retry"),
    ("GET", "/api/v1/history"),
    ("GET", "/api/v1/history/{id}"),
    ("POST", "/api/v1/history/{id}/replay"),
    ("GET", "/api/v1/positions/me"),
    ("PUT", "/api/v1/positions/me"),
    ("DELETE", "/api/v1/positions/me"),
]
WRITING = [(verb, path) for verb, path in OPERATIONS if verb != "GET"]
OF_ONE = [(verb, path) for verb, path in OPERATIONS if "{id}" in path]
COMPUTING = ["/api/v1/analyses", "/api/v1/tests", "/api/v1/forecasts", "/api/v1/backtests"]


def _address(path: str, number: int | str = 1) -> str:
    return path.replace("{id}", str(number))


def test_every_operation_is_on_the_list(working_app: APIFlask) -> None:
    # A new operation climbs the ladder too.
    paths = working_app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    found = {
        (verb.upper(), path.split("{")[0] + ("{id}" + path.partition("}")[2] if "{" in path else ""))
        for path, operations in paths.items()
        for verb in operations
    }
    assert found == set(OPERATIONS)
    assert len(v1.BLUEPRINTS) == 10


@pytest.mark.parametrize(("verb", "path"), OPERATIONS)
def test_nobody_is_told_how_to_show_a_token(working_app: APIFlask, verb: str, path: str) -> None:
    # Not even whether the object exists.
    answer = working_app.test_client().open(_address(path), method=verb)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="BoursA"'
    assert answer.get_json()["code"] == "token-refused"


@pytest.mark.parametrize("shown", ["bsa_unknown", "", "not even one"])
def test_a_token_that_opens_nothing_is_refused(working_app: APIFlask, shown: str) -> None:
    # Unknown, empty, or no token at all.
    answer = showing(working_app, shown).get("/api/v1/me")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_cookie_opens_nothing(working_app: APIFlask) -> None:
    # A browser sends cookies by itself, whoever wrote the page: the API reads none.
    client = working_app.test_client()
    client.set_cookie("boursa", "anything")
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(("verb", "path"), WRITING)
def test_a_read_only_token_changes_nothing(as_program: AsProgram, verb: str, path: str) -> None:
    # Before anything else is looked at.
    answer = as_program(read_only=True).open(_address(path), method=verb)
    assert (answer.status_code, answer.get_json()["detail"]) == (403, "This token may only read.")


@pytest.mark.parametrize(("verb", "path"), OF_ONE)
@pytest.mark.parametrize("number", [10**9, 10**30])
def test_what_does_not_exist_is_not_found(program: FlaskClient, verb: str, path: str, number: int) -> None:
    # Also where the number is larger than any database keeps.
    answer = program.open(_address(path, number), method=verb)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(("verb", "path"), OF_ONE)
@pytest.mark.parametrize("number", ["x", "-1", "1.5", "%00"])
def test_a_bad_number_is_not_found(program: FlaskClient, verb: str, path: str, number: str) -> None:
    # It cannot name anything.
    assert program.open(_address(path, number), method=verb).status_code == 404


@pytest.mark.parametrize("path", sorted({path for _, path in OPERATIONS}))
def test_a_wrong_verb_is_told_the_right_ones(program: FlaskClient, path: str) -> None:
    # As HTTP wants it, in the API's own form.
    answer = program.patch(_address(path))
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method-not-allowed")
    allowed = {verb for verb, other in OPERATIONS if other == path}
    assert allowed <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("path", COMPUTING)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"dataset": "x"}', 422),
        (b'{"dataset": 0}', 422),
        (b'{"dataset": 99999999999999999999999}', 422),
        (b'{"dataset": 1, "horizons": 3}', 422),
    ],
)
def test_a_malformed_body_is_refused(program: FlaskClient, path: str, body: bytes, status: int) -> None:
    # What is wrong is named by a pointer into the body; nothing is asked for.
    answer = program.post(path, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    if status == 422:
        assert all(one["pointer"].startswith("#") for one in answer.get_json()["errors"])
    assert program.get("/api/v1/jobs").get_json()["items"] == []


@pytest.mark.parametrize("path", ["/api/v1/datasets", "/api/v1/jobs", "/api/v1/history"])
@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=0", f"cursor={10**30}", "limit=0", "limit=201", "page=2"]
)
def test_a_bad_page_is_refused(program: FlaskClient, path: str, query: str) -> None:
    # A misspelt parameter that was ignored would look like an empty list; it is named as a parameter.
    answer = program.get(f"{path}?{query}")
    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (set(fault), fault["parameter"]) == ({"parameter", "detail"}, query.partition("=")[0])


def test_an_unknown_address_is_a_problem_too(program: FlaskClient) -> None:
    # Programs never get a page.
    answer = program.get("/api/v1/nonsense")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("wish", "language", "start"),
    [("en", "en", "There is"), ("fr-CA,en;q=0.5", "fr", "Cet"), ("de", "fr", "Cet")],
)
def test_a_problem_is_said_in_the_language_that_was_asked_for(
    program: FlaskClient, wish: str, language: str, start: str
) -> None:
    # French where nothing that is spoken here was asked for.
    answer = program.get("/api/v1/jobs/1000000", headers={"Accept-Language": wish})
    assert answer.headers["Content-Language"] == language
    assert answer.get_json()["detail"].startswith(start)


def test_a_fault_of_ours_tells_nothing(idle_app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    # The log says what happened; the answer could help somebody with bad intentions.
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    program = program_of(idle_app)
    monkeypatch.setattr("boursa.services.jobs.listed", fail)
    answer = program.get("/api/v1/jobs")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "error")
    assert "secret" not in answer.text


def test_who_asks_too_often_is_told_when_to_come_back(
    environment: dict[str, str], make_app: object, idle_app: APIFlask
) -> None:
    # Counted by person: another person is served meanwhile.
    busy_app = make_app({**environment, "REQUESTS_PER_MINUTE": "3"})  # type: ignore[operator] # a fixture's function
    busy, other = program_of(busy_app), program_of(busy_app)
    answers = [busy.get("/api/v1/me") for _ in range(5)]
    assert [answer.status_code for answer in answers].count(429) >= 1
    refused = answers[-1]
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too-often")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert other.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize("path", COMPUTING)
def test_a_body_without_end_or_without_bottom_is_refused(program: FlaskClient, path: str) -> None:
    # Only files are large; brackets in brackets would end the parser, not the request.
    for body, status in ((b"[" * 100_000, 400), (b'{"dataset": 1, "x": "%s"}' % (b"x" * 1_000_000), 413)):
        answer = program.post(path, data=body, content_type="application/json")
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
        assert "200 MB" not in answer.text


@pytest.mark.parametrize(
    "query",
    ["jobs?state=bogus", "jobs?state=", "jobs?state=%00", "history?kind=bogus", "history?kind=%00"],
)
def test_an_unknown_filter_is_refused(program: FlaskClient, query: str) -> None:
    # An empty list would look as if there were nothing.
    answer = program.get(f"/api/v1/{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")


def test_the_filters_are_those_of_the_services() -> None:
    # Said a second time, so that the OpenAPI document names them.
    kinds, states = (
        set(get_args(get_args(model.model_fields[name].annotation)[0]))
        for model, name in ((HistoryQuery, "kind"), (JobQuery, "state"))
    )
    assert kinds == set(history.KINDS)
    assert states == {QUEUED, RUNNING, DONE, FAILED, CANCELLED}


@pytest.mark.parametrize(
    "address",
    ["/api/v1/datasets", "/api/v1/jobs", "/api/v1/history", "/api/v1/tests", "/api/v1/models"],
)
@pytest.mark.parametrize("packed", ["identity", "gzip", "br"])
def test_a_list_that_did_not_change_is_not_sent_again(
    program: FlaskClient, dataset_id: int, address: str, packed: str
) -> None:
    # By a weak tag of what is said, however it is packed.
    headers = {"Accept-Encoding": packed}
    answer = program.get(address, headers=headers)
    tag = answer.headers["ETag"]
    assert tag.startswith('W/"')
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = program.get(address, headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert program.get(address, headers={**headers, "If-None-Match": 'W/"other"'}).status_code == 200


def test_a_list_that_changed_is_sent_again(program: FlaskClient) -> None:
    # Whoever polls sees what is new at once.
    tag = program.get("/api/v1/datasets").headers["ETag"]
    send(program, prices())
    assert program.get("/api/v1/datasets", headers={"If-None-Match": tag}).status_code == 200
