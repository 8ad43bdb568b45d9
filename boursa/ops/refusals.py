"""What HTTP itself refuses, in sentences that pages and API share."""

from __future__ import annotations

from flask import current_app, request

from boursa.language import N_

SENTENCES = {
    405: N_("This address does not do that."),
    413: N_("What was sent is too large: at most {most} MB are read here."),
    429: N_("That was too often. Wait a moment, then try again."),
    500: N_("Something went wrong on our side; the administrator's log says what. Nothing was saved."),
}


def most_mb() -> int:
    """Return how many MB this address reads: a file, or where none is taken a little text."""
    limit = request.max_content_length
    uploads: int = current_app.extensions["boursa"].settings.max_upload_mb
    return uploads if limit is None else min(uploads, limit // 1_000_000)
