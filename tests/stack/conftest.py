"""The production shape, started once for the proofs that share it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import databases
import production
import pytest

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def stack(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[production.Stack]:
    """Three instances behind Nginx with TLS, PostgreSQL, Redis and a worker."""
    database = databases.create(postgresql_server, "postgres", f"stack_{next(_numbers)}")
    with production.stack(tmp_path_factory.mktemp("stack"), database, **production.UNLIMITED) as whole:
        yield whole


@pytest.fixture(scope="module")
def stack_on_mariadb(
    mariadb_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[production.Stack]:
    """The same on MariaDB."""
    database = databases.create(mariadb_server, "mysql", f"stack_{next(_numbers)}")
    with production.stack(tmp_path_factory.mktemp("stack"), database, **production.UNLIMITED) as whole:
        yield whole
