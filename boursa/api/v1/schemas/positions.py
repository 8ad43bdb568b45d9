"""Where somebody is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from boursa.api.v1.schemas.common import body_like, like
from boursa.storage import models

# JSON knows no infinity, and a position beyond the pole is none.
_Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="Degrees north.")]
_Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="Degrees east.")]


class NewPosition(BaseModel):
    """Where you are; others see it only if you say `published`."""

    model_config = body_like({"latitude": 14.6928, "longitude": -17.4467, "published": True})

    latitude: _Latitude
    longitude: _Longitude
    published: bool = False


class Position(NewPosition):
    """Where you said to be; `revision` counts how often you said so."""

    model_config = like(
        {
            "latitude": 14.6928,
            "longitude": -17.4467,
            "published": True,
            "revision": 3,
            "updated_at": "2026-11-02T09:30:00Z",
        }
    )

    revision: int
    updated_at: datetime

    @classmethod
    def of(cls, row: models.Position) -> Position:
        """Return the position that `row` holds."""
        return cls(
            latitude=row.latitude,
            longitude=row.longitude,
            published=row.published,
            revision=row.revision,
            updated_at=row.timestamp,
        )
