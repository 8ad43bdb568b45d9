"""Programs for the tests of the API: clients that show a token and send files."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable

import numpy as np
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from boursa.runtime import Runtime
from boursa.services import accounts, policy, tokens
from boursa.services.policy import OPERATOR

AsProgram = Callable[..., FlaskClient]

_numbers = itertools.count(1)


def prices(rows: int = 120, seed: int = 3) -> bytes:
    """Return a French CSV of two random walks on business days."""
    walks = 100 * np.exp(np.random.default_rng(seed).normal(0, 0.01, (rows, 2)).cumsum(axis=0))
    days = np.busday_offset("2020-01-01", np.arange(rows), roll="forward").astype("datetime64[D]")
    lines = ["Date;Alpha;Beta"]
    for day, pair in zip(days, walks, strict=True):
        lines.append(";".join([f"{day.item():%d/%m/%Y}", *(f"{x:.4f}".replace(".", ",") for x in pair)]))
    return "\r\n".join(lines).encode("latin-1")


def program_of(app: APIFlask, role: str = "analyst", *, read_only: bool = False) -> FlaskClient:
    """Return a client that shows the token of a new person."""
    held: Runtime = app.extensions["boursa"]
    with held.unit_of_work() as session:
        user = accounts.create(session, OPERATOR, f"person-{next(_numbers)}", role=role)
        _, plain = tokens.create(session, policy.actor_of(session, user), "test", read_only=read_only)
    return showing(app, plain)


def showing(app: APIFlask, plain: str) -> FlaskClient:
    """Return a client that shows this token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(
    program: FlaskClient, content: bytes, name: str = "cours.csv", key: str | None = None, **fields: str
) -> TestResponse:
    """Send a file as a form does."""
    # Encoded here: the client itself would leave a temporary file open for a large body.
    boundary, body = encode_multipart({**fields, "file": FileStorage(io.BytesIO(content), name)})
    headers = {"Idempotency-Key": key} if key else {}
    kind = f'multipart/form-data; boundary="{boundary}"'
    return program.post("/api/v1/datasets", data=body, content_type=kind, headers=headers)
