"""``/api/v1/backtests``: how models would have done."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api.v1 import computing, schemas

api = APIBlueprint("backtests", __name__, url_prefix="/api/v1/backtests", tag="Forecasts")


@api.post("")
@api.input(schemas.BacktestRequest, location="json", arg_name="wanted")
@api.output(schemas.Entry)
@api.doc(responses=computing.LATER)
def create(wanted: schemas.BacktestRequest) -> Response:
    """Judge one model on the past of the series of a dataset."""
    return computing.compute("backtest", wanted)
