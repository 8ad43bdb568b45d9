"""``/api/v1/tests``: the statistical tests."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from boursa.analytics.statistics import catalogue
from boursa.api.v1.schemas import TestDescription

api = APIBlueprint("tests", __name__, url_prefix="/api/v1/tests", tag="Tests")


@api.get("")
@api.output(list[TestDescription])  # type: ignore[arg-type] # APIFlask takes it, its types do not say so
def list_tests() -> list[dict[str, Any]]:
    """List the tests with their questions and options."""
    return [one.to_dict() for one in catalogue.CATALOGUE]
