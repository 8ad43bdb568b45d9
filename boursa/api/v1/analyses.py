"""``/api/v1/analyses``: the Bilan."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api.v1 import computing, schemas

api = APIBlueprint("analyses", __name__, url_prefix="/api/v1/analyses", tag="Analyses")


@api.post("")
@api.input(schemas.AnalysisRequest, location="json", arg_name="wanted")
@api.output(schemas.Entry)
@api.doc(responses=computing.LATER)
def create(wanted: schemas.AnalysisRequest) -> Response:
    """Compute the Bilan of a dataset: what the data are, how they move, whether they can be forecast."""
    return computing.compute("analysis", wanted)
