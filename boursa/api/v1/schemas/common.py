"""What several nouns share: numbers, names, examples, pages of lists."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from boursa.storage.models import LARGEST

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Name = Annotated[str, Field(min_length=1, max_length=255)]


def like(example: dict[str, Any], extra: Literal["ignore", "forbid"] = "ignore") -> ConfigDict:
    """Return the settings of a model whose example this is."""
    return ConfigDict(json_schema_extra={"examples": [example]}, extra=extra, strict=False)


def body_like(example: dict[str, Any]) -> ConfigDict:
    """Return the settings of what is sent as JSON: its types are meant, ``"5"`` is no number, nor is true.

    Forms and addresses are text; what comes in them is not strict.
    """
    return ConfigDict(json_schema_extra={"examples": [example]}, extra="forbid", strict=True)


class PageQuery(BaseModel):
    """Where a list goes on: `cursor` comes from `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    cursor: Id | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
