"""What may be asked of a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from boursa.analytics.forecasting import catalogue as models
from boursa.analytics.statistics import catalogue as tests
from boursa.api.v1.schemas.common import Id, Name, body_like
from boursa.services import questions

# Types of the catalogues, which a type checker cannot follow.
if TYPE_CHECKING:
    Frequency: TypeAlias = str
    Target: TypeAlias = str
    ModelName: TypeAlias = str
    TestName: TypeAlias = str
else:
    Frequency, Target = Literal[questions.FREQUENCIES], Literal[questions.TARGETS]
    ModelName = Literal[(models.AUTO, *models.names())]
    TestName = Literal[tuple(tests.names())]


def _scalar(value: Any) -> str | int | float | bool:
    # One validator instead of a union, whose errors come once for each member.
    if not isinstance(value, str | int | float | bool):
        raise PydanticCustomError("scalar_type", "Input should be a text, a number or a boolean")
    return value


Scalar = Annotated[
    Any, PlainValidator(_scalar), WithJsonSchema({"type": ["string", "integer", "number", "boolean"]})
]


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
    horizon: Annotated[int, Field(ge=1, le=questions.LONGEST_HORIZON)] | None = None
    levels: Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=1, max_length=10)] | None = (
        None
    )
    season: Annotated[int, Field(ge=1, le=questions.LONGEST_SEASON)] | None = None
    freq: Frequency | None = None
    model: ModelName | None = None


class AnalysisRequest(_OnSeries):
    """The Bilan of a dataset."""

    model_config = body_like({"dataset": 7, "column": "Clôture", "horizon": 20})


class ForecastRequest(_OnSeries):
    """A forecast of the series of a dataset, beside the naive one."""

    model_config = body_like({"dataset": 7, "column": "Clôture", "horizon": 20, "model": "auto"})

    target: Target | None = None


class BacktestRequest(ForecastRequest):
    """How a model would have done on the past of the series of a dataset."""

    model_config = body_like({"dataset": 7, "column": "Clôture", "horizon": 5, "model": "theta"})


class TestRequest(OnData):
    """One statistical test: on `columns`, or on `value` split by `group`."""

    model_config = body_like(
        {"dataset": 7, "test": "spearman", "columns": ["Clôture", "Volume"], "alternative": "two-sided"}
    )

    test: TestName
    columns: Annotated[list[Name], Field(max_length=1000)] | None = None
    value: Name | None = None
    group: Name | None = None
    groups: Annotated[list[Name], Field(max_length=1000)] | None = None
    moves: Annotated[
        bool | None, Field(description="Test the moves of the columns: log returns, or differences")
    ] = None
    alternative: Literal["two-sided", "less", "greater"] | None = None
    options: dict[str, Scalar] | None = None
