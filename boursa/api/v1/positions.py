"""``/api/v1/positions``: where you are, for those who want to be on the map."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api import gate
from boursa.api.v1 import answers, schemas
from boursa.services import positions

api = APIBlueprint("positions", __name__, url_prefix="/api/v1/positions", tag="Positions")


@api.get("/me")
@api.output(schemas.Position)
def show() -> Response:
    """Say where you said to be."""
    with gate.held().unit_of_work() as session:
        found = schemas.Position.of(positions.get(session, gate.actor()))
    return answers.one(found)


@api.put("/me")
@api.input(schemas.NewPosition, arg_name="wanted")
@api.output(schemas.Position)
def put(wanted: schemas.NewPosition) -> Response:
    """Say where you are; the place before is overwritten."""
    with gate.held().unit_of_work() as session:
        place = wanted.latitude, wanted.longitude
        found = schemas.Position.of(positions.put(session, gate.actor(), *place, published=wanted.published))
    return answers.one(found)


@api.delete("/me")
@api.doc(responses={204: "Gone."})
def withdraw() -> Response:
    """Be on no map any longer; nothing of the place is kept."""
    with gate.held().unit_of_work() as session:
        positions.withdraw(session, gate.actor())
    return Response(status=204)
