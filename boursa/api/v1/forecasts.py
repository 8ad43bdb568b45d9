"""``/api/v1/forecasts``: forecasts, always beside the naive one."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api.v1 import computing, schemas

api = APIBlueprint("forecasts", __name__, url_prefix="/api/v1/forecasts", tag="Forecasts")


@api.post("")
@api.input(schemas.ForecastRequest, location="json", arg_name="wanted")
@api.output(schemas.Entry)
@api.doc(responses=computing.LATER)
def create(wanted: schemas.ForecastRequest) -> Response:
    """Forecast the series of a dataset, with intervals calibrated on the past."""
    return computing.compute("forecast", wanted)
