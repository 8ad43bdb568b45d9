"""What may be asked of a dataset."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from boursa.api.v1.schemas.common import Id, Name, like


class OnData(BaseModel):
    """What every computation is asked of: a dataset, by default in its newest version."""

    dataset: Id
    version: Id | None = None

    def parameters(self) -> dict[str, Any]:
        """Return what History keeps: all that was said, and nothing that was not."""
        return self.model_dump(exclude={"dataset", "version"}, exclude_none=True)


class _OnSeries(OnData):
    column: Name | None = None
    date: Name | None = None
    horizon: int | None = None
    levels: Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=1, max_length=10)] | None = (
        None
    )
    season: int | None = None
    freq: str | None = None
    model: str | None = None


class AnalysisRequest(_OnSeries):
    """The Bilan of a dataset."""

    model_config = like({"dataset": 7, "column": "Clôture", "horizon": 20}, extra="forbid")


class ForecastRequest(_OnSeries):
    """A forecast of the series of a dataset, beside the naive one."""

    model_config = like({"dataset": 7, "column": "Clôture", "horizon": 20, "model": "auto"}, extra="forbid")

    target: str | None = None


class BacktestRequest(ForecastRequest):
    """How a model would have done on the past of the series of a dataset."""

    model_config = like({"dataset": 7, "column": "Clôture", "horizon": 5, "model": "theta"}, extra="forbid")


class TestRequest(OnData):
    """One statistical test: on `columns`, or on `value` split by `group`."""

    model_config = like(
        {"dataset": 7, "test": "spearman", "columns": ["Clôture", "Volume"], "alternative": "two-sided"},
        extra="forbid",
    )

    test: Name
    columns: Annotated[list[Name], Field(max_length=1000)] | None = None
    value: Name | None = None
    group: Name | None = None
    groups: Annotated[list[Name], Field(max_length=1000)] | None = None
    alternative: str | None = None
    options: dict[str, str | int | float | bool] | None = None
