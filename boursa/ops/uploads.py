"""The bytes of the files that the earlier BoursA kept in a folder, brought to the blob store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from boursa.errors import TooLarge
from boursa.ingest.options import ParseOptions
from boursa.services import readings
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.blobs import Blobs
from boursa.storage.models import Dataset, DatasetVersion, Job, User
from boursa.storage.session import unit_of_work


@dataclass(frozen=True)
class Brought:
    """How many files were found, and the names of those that were not, or are too large."""

    found: int
    missing: Sequence[str]
    refused: Sequence[str]


def bring(sessions: sessionmaker[Session], blobs: Blobs, folder: Path) -> Brought:
    """Keep the bytes of every dataset without a version, and ask a worker to read each of them."""
    with unit_of_work(sessions) as session:
        wanted = list(_without_bytes(session))
    found, missing, refused = 0, [], []
    for filename, owner in wanted:
        path = _inside(folder, filename)
        if path is None:
            missing.append(filename)
            continue
        try:
            _request(sessions, blobs, path, filename, owner)
            found += 1
        except TooLarge as error:
            refused.append(str(error))
    return Brought(found, missing, refused)


def _without_bytes(session: Session) -> Iterator[tuple[str, int | None]]:
    has = select(DatasetVersion.id).where(DatasetVersion.data_file_id == Dataset.id).exists()
    rows = session.execute(
        select(Dataset.filename, Dataset.owner_id)
        .where(~has, Dataset.deleted_at.is_(None))
        .order_by(Dataset.id)
    )
    # The earlier BoursA had one file of a name: a second dataset of one person is the same bytes.
    return iter(dict.fromkeys((row.filename, row.owner_id) for row in rows))


def _inside(folder: Path, filename: str) -> Path | None:
    """Return the file of that name, as it is or as the earlier BoursA wrote it; never one elsewhere."""
    for name in (filename, filename.replace(" ", "_")):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path
    return None


def _request(
    sessions: sessionmaker[Session], blobs: Blobs, path: Path, filename: str, owner: int | None
) -> None:
    with path.open("rb") as file:
        content, size = blobs.put_file(file)
    with unit_of_work(sessions) as session:
        user = session.get(User, owner) if owner is not None else None
        # Whoever cannot bring data any more still keeps what was theirs.
        actor = Actor(user.id, "analyst") if user is not None else OPERATOR
        known = select(Job).where(Job.kind == readings.KIND, Job.owner_id == actor.user_id)
        if any(job.payload.get("content") == content for job in session.scalars(known)):
            return
        readings.request(
            session,
            actor,
            content_sha256=content,
            size_bytes=size,
            filename=filename,
            options=ParseOptions(),
            keep=True,
        )
