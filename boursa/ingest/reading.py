"""The one entry: a file's bytes, or its path, to a table."""

from __future__ import annotations

from pathlib import Path

from boursa.errors import FileUnreadable, TooLarge
from boursa.ingest.formats import catalogue
from boursa.ingest.options import Limits, ParseOptions
from boursa.ingest.tables import Table
from boursa.language import N_

_DETECT = ParseOptions()
_LIMITS = Limits()


def read(
    source: bytes | Path, *, name: str, options: ParseOptions = _DETECT, limits: Limits = _LIMITS
) -> Table:
    """Return the table in `source`; `name` is what messages call the file.

    Raises
    ------
    FileUnreadable
        If the file is missing, empty, a directory, or no table.
    TooLarge
        If a limit is exceeded.
    """
    data = source if isinstance(source, bytes) else content_of(source, name=name, limits=limits)
    _refuse_size(len(data), name, limits)
    return catalogue.of(data).read(data, name, options, limits)


def content_of(path: Path, *, name: str, limits: Limits) -> bytes:
    """Return the bytes of a file, or of a pipe, that is not larger than the limit.

    Raises
    ------
    FileUnreadable, TooLarge
    """
    try:
        if path.is_dir():
            raise FileUnreadable(N_("{name} is a directory, not a file."), name=name)
        _refuse_size(path.stat().st_size, name, limits)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise FileUnreadable(N_("{name} does not exist."), name=name) from error
    except OSError as error:
        raise FileUnreadable(
            N_("{name} cannot be opened: {reason}."), name=name, reason=error.strerror or ""
        ) from error


def _refuse_size(size: int, name: str, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise TooLarge(
            N_("{name} has {size} MB; the limit is {limit} MB."),
            name=name,
            size=-(-size // 1_000_000),
            limit=limits.max_bytes // 1_000_000,
        )
