"""The production shape, started once for the proofs that share it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import production
import pytest
from sqlalchemy import create_engine, text

_numbers = itertools.count(1)


def fresh_database(server: str) -> str:
    """Return the address of an empty database on a server of PostgreSQL."""
    name = f"stack_{next(_numbers)}"
    address = server.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(f"{address}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture(scope="module")
def stack(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[production.Stack]:
    """Three instances behind Nginx with TLS, PostgreSQL, Valkey and a worker; limits are out of the way."""
    folder: Path = tmp_path_factory.mktemp("stack")
    with production.stack(
        folder,
        fresh_database(postgresql_server),
        REQUESTS_PER_MINUTE="10000000",
        SIGN_UPS_PER_HOUR="1000000",
        JOB_HEARTBEAT_SECONDS="1",
        JOB_STALE_SECONDS="4",
        DATABASE_POOL_SIZE="10",
    ) as whole:
        yield whole
