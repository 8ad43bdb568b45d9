"""Asking for a computation on a dataset, whichever it is."""

from __future__ import annotations

from flask import Response
from sqlalchemy.orm import Session

from boursa.api import gate
from boursa.api.v1 import answers, schemas
from boursa.services import analyses, datasets
from boursa.storage.models import Job

LATER = {202: "It takes longer than five seconds; `Location` is the job."}


def compute(kind: str, wanted: schemas.OnData) -> Response:
    """Ask for `kind` and answer with the result, or with the job."""

    def ask(session: Session) -> Job:
        version = datasets.version(session, gate.actor(), wanted.dataset, wanted.version)
        return analyses.request(session, gate.actor(), kind, version, wanted.parameters())

    return answers.work(wanted.model_dump(), ask)
