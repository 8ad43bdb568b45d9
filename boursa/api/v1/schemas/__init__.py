"""What the API reads and says, as pydantic models; each carries an example for the documentation."""

from boursa.api.v1.schemas.catalogues import Me, ModelDescription, TestDescription
from boursa.api.v1.schemas.common import PageQuery
from boursa.api.v1.schemas.computing import (
    AnalysisRequest,
    BacktestRequest,
    ForecastRequest,
    OnData,
    TestRequest,
)
from boursa.api.v1.schemas.datasets import Dataset, DatasetLine, DatasetPage, NewDataset
from boursa.api.v1.schemas.history import Entry, EntryLine, HistoryPage, HistoryQuery, Source
from boursa.api.v1.schemas.jobs import Job, JobLine, JobPage, JobQuery
from boursa.api.v1.schemas.positions import NewPosition, Position
from boursa.api.v1.schemas.problems import Problem

__all__ = [
    "AnalysisRequest",
    "BacktestRequest",
    "Dataset",
    "DatasetLine",
    "DatasetPage",
    "Entry",
    "EntryLine",
    "ForecastRequest",
    "HistoryPage",
    "HistoryQuery",
    "Job",
    "JobLine",
    "JobPage",
    "JobQuery",
    "Me",
    "ModelDescription",
    "NewDataset",
    "NewPosition",
    "OnData",
    "PageQuery",
    "Position",
    "Problem",
    "Source",
    "TestDescription",
    "TestRequest",
]
