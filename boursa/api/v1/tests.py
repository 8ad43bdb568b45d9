"""``/api/v1/tests``: the statistical tests."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from boursa.analytics.statistics import catalogue
from boursa.api.v1 import computing, schemas

api = APIBlueprint("tests", __name__, url_prefix="/api/v1/tests", tag="Tests")


@api.get("")
@api.output(list[schemas.TestDescription])  # type: ignore[arg-type] # APIFlask takes it, its types do not say so
def index() -> list[dict[str, Any]]:
    """List the tests with their questions and options."""
    return [one.to_dict() for one in catalogue.CATALOGUE]


@api.post("")
@api.input(schemas.TestRequest, location="json", arg_name="wanted")
@api.output(schemas.Entry)
@api.doc(responses=computing.LATER)
def create(wanted: schemas.TestRequest) -> Response:
    """Run one test on columns of a dataset."""
    return computing.compute("test", wanted)
