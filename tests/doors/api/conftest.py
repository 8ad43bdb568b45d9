"""An installation with a worker at work, and one where nobody works."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from programs import AsProgram, prices, program_of, send

import boursa
from boursa import settings
from boursa.app import create_app
from boursa.ops import migrations
from boursa.runtime import Runtime
from boursa.services import instances


@pytest.fixture(scope="session")
def working_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[APIFlask]:
    """The application of an installation whose worker is at work."""
    folder = tmp_path_factory.mktemp("api")
    environment = {
        "PYTHONPATH": str(Path(boursa.__file__).parent.parent),
        "BOURSA_INSTANCE": str(folder),
        "BOURSA_ENV_FILE": "",
        "MAX_UPLOAD_MB": "1",
        "WORKER_PROCESSES": "2",
        "REQUESTS_PER_MINUTE": "100000",
    }
    app = create_app(settings.load(environment))
    migrations.upgrade(app)
    # A machine that is busy with other tests may need longer; what is promised is tested elsewhere.
    patience = pytest.MonkeyPatch()
    patience.setattr("boursa.api.v1.answers.PATIENCE_S", 60)
    with (folder / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "boursa.cli", "worker"],
            env={**environment, "LANG": "C"},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            _await_worker(app.extensions["boursa"])
            yield app
        finally:
            worker.terminate()
            worker.wait(30)
            patience.undo()
            app.extensions["boursa"].close()


def _await_worker(held: Runtime) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with held.unit_of_work() as session:
            if instances.alive(session, "worker"):
                return
        time.sleep(0.1)
    raise TimeoutError("the worker did not start")


@pytest.fixture
def as_program(working_app: APIFlask) -> AsProgram:
    """A function that makes the program of a new person, with a worker behind it."""
    return lambda *words, **choices: program_of(working_app, *words, **choices)


@pytest.fixture
def program(as_program: AsProgram) -> FlaskClient:
    """The program of a new analyst, with a worker behind it."""
    return as_program()


@pytest.fixture
def dataset_id(program: FlaskClient) -> int:
    """A dataset of that analyst."""
    answer = send(program, prices())
    assert answer.status_code == 201, answer.text
    return int(answer.get_json()["id"])


@pytest.fixture
def idle_app(
    installation: Runtime, environment: dict[str, str], make_app: Callable[[dict[str, str]], APIFlask]
) -> APIFlask:
    """The application of an installation without a worker, on each kind of database."""
    return make_app(environment)


@pytest.fixture
def asking(idle_app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The program of an analyst whose work nobody does; it does not wait long."""
    monkeypatch.setattr("boursa.api.v1.answers.PATIENCE_S", 0.1)
    return program_of(idle_app)
