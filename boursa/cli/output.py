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


def check(path: Path) -> None:
    """Refuse a file that could not be written before the work for it is done."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(N_("{path} cannot be written: there is no such folder, or it is one."), path=path)


def make_folder(path: Path) -> None:
    """Make a folder that results go to, unless it is there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            N_("{path} cannot be written: {reason}."), path=path, reason=error.strerror
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside and rename it, so that nobody ever sees half of it."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # /dev/stdout and its like are written to, never replaced
        else:
            _replace(path.resolve(), content)
    except OSError as error:
        raise InputError(
            N_("{path} cannot be written: {reason}."), path=path, reason=error.strerror
        ) from error


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        aside.chmod(0o666 & ~_umask())  # a temporary file is private; this one is not
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
