"""Giving files back: pages and API send them piece by piece, never whole from memory."""

from __future__ import annotations

import io
from itertools import chain

from flask import Response, send_file

from boursa.storage.blobs import Blobs
from boursa.storage.models import DatasetVersion


def of(blobs: Blobs, version: DatasetVersion, filename: str) -> Response:
    """Return the bytes of a version as they were brought, or 304 to whoever has them already."""
    answer = send_file(
        io.BytesIO(),
        # Never a type that a browser would open: what is in the file is its owner's, not ours.
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=filename,
        etag=version.content_sha256,
    )
    if answer.status_code == 200:
        pieces = blobs.pieces(version.content_sha256)
        first = next(pieces, b"")  # bytes that cannot be had are said before the answer begins
        answer.response = chain((first,), pieces)
        answer.content_length = version.size_bytes  # a stream does not know it
    return answer
