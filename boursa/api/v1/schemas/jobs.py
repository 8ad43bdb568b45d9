"""What is said of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import Row

from boursa.api.v1.schemas.common import PageQuery, like
from boursa.services import readings
from boursa.storage import models


class JobQuery(PageQuery):
    """Which jobs."""

    state: Literal["queued", "running", "done", "failed", "cancelled"] | None = None


class JobLine(BaseModel):
    """One job in a list: `state` is queued, running, done, failed or cancelled; `progress` a fraction."""

    id: int
    kind: str
    state: str
    progress: float
    note: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: dict[str, Any] | None
    links: dict[str, str]

    @classmethod
    def of(cls, job: models.Job | Row[Any], **more: Any) -> Any:
        """Return a job, of its row or of a line of `jobs.listed`."""
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            progress=job.progress,
            note=job.progress_note,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            error=job.error,
            links=_job_links(job, more.pop("entry_id", None)),
            **more,
        )


_JOB_LINE = {
    "id": 41,
    "kind": "forecast",
    "state": "running",
    "progress": 0.4,
    "note": {"fr": "Essai sur le passé : theta", "en": "Trial on the past: theta"},
    "created_at": "2026-01-31T09:31:00Z",
    "started_at": "2026-01-31T09:31:01Z",
    "finished_at": None,
    "error": None,
    "links": {"self": "/api/v1/jobs/41"},
}


class JobPage(BaseModel):
    """Jobs, newest first."""

    model_config = like({"items": [_JOB_LINE], "next": None})

    items: list[JobLine]
    next: str | None


class Job(JobLine):
    """One job: `partial` is what is ready, `result` what a read file holds; other results are in History."""

    model_config = like({**_JOB_LINE, "partial": None, "result": None})

    partial: dict[str, Any] | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, job: Any, **more: Any) -> Job:
        """Return a job with what is ready."""
        found: Job = super().of(job, partial=job.partial, result=job.result, **more)
        return found


def _job_links(job: models.Job | Row[Any], entry_id: int | None) -> dict[str, str]:
    links = {"self": f"/api/v1/jobs/{job.id}"}
    if entry_id is not None:
        links["result"] = f"/api/v1/history/{entry_id}"
    brought = (job.result or {}).get("dataset_id") if isinstance(job, models.Job) else job.dataset_id
    if job.kind == readings.KIND and brought:
        links["result"] = f"/api/v1/datasets/{brought}"
    return links
