"""Stored data that the tests of the services ask about."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy.orm import Session

from boursa.ingest import read
from boursa.runtime import Runtime
from boursa.services import datasets
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import DatasetVersion

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
        facts = {"n_rows": table.rows, "parse_options": {}, "profile": {}}
        parsed = datasets.keep(installation.blobs, "cours.csv", content, parquet.getvalue(), **facts)
        return datasets.bring_in(session, actor, parsed, **place)

    return bring
