"""The secret that signs cookies."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from boursa.errors import ConfigurationError
from boursa.settings.fields import Settings


def secret_key(settings: Settings) -> str:
    """Return the secret that signs cookies; development makes one of its own, once, and keeps it."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.instance / "secret_key"
    try:
        _make_secret(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        problem = f"BOURSA_INSTANCE: the folder cannot be written ({error.strerror})."
        raise ConfigurationError(problems=[problem]) from error


def _make_secret(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
    try:
        os.link(fresh, path)  # fails if another process was first: then its secret counts
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
