"""`boursa doctor`: nothing fails on a development machine, and each fault of a server has its fix."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

# A port that nothing on this machine listens on.
_NOWHERE = "9"
_SECRET = "Vd6jQ0b1mN4xT8yR2wK7pL5sH3gF9cZa"  # pragma: allowlist secret
_WORD = "a-long-password"


def _states(answer: Any) -> dict[str, str]:
    return {one["name"]: one["state"] for one in answer.json["checks"]}


def _failed(answer: Any) -> set[str]:
    return {name for name, state in _states(answer).items() if state == "fail"}


def _check(answer: Any, name: str) -> dict[str, Any]:
    (found,) = (one for one in answer.json["checks"] if one["name"] == name)
    return dict(found)


@pytest.fixture
def production(folder: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The settings of a server whose every server is away."""
    given = {
        "APP_CONFIG": "production",
        "SECRET_KEY": _SECRET,
        "DATABASE_URL": f"postgresql://boursa:{_WORD}@127.0.0.1:{_NOWHERE}/boursa",
        "CACHE_REDIS_URL": f"redis://:a-long-password@127.0.0.1:{_NOWHERE}/0",
        "BASE_URL": f"https://localhost:{_NOWHERE}",
        "HTTP_PORT": _NOWHERE,
        "INSTANCES": f"127.0.0.1:{_NOWHERE}",
        "TRUSTED_PROXIES": "1",
        "TLS_CERTIFICATE": str(folder / "ssl" / "cert.pem"),
        "TLS_KEY": str(folder / "ssl" / "key.pem"),
        "BOURSA_ENV_FILE": str(folder / "server.env"),
    }
    (folder / "server.env").touch()
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


_AWAY = {"database", "redis", "instances", "certificate", "front", "redirect"}


def test_nothing_fails_in_development(installed: Any) -> None:
    # Most of it is no question there, and each such line says why.
    answer = installed("doctor", "--json")
    assert answer.status == 0, answer.json
    states = _states(answer)
    assert {states[name] for name in ("database", "tables", "storage", "logs", "disk")} == {"pass"}
    assert {states[name] for name in ("certificate", "front", "redis", "connections")} == {"not-applicable"}
    assert all(one["evidence"] and one["title"] for one in answer.json["checks"])
    assert sum(answer.json["counts"].values()) == len(states)


def test_looking_makes_no_installation(boursa: Any, folder: Path) -> None:
    # Where there is none it says so, and how to make one.
    answer = boursa("doctor", "--json")
    assert answer.status == 69
    assert _failed(answer) == {"database"}
    assert _check(answer, "database")["fix"] == "boursa db init"
    assert not (folder / "instance").exists()


def test_it_speaks_both_languages(installed: Any) -> None:
    # A line each for state, evidence and fix; the end says how many of each.
    french, english = (installed("doctor", "--lang", language) for language in ("fr", "en"))
    assert "The database answers [database]" in english.out
    assert english.err.strip().endswith("not applicable.")
    assert "La base de données répond [database]" in french.out
    assert "answers" not in french.out


def test_everything_that_is_away_is_said_at_once(production: pytest.MonkeyPatch, boursa: Any) -> None:
    # Each with what mends it; what stands on it is not asked; no password is shown.
    answer = boursa("doctor", "--json")
    assert answer.status == 69
    assert _failed(answer) == _AWAY
    assert all(_check(answer, name)["fix"] for name in _AWAY)
    assert _check(answer, "tables")["state"] == "not-applicable"
    assert "a-long-password" not in answer.out + answer.err
    assert _SECRET not in answer.out


@pytest.mark.parametrize(
    ("name", "value", "failing", "fix"),
    [
        ("SECRET_KEY", "", "secret-key", ".env"),
        ("DATABASE_URL", "", "database-url", ".env"),
        ("DATABASE_URL", "sqlite:///b.db", "database-url", ".env"),
        ("CACHE_REDIS_URL", "", "redis-password", ".env"),
        ("CACHE_REDIS_URL", "redis://127.0.0.1:9/0", "redis-password", "requirepass"),
        ("FLASK_DEBUG", "1", "settings", ".env"),
        ("MAX_UPLOAD_MB", "much", "settings", ".env"),
        ("BASE_URL", "http://boursa.example.org", "base-url", "https://boursa.example.org"),
        ("TRUSTED_PROXIES", "0", "client-addresses", "TRUSTED_PROXIES=1"),
    ],
)
def test_a_wrong_setting_fails_its_item(
    production: pytest.MonkeyPatch, boursa: Any, name: str, value: str, failing: str, fix: str
) -> None:
    # The exit status is that of a configuration; the rest is looked at all the same.
    production.setenv(name, value)
    answer = boursa("doctor", "--json")
    assert answer.status == 78
    assert _failed(answer) - _AWAY == {failing}
    assert fix in _check(answer, failing)["fix"]


def _certificate(boursa: Any, *names: str) -> None:
    assert boursa("cert", "dev", *(word for name in names for word in ("--name", name))).status == 0


def test_a_certificate_for_another_name_or_with_another_key(
    production: pytest.MonkeyPatch, boursa: Any, folder: Path
) -> None:
    # Nginx would not start, or every browser would refuse it.
    _certificate(boursa, "localhost")
    assert _check(boursa("doctor", "--json"), "certificate")["state"] == "pass"
    production.setenv("SERVER_NAMES", "localhost,boursa.example.org")
    assert "boursa.example.org" in _check(boursa("doctor", "--json"), "certificate")["evidence"]
    production.setenv("SERVER_NAMES", "localhost")
    (folder / "ssl" / "cert.pem").rename(folder / "first.pem")
    _certificate(boursa, "localhost")
    (folder / "first.pem").rename(folder / "ssl" / "cert.pem")
    assert "is not the key" in _check(boursa("doctor", "--json"), "certificate")["evidence"]
    (folder / "ssl" / "cert.pem").write_text("no certificate")
    assert _check(boursa("doctor", "--json"), "certificate")["state"] == "fail"


