"""The installation that commands work on: its settings, and whether there is one at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boursa import runtime, settings, telemetry
from boursa.errors import ConfigurationError, SchemaOutdated
from boursa.jobs import doorbell
from boursa.language import N_
from boursa.runtime import Runtime
from boursa.storage.session import address_of


@contextmanager
def opened() -> Iterator[Runtime]:
    """Yield the runtime of this installation.

    Raises
    ------
    SchemaOutdated
        If there is none: looking must not make an empty database.
    """
    config = settings.load()
    if not exists(config):
        raise SchemaOutdated(N_("There is no installation here yet; make one with: boursa db upgrade"))
    held = runtime.build(config, doorbell.of(config))
    try:
        yield held
    finally:
        held.close()


def exists(config: settings.Settings) -> bool:
    """Whether there is an installation: a database was named, or the embedded one has been made."""
    address = address_of(config.database)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def log_as_set(config: settings.Settings) -> None:
    """Send log lines where the settings say.

    Raises
    ------
    ConfigurationError
        If nothing can be written there: every line would fail, and what it was to tell be lost.
    """
    if config.log_file is not None:
        _try(config.log_file)
    telemetry.configure_logging(
        config.log_level,
        json=config.production,
        file=config.log_file,
        file_mb=config.log_file_mb,
        kept=config.log_files_kept,
    )


def _try(path: Path) -> None:
    try:
        path.absolute().parent.mkdir(parents=True, exist_ok=True)
        path.open("ab").close()
    except OSError as error:
        problem = f"LOG_FILE: {path} cannot be written ({error.strerror})."
        raise ConfigurationError(problems=[problem]) from error
