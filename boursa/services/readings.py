"""Files that people bring: asking a worker to read one, and bringing in what was read.

Light: reading needs PyArrow, which a web process never loads. It keeps the bytes, asks for a job
of the kind ``reading``, and shows what the job found; the person then confirms it or corrects how
the file is read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from boursa.errors import Conflict, FileAmbiguous, NotAllowed, NotFound, TooLarge
from boursa.ingest.options import Limits, ParseOptions
from boursa.language import N_
from boursa.services import datasets, jobs, policy
from boursa.services.datasets import Parsed
from boursa.services.policy import Actor
from boursa.storage.blobs import Blobs
from boursa.storage.models import Dataset, DatasetVersion, Job
from boursa.storage.models.jobs import DONE

KIND = "reading"


@dataclass(frozen=True)
class Sample:
    """Real data that came along: `name` as their provider knows them, `label` what people read."""

    name: str
    label: str


SAMPLES = (
    Sample("sp500", N_("S&P 500, 1999–2018")),
    Sample("usdxof", N_("US dollar in francs CFA")),
    Sample("vix", N_("Volatility index VIX")),
)
_MOST_BYTES = Limits().max_bytes


@dataclass(frozen=True)
class Reading:
    """A file that was read: what a person is shown before it is brought in, as the job keeps it.

    `ambiguous` is the error that stands in the way of bringing it in, where the file leaves a
    question open; `keep` says that nobody will be asked for a confirmation.
    """

    result: Mapping[str, Any]
    ambiguous: Mapping[str, Any] | None = None
    keep: bool = False


def receive(
    blobs: Blobs, actor: Actor, file: IO[bytes], filename: str, *, max_bytes: int = _MOST_BYTES
) -> tuple[str, int]:
    """Keep the bytes of a file that is to be read; return their name and how many there are.

    Whoever may not bring data leaves no bytes behind, nor does a file that is too large.
    """
    if not policy.may_create(actor):
        raise NotAllowed(N_("Your role lets you look, but not bring data."))
    start = file.tell()
    _refuse_large(filename, file.seek(0, os.SEEK_END) - start, max_bytes)
    file.seek(start)
    return blobs.put_file(file)


def request(
    session: Session,
    actor: Actor,
    *,
    content_sha256: str,
    size_bytes: int,
    filename: str,
    options: ParseOptions,
    keep: bool,
    max_bytes: int = _MOST_BYTES,
) -> Job:
    """Ask for a file to be read whose bytes are in the blob store already.

    With `keep` it is brought in at once if nothing is left to ask; else somebody has to `confirm`.
    """
    _refuse_large(filename, size_bytes, max_bytes)
    what = {
        "content": content_sha256,
        "filename": datasets.clean_name(filename),
        "size": size_bytes,
        "options": options.to_dict(),
    }
    return _ask(session, actor, what, keep=keep, max_bytes=max_bytes)


def _refuse_large(filename: str, size_bytes: int, max_bytes: int) -> None:
    if size_bytes > max_bytes:
        raise TooLarge(
            N_("{name} has {size} MB; the limit is {limit} MB."),
            name=filename,
            size=-(-size_bytes // 1_000_000),
            limit=max_bytes // 1_000_000,
        )


def request_sample(
    session: Session, actor: Actor, name: str, *, keep: bool, max_bytes: int = _MOST_BYTES
) -> Job:
    """Ask for a sample to be read, written as French Excel would write it.

    Where it is kept without a question, its Bilan is asked for as well.
    """
    if name not in {one.name for one in SAMPLES}:
        raise NotFound(N_("There is no sample of that name."))
    what = {"sample": name, "analyse": keep}
    return _ask(session, actor, what, keep=keep, max_bytes=max_bytes)


def provider_of(payload: Mapping[str, Any]) -> str | None:
    """Return the source of prices that a job asks, None where it asks none."""
    return "samples" if "sample" in payload else None


def kept_samples(session: Session) -> dict[str, Job]:
    """Return the newest job of each sample that was to be kept, by its name."""
    wanted = select(Job).where(Job.kind == KIND, Job.payload["sample"].as_string().is_not(None))
    found = session.scalars(wanted.order_by(Job.id)).all()
    return {job.payload["sample"]: job for job in found if job.payload["keep"]}


def again(session: Session, actor: Actor, job: Job, options: ParseOptions) -> Job:
    """Ask for the same bytes to be read in another way."""
    policy.require(actor, "write", job)
    known = {**(job.result or {}), **job.payload}
    content = known.get("content") or known.get("content_sha256")
    if job.kind != KIND or content is None:
        raise _not_read(job)
    what = {
        "content": content,
        "filename": known["filename"],
        "size": known.get("size", known.get("size_bytes")),
        "options": options.to_dict(),
        "licence": known.get("licence"),
    }
    return _ask(session, actor, what, keep=known["keep"], max_bytes=known["max_bytes"])


def confirm(session: Session, actor: Actor, job_id: int, *, name: str | None = None) -> DatasetVersion:
    """Bring in what the job read, under `name` or the file's own; a second time gives the same version.

    Raises
    ------
    FileAmbiguous
        If the file leaves a question open.
    Conflict
        If the file is not read yet, or could not be.
    """
    # Locked: of two confirmations at the same time the second finds what the first brought in.
    job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
    return _bring_in(session, actor, policy.require(actor, "write", job), name)


def bring_in(session: Session, actor: Actor, job: Job) -> DatasetVersion:
    """Bring in what a job has just read, in the transaction that ends the job."""
    return _bring_in(session, actor, job, None)


def _bring_in(session: Session, actor: Actor, job: Job, name: str | None) -> DatasetVersion:
    read = job.result
    if job.kind != KIND or read is None:
        raise _not_read(job)
    if read["questions"]:
        raise FileAmbiguous(
            N_("{name}: the file leaves a question open; answer it before the data are brought in."),
            name=read["filename"],
        )
    if job.state != DONE:
        raise _not_read(job)
    return _brought(session, read) or _bring(session, actor, job, read, name)


def _not_read(job: Job) -> Conflict:
    return Conflict(N_("Job {id} has read no file, so there is nothing to bring in."), id=job.id)


def _brought(session: Session, read: Mapping[str, Any]) -> DatasetVersion | None:
    wanted = (
        select(DatasetVersion)
        .join(Dataset, Dataset.id == DatasetVersion.data_file_id)
        .where(DatasetVersion.id == read.get("data_version_id"), Dataset.deleted_at.is_(None))
    )
    return session.scalars(wanted).first()


def _bring(
    session: Session, actor: Actor, job: Job, read: Mapping[str, Any], name: str | None
) -> DatasetVersion:
    called = datasets.clean_name(name) if name and name.strip() else read["filename"]
    version = datasets.bring_in(session, actor, _parsed(read, called), group_id=job.group_id)
    if read["licence"]:
        session.get_one(Dataset, version.data_file_id).file_metadata = {"licence": read["licence"]}
    # A new object: SQLAlchemy does not look inside the old one.
    job.result = {**read, "dataset_id": version.data_file_id, "data_version_id": version.id}
    job.data_version_id = version.id
    session.flush()
    return version


def _parsed(read: Mapping[str, Any], filename: str) -> Parsed:
    return Parsed(
        filename=filename,
        content_sha256=read["content_sha256"],
        size_bytes=read["size_bytes"],
        table_sha256=read["table_sha256"],
        n_rows=read["n_rows"],
        parse_options=read["parse_options"],
        profile=read["profile"],
    )


def _ask(session: Session, actor: Actor, what: Mapping[str, Any], *, keep: bool, max_bytes: int) -> Job:
    return jobs.request(session, actor, KIND, {**what, "keep": keep, "max_bytes": max_bytes})
