"""``/api/v1/datasets``: bringing data in, finding it again, taking it away."""

from __future__ import annotations

from apiflask import APIBlueprint, FileSchema
from flask import Response
from sqlalchemy.orm import Session

from boursa.api import gate
from boursa.api.v1 import answers, schemas
from boursa.ingest.options import ParseOptions
from boursa.ops import downloads
from boursa.services import datasets, readings
from boursa.storage.models import Job

api = APIBlueprint("datasets", __name__, url_prefix="/api/v1/datasets", tag="Datasets")


@api.post("")
@api.input(schemas.NewDataset, location="files", arg_name="given")
@api.output(schemas.Dataset, 201)
@api.doc(responses={202: "The file is still being read; `Location` is the job."})
def create(given: schemas.NewDataset) -> Response:
    """Bring a file in.

    The same bytes under the same name are one version, other bytes the next. A file that leaves a
    question open is refused with its `questions`; send it again with the options that answer them.
    """
    options = ParseOptions.from_dict(given.options())
    held = gate.held()
    name = given.name or given.file.filename or ""
    most = held.settings.max_upload_mb * 1_000_000
    content, size = readings.receive(held.blobs, gate.actor(), given.file.stream, name, max_bytes=most)

    def ask(session: Session) -> Job:
        return readings.request(
            session,
            gate.actor(),
            content_sha256=content,
            size_bytes=size,
            filename=name,
            options=options,
            keep=True,
            max_bytes=most,
        )

    return answers.work({"content": content, "name": name, "options": options.to_dict()}, ask)


@api.get("")
@api.input(schemas.PageQuery, location="query", arg_name="page")
@api.output(schemas.DatasetPage)
def index(page: schemas.PageQuery) -> Response:
    """List the datasets, newest first."""
    with gate.held().unit_of_work() as session:
        found = datasets.listed(session, gate.actor(), before=page.cursor, limit=page.limit)
    return answers.listed([schemas.DatasetLine.of(line) for line in found], page.limit)


@api.get("/<int:dataset_id>")
@api.output(schemas.Dataset)
def show(dataset_id: int) -> Response:
    """Show one dataset: its versions and its profile."""
    with gate.held().unit_of_work() as session:
        dataset = datasets.get(session, gate.actor(), dataset_id)
        found = schemas.Dataset.of(dataset, datasets.versions(session, gate.actor(), dataset_id))
    return answers.one(found)


@api.get("/<int:dataset_id>/file")
@api.output(FileSchema(), content_type="application/octet-stream", description="The bytes.")
def download(dataset_id: int) -> Response:
    """Return the bytes of the newest version, as they were brought."""
    with gate.held().unit_of_work() as session:
        dataset = datasets.get(session, gate.actor(), dataset_id)
        newest = datasets.version(session, gate.actor(), dataset_id)
    return downloads.of(gate.held().blobs, newest, dataset.filename)


@api.delete("/<int:dataset_id>")
@api.doc(responses={204: "Gone."})
def delete(dataset_id: int) -> Response:
    """Take a dataset off the lists; results made of it stay in History."""
    with gate.held().unit_of_work() as session:
        datasets.delete(session, gate.actor(), dataset_id)
    return Response(status=204)
