"""What a job of the kind ``reading`` does: a file's bytes to a table in the blob store.

Runs where the computations run, in a worker's child process: it loads PyArrow.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from boursa import ingest
from boursa.analytics.results import plain
from boursa.errors import FileAmbiguous, InputError
from boursa.ingest import roles
from boursa.ingest.options import Limits, ParseOptions
from boursa.ingest.profile import profile
from boursa.ingest.tables import Table
from boursa.providers import registry
from boursa.services.history import Report
from boursa.services.readings import Reading
from boursa.storage.blobs import Blobs

_PREVIEWED = 10
_REJECTED = 50

_READING = {"fr": "Lecture du fichier", "en": "Reading the file"}
_COUNTING = {"fr": "Compte de chaque colonne", "en": "Counting every column"}
_KEEPING = {"fr": "Rangement du tableau", "en": "Keeping the table"}


def reading(payload: Mapping[str, Any], blobs: Blobs, report: Report) -> Reading:
    """Read a file, keep its table, and return what a person is to be shown of it."""
    report.progress(0.0, _READING)
    what = _sample(payload["sample"], blobs) if "sample" in payload else payload
    table = ingest.read(
        blobs.get(what["content"]),
        name=what["filename"],
        options=ParseOptions.from_dict(what["options"]),
        limits=Limits(max_bytes=payload["max_bytes"]),
    )
    report.progress(0.4, _COUNTING)
    shown = _shown(table)
    report.progress(0.8, _KEEPING)
    parquet = io.BytesIO()
    table.to_parquet(parquet)
    result = {
        "filename": table.name,
        "content_sha256": what["content"],
        "size_bytes": what["size"],
        "table_sha256": blobs.put(parquet.getvalue()),
        "licence": what.get("licence"),
        **shown,
    }
    return Reading(result, _ambiguous(table), payload["keep"])


def _sample(name: str, blobs: Blobs) -> dict[str, Any]:
    """Return what a request for the sample's bytes would say."""
    prices = registry.get("samples").fetch(name)
    content = prices.as_french_csv()
    return {
        "content": blobs.put(content),
        "filename": f"{prices.name}.csv",
        "size": len(content),
        "options": {},
        "licence": prices.licence,
    }


def _shown(table: Table) -> dict[str, Any]:
    found = profile(table).to_dict()
    return {
        "n_rows": table.rows,
        "parse_options": table.options.to_dict(),
        "profile": found,
        "preview": _preview(table),
        "series": _series(table),
        "notes": found["notes"],
        "rejected": found["rejected"][:_REJECTED],
        "rejected_total": found["rejected_total"],
        "rejected_counts": found["rejected_counts"],
        "questions": found["questions"],
    }


def _preview(table: Table) -> dict[str, Any]:
    first = table.data.slice(0, _PREVIEWED)
    return {
        "columns": [{"name": name, "type": table.kind(name)} for name in table.columns],
        "rows": [plain(list(row.values())) for row in first.to_pylist()],
    }


def _series(table: Table) -> list[dict[str, str]]:
    try:
        return [{"name": one.name, "kind": one.kind} for one in roles.series_of(table)]
    except InputError:
        return []  # a table without numbers can be kept, and looked at


def _ambiguous(table: Table) -> dict[str, Any] | None:
    try:
        table.settled()
    except FileAmbiguous as error:
        return error.to_dict()
    return None