def test_secrets_that_everybody_reads(production: pytest.MonkeyPatch, boursa: Any, folder: Path) -> None:
    # Whoever has an account on the machine would sign cookies.
    path = folder / "server.env"
    path.write_text("LOG_LEVEL=INFO\n")
    above = [one for one in (folder, *folder.parents) if not one.stat().st_mode & 0o001]
    path.chmod(0o644)
    answer = boursa("doctor", "--json")
    if above:  # pytest's own folder is closed: then so is the file, whatever its mode
        assert _check(answer, "secret-files")["state"] == "pass"
        for one in above:
            one.chmod(one.stat().st_mode | 0o001)
        try:
            answer = boursa("doctor", "--json")
        finally:
            for one in above:
                one.chmod(one.stat().st_mode & ~0o001)
    found = _check(answer, "secret-files")
    assert (found["state"], str(path) in found["fix"]) == ("fail", True)
    path.chmod(0o600)
    assert _check(boursa("doctor", "--json"), "secret-files")["state"] == "pass"


def test_an_old_backup_or_none(installed: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A timer that stopped is found before the backup is needed.
    assert _check(installed("doctor", "--json"), "backups")["state"] == "not-applicable"
    refused = installed("backup")
    assert (refused.status, "BACKUPS_DIR" in refused.err) == (65, True)
    to = folder / "kept"
    assert _check(installed("doctor", "--json", "--backups", str(to)), "backups")["state"] == "fail"
    monkeypatch.setenv("BACKUPS_DIR", str(to))
    assert _check(installed("doctor", "--json"), "backups")["state"] == "fail"
    assert installed("backup").status == 0
    assert _check(installed("doctor", "--json"), "backups")["state"] == "pass"
    (folder,) = (path.parent for path in to.glob("*/manifest.json"))
    for hours, state in ((36, "pass"), (37, "fail"), (72, "fail")):
        taken_at = datetime.now(UTC) - timedelta(hours=hours)
        folder = folder.rename(to / f"{taken_at:%Y%m%dT%H%M%S%fZ}")
        found = _check(installed("doctor", "--json"), "backups")
        assert (found["state"], found["facts"]["hours"]) == (state, hours)
    assert "boursa backup" in found["fix"]


def test_a_log_that_cannot_be_written(installed: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Here by a folder of that name: root may write to any file.
    monkeypatch.setenv("LOG_FILE", str(folder / "boursa.log"))
    assert installed("doctor", "--json").status == 0
    assert not (folder / "boursa.log").exists()
    (folder / "boursa.log").mkdir()
    assert _failed(installed("doctor", "--json")) == {"logs"}


def test_a_configuration_of_nginx_that_is_out_of_date(
    production: pytest.MonkeyPatch, boursa: Any, folder: Path
) -> None:
    # Somebody changed a setting and did not write the file anew.
    words = ("doctor", "--json", "--nginx", str(folder / "nginx"))
    assert _check(boursa(*words), "nginx")["state"] == "not-applicable"
    for more in ((), ("--resolve", "--user", "www-data", "--error-log", str(folder / "e.log"))):
        assert (
            boursa("nginx", "render", "--to", str(folder / "nginx"), "--version", "1.28.0", *more).status == 0
        )
        assert _check(boursa(*words), "nginx")["state"] == "pass"
    production.setenv("MAX_UPLOAD_MB", "77")
    found = _check(boursa(*words), "nginx")
    assert (found["state"], "boursa nginx render" in found["fix"]) == ("fail", True)
    (folder / "nginx" / "nginx.conf").write_text("events {}\n")
    assert _check(boursa(*words), "nginx")["state"] == "warn"


@contextmanager
def _silent() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with ExitStack() as held:
        server = held.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield server.getsockname()[1]


def test_servers_that_say_nothing_do_not_hold_it_up(production: pytest.MonkeyPatch, boursa: Any) -> None:
    # Frozen ones: every question has an end, and all are asked at the same time.
    with _silent() as port:
        production.setenv("DATABASE_URL", f"postgresql://boursa:{_WORD}@127.0.0.1:{port}/boursa")
        production.setenv("CACHE_REDIS_URL", f"redis://:a-long-password@127.0.0.1:{port}/0")
        production.setenv("BASE_URL", f"https://localhost:{port}")
        production.setenv("HTTP_PORT", str(port))
        production.setenv("INSTANCES", f"127.0.0.1:{port}")
        started = time.monotonic()
        answer = boursa("doctor", "--json")
    assert time.monotonic() - started < 12
    assert _failed(answer) == _AWAY - {"front"} | {"https", "health", "metrics"}


def test_an_unreadable_address_is_one_finding(production: pytest.MonkeyPatch, boursa: Any) -> None:
    # Not a trace, and not the address.
    production.setenv("DATABASE_URL", f"postgresql://boursa:{_WORD}@db:port/boursa")
    answer = boursa("doctor", "--json")
    assert {"database-url", "database"} <= _failed(answer)
    assert "a-long-password" not in answer.out + answer.err
    assert os.linesep + "Traceback" not in answer.err
