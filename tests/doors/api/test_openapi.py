"""The OpenAPI document is valid, complete, about the API only, and true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from apiflask import APIFlask


@pytest.fixture(scope="module")
def document(working_app: APIFlask) -> Any:
    """The document, as anybody gets it."""
    return working_app.test_client().get("/api/v1/openapi.json").get_json()


def _operations(document: Any) -> Iterator[tuple[str, str, Any]]:
    for path, operations in document["paths"].items():
        for verb, operation in operations.items():
            yield path, verb, operation


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def test_it_is_of_version_3_1_and_needs_no_token(document: Any) -> None:
    # Whoever writes a program reads it first.
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "BoursA"
    tags = [tag["name"] for tag in document["tags"]]
    assert len(set(tags)) == len(tags)


def test_it_is_about_the_api_only(document: Any) -> None:
    # Pages are for people.
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert len(document["paths"]) == 17


def test_every_reference_leads_somewhere(document: Any) -> None:
    # A generated client would break on the first that does not.
    for reference in _references(document):
        part = document
        for word in reference.removeprefix("#/").split("/"):
            part = part[word]
        assert part


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: Any) -> None:
    # Generated clients call their functions by it.
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(set(names)) == len(names)
    for _, _, operation in _operations(document):
        assert operation["summary"]
        assert len(operation["tags"]) == 1


def test_every_operation_needs_the_token_and_says_what_may_go_wrong(document: Any) -> None:
    # As problem documents, 401 and 429 everywhere, 404 where there is a number, more where it writes.
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, verb, operation in _operations(document):
        wanted = {"401", "429", "503"} | ({"404"} if "{" in path else set())
        wanted |= set() if verb == "get" else {"400", "403", "409", "413", "422"}
        assert wanted <= set(operation["responses"]), path
        for status, response in operation["responses"].items():
            if status[0] in "45":
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}
                assert list(response["content"]) == ["application/problem+json"]


def test_every_operation_has_examples(document: Any) -> None:
    # Of what is sent, and of what comes back.
    for path, verb, operation in _operations(document):
        body = operation.get("requestBody", {}).get("content", {})
        answers = [one for status, one in operation["responses"].items() if status[0] == "2"]
        media = [*body.values(), *(medium for one in answers for medium in one.get("content", {}).values())]
        assert media or verb == "delete", path
        for medium in media:
            schema = medium["schema"]
            assert "example" in medium or schema.get("format") == "binary" or schema == {}, (path, verb)


def test_every_parameter_of_a_path_is_described(document: Any) -> None:
    # By its name, required, as a number.
    for path, _, operation in _operations(document):
        named = {word[1:-1] for word in path.split("/") if word.startswith("{")}
        described = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == described


def test_creating_takes_an_idempotency_key(document: Any) -> None:
    # Every POST that makes something new.
    for path, verb, operation in _operations(document):
        takes = any(one["name"] == "Idempotency-Key" for one in operation["parameters"])
        assert takes == (verb == "post" and not path.endswith(("/cancel", "/retry"))), path


def test_the_page_that_shows_it_needs_no_other_host(working_app: APIFlask) -> None:
    # Offline, and under the strict policy: no script in the page itself.
    answer = working_app.test_client().get("/api/v1/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert 'data-openapi="/api/v1/openapi.json"' in answer.text
    assert "http://" not in answer.text.replace("http://www.w3.org", "")
    assert "https://" not in answer.text
    assert "<script>" not in answer.text


def test_it_is_not_sent_again_while_it_is_the_same(working_app: APIFlask) -> None:
    # A tool that looks at every start gets 304.
    client = working_app.test_client()
    tag = client.get("/api/v1/openapi.json").headers["ETag"]
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_every_schema_is_one_that_is_used(document: Any) -> None:
    # A generated client would have classes of errors that are never sent.
    used = {reference.rpartition("/")[2] for reference in _references(document)}
    assert set(document["components"]["schemas"]) == used
    assert not {"HTTPError", "ValidationError"} & used


def test_summaries_are_plain_text(document: Any) -> None:
    # Tools show them as they stand; only descriptions are Markdown.
    assert not [operation for _, _, operation in _operations(document) if "`" in operation["summary"]]


def test_whatever_has_a_tag_says_so(document: Any) -> None:
    # Every GET that answers in JSON, but for whose token it is.
    for path, verb, operation in _operations(document):
        json = verb == "get" and "application/json" in operation["responses"]["200"]["content"]
        takes = any(one["name"] == "If-None-Match" for one in operation["parameters"])
        assert takes == ("304" in operation["responses"]) == (json and path != "/api/v1/me"), path
