"""``/api/v1/me``: whose token it is."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from boursa.api import gate
from boursa.api.v1 import answers, schemas
from boursa.storage.models import User

api = APIBlueprint("me", __name__, url_prefix="/api/v1/me", tag="Account")


@api.get("")
@api.output(schemas.Me)
def show() -> Response:
    """Say who is asking."""
    with gate.held().unit_of_work() as session:
        user = session.get_one(User, gate.user_id())
    token = gate.token()
    return answers.one(
        schemas.Me(
            username=user.username,
            role=gate.actor().role,
            token=token.name,
            read_only=token.read_only,
            expires_at=token.expires_at,
        ),
        Cache_Control="no-store",  # the next request may show another token
    )
