"""What is said of results."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Row

from boursa.api.v1.schemas.common import PageQuery, like
from boursa.storage import models


class HistoryQuery(PageQuery):
    """Which results: of all kinds, or of one."""

    kind: Literal["analysis", "test", "forecast", "backtest", "screen"] | None = None


class Source(BaseModel):
    """The data that a result was made of."""

    dataset: int
    name: str
    version: int


class EntryLine(BaseModel):
    """One result in a list; `name` is the test or model."""

    id: int
    kind: str
    name: str
    created_at: datetime
    duration_s: float | None
    data: Source | None
    links: dict[str, str]

    @classmethod
    def of(cls, line: Row[Any]) -> EntryLine:
        """Return a line of `history.listed`."""
        data = None
        if line.dataset_id is not None:
            data = Source(dataset=line.dataset_id, name=line.filename, version=line.number)
        return cls(
            id=line.id,
            kind=line.kind,
            name=line.test_name,
            created_at=line.created_at,
            duration_s=line.duration_s,
            data=data,
            links=_entry_links(line.id),
        )


_ENTRY_LINE = {
    "id": 12,
    "kind": "test",
    "name": "spearman",
    "created_at": "2026-01-31T09:31:02Z",
    "duration_s": 0.4,
    "data": {"dataset": 7, "name": "cours.csv", "version": 1},
    "links": {"self": "/api/v1/history/12", "replay": "/api/v1/history/12/replay"},
}


class HistoryPage(BaseModel):
    """Results, newest first."""

    model_config = like({"items": [_ENTRY_LINE], "next": None})

    items: list[EntryLine]
    next: str | None


class Entry(EntryLine):
    """One result, with what is needed to compute it again."""

    model_config = like(
        {
            **_ENTRY_LINE,
            "parameters": {"test": "spearman", "columns": ["Clôture", "Volume"]},
            "result": {"test": "spearman", "statistic": 0.21, "p_value": 0.0004},
            "versions": {"boursa": "3.0.0", "scipy": "1.17.0"},
            "seed": None,
            "job": 41,
        }
    )

    parameters: dict[str, Any]
    result: dict[str, Any]
    versions: dict[str, Any] | None
    seed: int | None
    job: int | None

    @classmethod
    def made(cls, entry: models.HistoryEntry, source: Source | None) -> Entry:
        """Return an entry of History."""
        return cls(
            id=entry.id,
            kind=entry.kind,
            name=entry.test_name,
            created_at=entry.created_at,
            duration_s=entry.duration_s,
            data=source,
            parameters=entry.parameters,
            result=entry.result,
            versions=entry.versions,
            seed=entry.seed,
            job=entry.job_id,
            links=_entry_links(entry.id),
        )


def _entry_links(number: int) -> dict[str, str]:
    here = f"/api/v1/history/{number}"
    return {"self": here, "replay": f"{here}/replay"}
