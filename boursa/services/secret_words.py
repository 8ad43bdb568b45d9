"""Random words that open something, and the fingerprint that is kept of them."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def fresh(prefix: str = "") -> str:
    """Return a new secret of 256 random bits, safe in an address and in a header."""
    return prefix + secrets.token_urlsafe(_BYTES)


def fingerprint(secret: str) -> str:
    """Return what is kept of a secret; nobody who reads the database can make the secret of it.

    SHA-256 without salt is enough for 256 random bits: there is nothing to guess.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
