"""``/health`` tells the truth about each part, and nothing secret."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import servers
from apiflask import APIFlask
from flask.testing import FlaskClient

from boursa.ops import migrations
from boursa.ops.health import Examiner
from boursa.runtime import Runtime
from boursa.services import instances

MakeApp = Callable[[dict[str, str]], APIFlask]


def test_a_whole_installation_is_ok(installation: Runtime, client: FlaskClient) -> None:
    # Every part is named, so that a monitor can say which one is gone.
    with installation.unit_of_work() as session:
        instances.sign_in(session, "w1", "worker")
    whole = {
        "status": "ok",
        "database": "ok",
        "migrations": "current",
        "cache": "local",
        "broker": "local",
        "storage": "ok",
        "worker": "ok",
    }
    # The first connection of all may take longer than an answer waits.
    servers.until(10, lambda: _expect(client.get("/health").json, whole), AssertionError)
    answer = client.get("/health")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_an_installation_without_worker_is_degraded(client: FlaskClient) -> None:
    # Pages still work, so the instance stays in service.
    answer = client.get("/health")
    assert (answer.status_code, answer.json["status"], answer.json["worker"]) == (200, "degraded", "absent")  # type: ignore[index]


def test_a_database_without_schema_makes_the_instance_unfit(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # An instance that would answer every page with an error must be taken out of service.
    answer = make_app(environment).test_client().get("/health")
    assert (answer.status_code, answer.json["migrations"]) == (503, "absent")  # type: ignore[index]


def test_an_older_schema_makes_the_instance_unfit_until_it_is_upgraded(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # And after the upgrade nothing needs a restart.
    app = make_app(environment)
    migrations.upgrade(app)
    migrations.downgrade(app, "base")
    assert app.test_client().get("/health").status_code == 503
    migrations.upgrade(app)
    servers.until(1, lambda: _expect(app.test_client().get("/health").status_code, 200), AssertionError)


def _expect(found: object, wanted: object) -> None:
    assert found == wanted


def test_asking_often_asks_the_parts_a_few_times_a_second() -> None:
    # The address is open to everybody: whoever hammers it must not hammer the database behind it.
    asked: list[float] = []

    def question() -> dict[str, str]:
        asked.append(time.monotonic())
        return {"database": "ok", "migrations": "current"}

    examiner = Examiner({"rows": (question, {"database": "unreachable", "migrations": "unknown"})})
    until = time.monotonic() + 1
    answers = 0
    while time.monotonic() < until:
        assert examiner.report().http_status == 200
        answers += 1
    print(f"{answers} answers, {len(asked)} times asked")
    assert answers > 1000
    assert 2 <= len(asked) <= 4


def test_a_database_that_is_away_is_a_503_without_its_address(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # The earlier BoursA leaked host and port here.
    away = {**environment, "DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"}
    answer = make_app(away).test_client().get("/health")
    assert answer.status_code == 503
    assert answer.json["database"] == "unreachable"  # type: ignore[index]
    assert "127.0.0.1" not in answer.text
    assert "someone" not in answer.text


def test_liveness_asks_nobody(environment: dict[str, str], make_app: MakeApp) -> None:
    # A process that answers is alive, whatever its database does.
    away = {**environment, "DATABASE_URL": "postgresql://someone@127.0.0.1:1/none"}
    answer = make_app(away).test_client().get("/health/live")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_database_that_hangs_is_said_within_half_a_second(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # The earlier BoursA never answered here. Whoever asks again waits no longer, and opens nothing more.
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = hanging.getsockname()[1]
        client = make_app({**environment, "DATABASE_URL": f"postgresql://x@127.0.0.1:{port}/x"}).test_client()
        for _ in range(3):
            started = time.monotonic()
            answer = client.get("/health")
            assert time.monotonic() - started < 0.5
            assert answer.json is not None
            assert (answer.status_code, answer.json["database"]) == (503, "unreachable")
            assert answer.json["storage"] == "ok"
        assert sum(thread.name == "health" for thread in threading.enumerate()) <= 2
