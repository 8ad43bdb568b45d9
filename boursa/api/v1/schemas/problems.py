"""What is said of errors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from boursa.api.v1.schemas.common import like


class Fault(BaseModel):
    """One value that was refused: `pointer` into the body or name of the `parameter`, and what is wrong."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457): `detail` is one sentence in the language of the request."""

    model_config = like(
        {
            "type": "/api/v1/docs#column-unknown",
            "title": "Unprocessable Entity",
            "status": 422,
            "detail": "There is no column “Close”; the columns are: Date, Clôture.",
            "code": "column-unknown",
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] | None = None
    questions: list[dict[str, Any]] | None = None
