"""Results as JSON or CSV, to standard output or a file that appears only when it is whole."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from boursa.errors import InputError
from boursa.language import N_


def write_json(content: Any) -> None:
    """Write JSON to standard output."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False))


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV in the API's dialect: commas, points, ISO dates."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue().encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that nobody ever sees half of it."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.absolute().parent, delete=False) as aside:
            aside.write(content)
        whole = Path(aside.name)
        whole.chmod(0o666 & ~_umask())  # a temporary file is private; this one is not
        whole.replace(path)
    except OSError as error:
        raise InputError(
            N_("{path} cannot be written: {reason}."), path=path, reason=error.strerror
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
