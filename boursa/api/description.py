"""What the OpenAPI document says beside what APIFlask finds in the views."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from boursa.api.v1.schemas import Problem

_DESCRIPTION = """\
Everything in the browser is also here. Show a token in every request: `Authorization: Bearer bsa_…`;
make one on your account page. Errors are `application/problem+json` (RFC 9457), in the language of
`Accept-Language`. A computation is answered within five seconds: 200 with its result, or 202 with a
job to follow; `Prefer: respond-async` gets the job at once. Lists have a `next` address until their
end. Numbers are JSON numbers, returns are fractions (0.01 is 1 %), moments are ISO 8601 in UTC.
"""
_ALWAYS = {
    "401": "No token, or one that is not valid.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "A part of the installation is away; `Retry-After` says when to come back.",
}
_OF_OBJECTS = {"404": "There is no such object, or it is not yours."}
_OF_WRITING = {
    "400": "The request is malformed.",
    "403": "The token, or the person's role, may only read.",
    "409": "The object is not in a state that allows this, or the same request is under way.",
    "413": "The data exceed a limit of this installation.",
    "422": "The values or the data cannot be used; `errors` or `questions` say more.",
}
_OF_LISTS = {"422": "A parameter cannot be used."}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your word for this request: sent again within a day, it gets the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    "example": "7c0e4d0a-import-cours",
}
_PREFERENCE = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`respond-async`: 202 with the job at once; `wait=2`: the result within 2 s, else 202.",
    "schema": {"type": "string"},
    "example": "respond-async",
}
_TAG = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of the answer that you have: if nothing changed, the answer is 304.",
    "schema": {"type": "string"},
    "example": 'W/"8f3a-12"',
}
_WITHOUT_KEY = ("/cancel", "/retry")
# One object for everybody who asks: the own one.
_OWN = "/positions/me"
_NEVER_KEPT = "/api/v1/me"


def complete(document: Any) -> Any:
    """Return the document with its security, its problems and its examples."""
    document["info"]["description"] = _DESCRIPTION
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token: bsa_…"}
    }
    schemas = components.setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template="#/components/schemas/Problem.{model}")
    for name, schema in problem.pop("$defs", {}).items():
        schemas[f"Problem.{name}"] = schema
    schemas["Problem"] = problem
    document["security"] = [{"token": []}]
    # APIFlask names the tag of two modules twice, which the specification forbids.
    document["tags"] = list({tag["name"]: tag for tag in document["tags"]}.values())
    for path, method, operation in _operations(document):
        _complete(path, method, operation, schemas)
    _prune(document)
    return document


def _prune(document: dict[str, Any]) -> None:
    """Drop the schemas that nothing refers to: those of APIFlask's own errors, which are never sent."""
    schemas = document["components"]["schemas"]
    while unused := set(schemas) - set(_named(document)):
        for name in unused:
            del schemas[name]


def _named(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            yield reference.rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _named(one)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    operation["operationId"] = _name(path, method)
    # Summaries are plain text, descriptions are Markdown.
    operation["summary"] = operation["summary"].replace("`", "")
    problems = {**_ALWAYS, **(_OF_OBJECTS if _names_an_object(path, method) else {})}
    if method != "get":
        problems |= _OF_WRITING
    elif any(one["in"] == "query" for one in operation["parameters"]):
        problems |= _OF_LISTS
    if method == "post" and not path.endswith(_WITHOUT_KEY):
        operation["parameters"].append(_KEY)
    if "202" in operation["responses"] and not path.endswith(_WITHOUT_KEY):
        operation["parameters"].append(_PREFERENCE)
    for status, sentence in problems.items():
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"][status] = {"description": sentence, "content": content}
    if method == "get" and path != _NEVER_KEPT and _says_json(operation["responses"]["200"]):
        operation["parameters"].append(_TAG)
        operation["responses"]["304"] = {"description": "What you have is still right."}
    operation["responses"] = dict(sorted(operation["responses"].items()))
    for place in (operation.get("requestBody", {}), *operation["responses"].values()):
        for medium in place.get("content", {}).values():
            _exemplify(medium, schemas)


def _says_json(response: dict[str, Any]) -> bool:
    return "application/json" in response.get("content", {})


def _names_an_object(path: str, method: str) -> bool:
    return "{" in path or method == "post" or (path.endswith(_OWN) and method == "get")


def _name(path: str, method: str) -> str:
    words = [word for word in path.removeprefix("/api/v1/").split("/") if "{" not in word]
    return "_".join([method, *words]) + ("_one" if path.endswith("}") else "")


def _exemplify(medium: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put the example of a model where tools look for it."""
    schema = medium.get("schema", {})
    many = schema.get("type") == "array"
    name = (schema["items"] if many else schema).get("$ref", "").rpartition("/")[2]
    examples = schemas.get(name, {}).get("examples")
    if examples:
        medium["example"] = examples if many else examples[0]
