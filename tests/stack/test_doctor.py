"""`boursa doctor` on the production shape: all is well, and whatever is taken away is the item that fails."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import production
import pytest
import servers
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from boursa import settings
from boursa.ops import certificates, doctor
from boursa.ops.checks.finding import Site

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]

# The one Redis carries the jobs too; no folder of backups is named.
Look = Callable[..., dict[str, Any]]
_APART = {"broker", "backups"}


@pytest.fixture(scope="module")
def look(stack: production.Stack) -> Look:
    """Go through the checklist in this process, with other settings perhaps; return the items by name."""
    stack.boursa("db", "init")

    def examine(**more: str) -> dict[str, Any]:
        config, problems = settings.look({**stack.environment, **more})
        results = doctor.examine(Site(config, problems, nginx=stack.folder / "nginx"))
        return {one.item.name: one.to_dict("en") for one in results}

    return examine


def _with(found: dict[str, Any], state: str) -> set[str]:
    return {name for name, one in found.items() if one["state"] == state}


def _await(look: Look, failing: set[str], seconds: float = 30) -> dict[str, Any]:
    """Look until exactly these items fail: heartbeats take a moment to say so."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if _with(found, "fail") == failing:
            return found
        assert time.monotonic() < until, {name: found[name] for name in _with(found, "fail") ^ failing}
        time.sleep(0.2)


def test_a_whole_site_passes(look: Look, stack: production.Stack) -> None:
    # Every box of the checklist, with a measured fact beside it.
    _await(look, set())
    # The command has to exit with 0 for this.
    said = stack.boursa("doctor", "--json", "--nginx", str(stack.folder / "nginx"))
    for secret in ("SECRET_KEY", "CACHE_REDIS_URL", "DATABASE_URL"):
        assert stack.environment[secret] not in said
    assert servers.Redis.password not in said
    found = {one["name"]: one for one in json.loads(said)["checks"]}
    assert _with(found, "not-applicable") == _APART
    # The first administrator has a link, and has not opened it.
    assert _with(found, "warn") == {"administrator"}
    assert found["instances"]["facts"]["n"] == 3
    for name in ("instances-database", "instances-redis", "instances-storage"):
        for instance in stack.instances:
            assert f":{instance.port}/" in found[name]["evidence"], name
        assert "worker " in found[name]["evidence"], name
    assert found["certificate"]["facts"]["days"] >= 360
    assert found["connections"]["facts"]["needed"] >= 3 * 20 + 2 + 5
    assert "accepts it" in found["nginx"]["evidence"]


def test_a_killed_instance_is_named(look: Look, stack: production.Stack) -> None:
    # Nginx and the other two hide it from everybody else.
    one = stack.instances[1]
    one.kill()
    try:
        found = _await(look, {"instances"})
        assert f"127.0.0.1:{one.port} (Connection re" in found["instances"]["evidence"]  # refused, or reset
        assert "systemctl" in found["instances"]["fix"]
    finally:
        one.start()
        one.await_ready()
    _await(look, set())


def test_a_redis_that_is_away_is_missed_by_every_instance(look: Look, stack: production.Stack) -> None:
    # Each says so itself; the site works, less well, and /health says that.
    assert stack.redis is not None
    stack.redis.kill()
    try:
        servers.until(30, lambda: _each_misses_redis(look, stack), AssertionError)
    finally:
        stack.redis.start()
    _await(look, set())


def _each_misses_redis(look: Look, stack: production.Stack) -> None:
    found = look()
    assert _with(found, "fail") == {"redis", "instances-redis"}
    away = found["instances-redis"]["facts"]["away"]
    assert all(f":{instance.port}/" in away for instance in stack.instances), away
    assert "worker " in away
    assert found["health"]["state"] == "warn"


def test_a_stopped_worker_is_missed(look: Look, stack: production.Stack) -> None:
    # Pages work, and nothing is computed.
    (worker,) = stack.workers
    worker.stop()
    found = _await(look, {"workers"})
    assert "boursa-worker" in found["workers"]["fix"]
    worker.start()
    _await(look, set())


@contextmanager
def _expired(stack: production.Stack) -> Iterator[None]:
    """Put an expired certificate in the place of the one that is there."""
    pair = certificates.Pair(Path(stack.environment["TLS_CERTIFICATE"]), Path(stack.environment["TLS_KEY"]))
    good, secret = pair.certificate.read_bytes(), pair.key.read_bytes()
    key = serialization.load_pem_private_key(secret, None)
    was = x509.load_pem_x509_certificate(good)
    builder = x509.CertificateBuilder(
        was.issuer,
        was.subject,
        was.public_key(),
        was.serial_number,
        datetime.now(UTC) - timedelta(days=90),
        datetime.now(UTC) - timedelta(hours=1),
        list(was.extensions),
    )
    expired = builder.sign(key, hashes.SHA256())  # type: ignore[arg-type] # the key of a certificate signs
    # Never written over: Nginx takes a file of the same second and inode for the one it has read.
    certificates.install(pair, expired.public_bytes(serialization.Encoding.PEM), secret)
    try:
        yield
    finally:
        certificates.install(pair, good, secret)


def _reload(stack: production.Stack) -> None:
    assert stack.nginx is not None
    stack.nginx.send_signal(signal.SIGHUP)


def test_an_expired_certificate_is_found_before_and_after_nginx_shows_it(
    look: Look, stack: production.Stack
) -> None:
    # The file is looked at, which Nginx may not have read yet, and what a browser is shown.
    with _expired(stack):
        found = _await(look, {"certificate", "https"})
        assert "has expired" in found["certificate"]["evidence"]
        assert "boursa cert renew" in found["certificate"]["fix"]
        _reload(stack)
        until = time.monotonic() + 20
        while "expired" not in look()["https"]["evidence"]:
            assert time.monotonic() < until
    _reload(stack)
    _await(look, set())


def test_an_open_front_is_found(look: Look, stack: production.Stack) -> None:
    # Somebody edited the file of Nginx: numbers for everybody, and no HTTPS.
    path = stack.folder / "nginx" / "nginx.conf"
    good = path.read_text()
    opened = good.replace(
        "location /metrics {\n            return 404;", "location /metrics {\n            return 200;"
    )
    opened = opened.replace("return 301 https://", "return 200 http://")
    assert opened.count("return 200") == 2
    path.write_text(opened)
    try:
        _reload(stack)
        found = _await(look, {"nginx", "metrics", "redirect"})
    finally:
        path.write_text(good)
        _reload(stack)
    assert "boursa nginx render" in found["nginx"]["fix"]
    _await(look, set())


def test_a_setting_that_does_not_fit_is_found(look: Look) -> None:
    # The upload limit was raised, and Nginx has not heard of it.
    _await(look, set())
    found = look(MAX_UPLOAD_MB="777")
    assert _with(found, "fail") == {"nginx"}
    # More connections than the server has, said before a request waits for one in vain.
    found = look(DATABASE_POOL_SIZE="100")
    assert _with(found, "fail") == {"connections"}
    assert "Set DATABASE_POOL_SIZE to" in found["connections"]["fix"]
