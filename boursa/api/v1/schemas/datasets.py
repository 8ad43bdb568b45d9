"""What is said of data, and what is sent to bring them in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask.fields import UploadFile
from pydantic import BaseModel
from sqlalchemy import Row

from boursa.api.v1.schemas.common import like
from boursa.storage import models


class NewDataset(BaseModel):
    """A file, and how to read it; what is left out is detected."""

    model_config = like({"file": "cours.csv", "dates": "dmy"}, extra="forbid")

    file: UploadFile
    name: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    encoding: str | None = None
    dates: str | None = None
    sheet: str | None = None

    def options(self) -> dict[str, str | None]:
        """Return how to read the file; an empty field of a form says nothing."""
        names = ("separator", "decimal", "thousands", "encoding", "dates", "sheet")
        return {name: getattr(self, name) or None for name in names}


class DatasetLine(BaseModel):
    """One dataset in a list."""

    id: int
    name: str
    created_at: datetime
    version: int
    rows: int
    size_bytes: int
    links: dict[str, str]

    @classmethod
    def of(cls, line: Row[Any]) -> DatasetLine:
        """Return a line of `datasets.listed`."""
        return cls(
            id=line.id,
            name=line.filename,
            created_at=line.uploaded_at,
            version=line.number,
            rows=line.n_rows,
            size_bytes=line.size_bytes,
            links=_dataset_links(line.id),
        )


_DATASET_LINE = {
    "id": 7,
    "name": "cours.csv",
    "created_at": "2026-01-31T09:30:00Z",
    "version": 1,
    "rows": 5031,
    "size_bytes": 181203,
    "links": {"self": "/api/v1/datasets/7", "file": "/api/v1/datasets/7/file"},
}


class DatasetPage(BaseModel):
    """Datasets, newest first."""

    model_config = like({"items": [_DATASET_LINE], "next": None})

    items: list[DatasetLine]
    next: str | None


class Version(BaseModel):
    """One content of a dataset, read in one way."""

    number: int
    created_at: datetime
    rows: int
    size_bytes: int
    sha256: str
    options: dict[str, Any]


class Dataset(BaseModel):
    """One dataset: its versions, newest first, and the profile of the newest."""

    model_config = like(
        {
            "id": 7,
            "name": "cours.csv",
            "created_at": "2026-01-31T09:30:00Z",
            "licence": None,
            "profile": {"rows": 5031, "columns": [{"name": "Clôture", "type": "number", "missing": 0}]},
            "versions": [
                {
                    "number": 1,
                    "created_at": "2026-01-31T09:30:00Z",
                    "rows": 5031,
                    "size_bytes": 181203,
                    "sha256": "9f" * 32,
                    "options": {"dates": "dmy"},
                }
            ],
            "links": {"self": "/api/v1/datasets/7", "file": "/api/v1/datasets/7/file"},
        }
    )

    id: int
    name: str
    created_at: datetime
    licence: str | None
    profile: dict[str, Any]
    versions: list[Version]
    links: dict[str, str]

    @classmethod
    def of(cls, dataset: models.Dataset, versions: Any) -> Dataset:
        """Return a dataset with its versions, newest first."""
        return cls(
            id=dataset.id,
            name=dataset.filename,
            created_at=dataset.uploaded_at,
            licence=(dataset.file_metadata or {}).get("licence"),
            profile=versions[0].profile,
            versions=[
                Version(
                    number=one.number,
                    created_at=one.created_at,
                    rows=one.n_rows,
                    size_bytes=one.size_bytes,
                    sha256=one.content_sha256,
                    options=one.parse_options,
                )
                for one in versions
            ],
            links=_dataset_links(dataset.id),
        )


def _dataset_links(number: int) -> dict[str, str]:
    here = f"/api/v1/datasets/{number}"
    return {"self": here, "file": f"{here}/file"}
