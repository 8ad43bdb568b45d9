"""``/api/v1/models``: the forecasting models."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from boursa.analytics.forecasting import catalogue
from boursa.api.v1 import schemas

api = APIBlueprint("models", __name__, url_prefix="/api/v1/models", tag="Forecasts")


@api.get("")
@api.output(list[schemas.ModelDescription])  # type: ignore[arg-type] # APIFlask takes it, its types do not say so
def index() -> list[dict[str, Any]]:
    """List the forecasting models; `auto` chooses among them."""
    return [
        {
            "name": one.name,
            "label": one.label.to_dict(),
            "seasonal": one.seasonal,
            "minimum": one.minimum,
            "reference": one.reference,
        }
        for one in catalogue.CATALOGUE
    ]
