"""Stored data that the tests of the services ask about."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from boursa.errors import BoursaError
from boursa.ingest import read
from boursa.ingest.profile import profile
from boursa.runtime import Runtime
from boursa.services import computations, datasets, jobs, outcomes
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import DatasetVersion, Job

BringIn = Callable[..., DatasetVersion]


def prices(rows: int = 60, seed: int = 3) -> bytes:
    """Return the CSV of one random walk on business days."""
    close = 100 * np.exp(np.random.default_rng(seed).normal(0, 0.01, rows).cumsum())
    days = np.busday_offset("2020-01-01", np.arange(rows), roll="forward").astype("datetime64[D]")
    lines = [f"{day},{price:.4f}" for day, price in zip(days, close, strict=True)]
    return "\n".join(["date,close", *lines]).encode()


@pytest.fixture
def bring_in(session: Session, installation: Runtime) -> BringIn:
    """Bring a file in for somebody, by default random prices for the operator."""

    def bring(actor: Actor = OPERATOR, content: bytes | None = None, **place: int) -> DatasetVersion:
        content = content or prices()
        table = read(content, name="cours.csv")
        parquet = io.BytesIO()
        table.to_parquet(parquet)
        facts = {"n_rows": table.rows, "parse_options": {}, "profile": profile(table).to_dict()}
        parsed = datasets.keep(installation.blobs, "cours.csv", content, parquet.getvalue(), **facts)
        return datasets.bring_in(session, actor, parsed, **place)

    return bring


class Nobody:
    """A report that remembers what it heard."""

    def __init__(self) -> None:
        self.notes: list[Any] = []

    def progress(self, fraction: float, note: Any = None) -> None:
        self.notes.append((fraction, note))

    def partial(self, name: str, content: Any) -> None: ...


@pytest.fixture
def work(session: Session, installation: Runtime) -> Callable[[Job], Job]:
    """Do a job as a worker does, in this process; return its row as it is afterwards."""

    def do(job: Job) -> Job:
        claim = jobs.claim(session, job.id, "w")
        assert claim is not None
        try:
            done, versions = computations.perform(claim.kind, claim.payload, installation.blobs, Nobody())
            outcomes.write(session, claim, done, versions, 0.5)
        except BoursaError as error:
            jobs.fail(session, claim, error.to_dict(), retryable=False)
        return session.get_one(Job, job.id, populate_existing=True)

    return do
