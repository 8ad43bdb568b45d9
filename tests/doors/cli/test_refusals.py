"""What the machine, a server or a setting refuses is one line and an exit status, never a trace of Python."""

from __future__ import annotations

import itertools
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import databases
import pytest
import servers
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, OperationalError

import boursa as package
from boursa import settings
from boursa.cli import main
from boursa.ops import rows
from boursa.services import accounts

_WORD = "abcdefghijkl-tests"
_ROOT = Path(package.__file__).parent.parent
_numbers = itertools.count(1)
# A file stands where a folder would have to be: not even root can make one there.
_NO_FOLDER = "taken/x"
_NEWER = "20990101T000000000000Z"  # as a backup is named, and newer than any


@dataclass(frozen=True)
class Answer:
    """What a process left."""

    status: int
    out: str
    err: str


def _one_line(answer: Any, status: int, *words: str) -> None:
    # A refusal of settings has a heading and a line for each; all others are one line.
    lines = answer.err.strip().splitlines()
    assert answer.status == status, answer.err
    assert "Traceback" not in answer.err
    assert len(lines) == (2 if status == 78 else 1), answer.err
    assert all(word in lines[-1] for word in words), answer.err
    assert _WORD not in answer.err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["backup", _NO_FOLDER], 65, "cannot be written"),
        (["backup", "/dev/null"], 65, "/dev/null cannot be written"),
        (["nginx", "render", "--version", "1.28.0", "--to", _NO_FOLDER], 65, "cannot be written"),
        (["cert", "dev", "--name", "é b"], 65, "é b"),
        (["cert", "dev", "--name", "*.bad name!"], 65, "*.bad name!"),
        (["blobs", "collect", "--older-than", "999999999999d"], 64, "999999999999d"),
        (["init-env", "--to", "new.env", "--database-host", 'bad host@"x'], 65, "bad host"),
        (["init-env", "--to", "new.env", "--redis-host", "a/b"], 65, "a/b"),
        (["init-env", "--to", _NO_FOLDER], 65, "cannot be written"),
    ],
)
def test_what_cannot_be_done_with_a_word_names_the_word(
    installed: Any, folder: Path, words: list[str], status: int, said: str
) -> None:
    # And nothing is left behind.
    (folder / "taken").touch()
    _one_line(installed(*words), status, said)
    assert sorted(path.name for path in folder.iterdir()) == ["instance", "taken"]


@pytest.mark.parametrize(
    ("given", "words", "said"),
    [
        ({"DATABASE_URL": f"postgresql://u:{_WORD}@h/x?nonsense=1"}, ["db", "ping"], "option"),
        ({"DATABASE_URL": f"mysql+pymysql://u:{_WORD}@h/x?nonsense=1"}, ["db", "ping"], "option"),
        ({"DATABASE_URL": f"mysql://u:{_WORD}@h/x?ssl_ca=/nonexistent.pem"}, ["db", "ping"], "ssl_ca"),
        ({"DATABASE_URL": f"mysql://u:{_WORD}@h/x?connect_timeout=abc"}, ["db", "ping"], "not an address"),
        ({"DATABASE_URL": f"postgresql://u:{_WORD}@h:abc/x"}, ["check-env"], "not an address"),
        ({"LOG_FILE": _NO_FOLDER}, ["run"], "LOG_FILE"),
        ({"LOG_FILE": _NO_FOLDER}, ["worker", "--until-idle"], "LOG_FILE"),
        ({"LOG_FILE": "instance"}, ["worker", "--until-idle"], "LOG_FILE"),
        ({"CACHE_REDIS_URL": f"redis://:{_WORD}@h:abc/0"}, ["run"], "CACHE_REDIS_URL"),
        ({"CACHE_REDIS_URL": f"redis://:{_WORD}@h:abc/0"}, ["check-env"], "CACHE_REDIS_URL"),
        ({"CACHE_REDIS_URL": f"redis://:{_WORD}@[::1/0"}, ["check-env"], "CACHE_REDIS_URL"),
        ({"CACHE_REDIS_URL": "redis://127.0.0.1:1/word"}, ["worker", "--until-idle"], "CACHE_REDIS_URL"),
        ({"JOBS_BROKER_URL": "redis://127.0.0.1:1/word"}, ["worker", "--until-idle"], "JOBS_BROKER_URL"),
        ({"BOURSA_ENV_FILE": "latin.env"}, ["check-env"], "latin.env cannot be read (it is not UTF-8 text)"),
        ({"BOURSA_ENV_FILE": "/proc/self/mem"}, ["check-env"], "cannot be read"),
        ({"BOURSA_ENV_FILE": "instance"}, ["check-env"], "is a folder"),
        ({"BOURSA_ENV_FILE": "absent.env"}, ["check-env"], "there is no file absent.env"),
        ({"BOURSA_ENV_FILE": "absent.env"}, ["db", "upgrade"], "boursa init-env"),
    ],
)
def test_a_setting_that_leads_nowhere_is_named(
    installed: Any,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: Mapping[str, str],
    words: list[str],
    said: str,
) -> None:
    # Status 78, the variable, and no value that may be a secret; a service is not started again for it.
    (folder / "taken").touch()
    (folder / "latin.env").write_bytes(b"LOG_LEVEL=d\xe9bogue\n")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    _one_line(installed(*words), 78, said, *given)


def test_init_env_makes_the_file_that_is_named(
    boursa: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Everybody else refuses a name without a file; the command that makes it cannot.
    monkeypatch.setenv("BOURSA_ENV_FILE", str(folder / "new.env"))
    assert boursa("init-env").status == 0
    assert boursa("check-env").status == 0


def _run(folder: Path, *words: str, **environment: str) -> Answer:
    # A process of its own: in this one a log would stay that goes nowhere, or a connection without goodbye.
    done = subprocess.run(
        [sys.executable, "-m", "boursa.cli", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.mark.usefixtures("installed")
def test_a_port_of_metrics_that_is_taken_is_named(folder: Path) -> None:
    # Two workers on one machine need two.
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = _run(folder, "worker", "--until-idle", METRICS_PORT=str(port))
    _one_line(answer, 69, f"127.0.0.1:{port}", "METRICS_PORT")


@pytest.mark.parametrize(
    "content", ["{}", "[]", "7", '{"tables": 1}', '{"taken_at": "today", "tables": {"users": 1}}', "{"]
)
def test_a_manifest_that_is_none_of_ours_is_no_backup(
    installed: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    # Neither to whoever restores, nor to the doctor, who goes on to the ones beside it.
    (folder / "kept" / _NEWER).mkdir(parents=True)
    (folder / "kept" / _NEWER / "manifest.json").write_text(content)
    for words in ([f"kept/{_NEWER}"], [f"kept/{_NEWER}", "--check"]):
        _one_line(installed("restore", *words), 66, f"kept/{_NEWER}")
    monkeypatch.setenv("BACKUPS_DIR", str(folder / "kept"))
    for state, do in (("fail", "check"), ("pass", "backup")):
        if do == "backup":
            assert installed("backup").status == 0
        (found,) = (one for one in installed("doctor", "--json").json["checks"] if one["name"] == "backups")
        assert (found["state"], "KeyError" in found["evidence"]) == (state, False)


def test_a_full_disk_is_said_to_be_one(installed: Any, folder: Path, prices: str) -> None:
    # Here by a limit on files, which the kernel answers in the same way; nothing half-done is left.
    assert installed("data", "import", prices).status == 0
    engine = create_engine(f"sqlite:///{folder / 'instance' / 'boursa.db'}")
    with engine.begin() as connection:
        long = {"filename": os.urandom(200_000).hex()}  # which no compression makes small
        connection.execute(text("UPDATE data_files SET filename = :filename"), long)
    engine.dispose()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        answer = installed("backup", "kept")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    _one_line(answer, 65, "kept cannot be written: File too large")
    assert list((folder / "kept").glob("*Z")) == []


def test_a_connection_lost_half_way_shows_no_row(
    installed: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The error of the driver would repeat the statement with the values of the row.
    assert installed("users", "create", "awa").status == 0
    assert installed("backup", "kept").status == 0
    (made,) = (folder / "kept").glob("*Z")

    lost = OperationalError("INSERT INTO users", {"password_hash": _WORD}, Exception("gone"))
    monkeypatch.setattr(rows, "load", _raising(lost))
    monkeypatch.setenv("BOURSA_INSTANCE", str(folder / "other"))
    _one_line(installed("restore", str(made)), 69, "nothing was changed")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (OSError(28, "No space left on device", "/srv/x"), 74, "/srv/x: No space left on device"),
        (TimeoutError("by hand"), 74, "TimeoutError"),
        (IntegrityError("INSERT", {"hash": _WORD}, Exception(_WORD)), 69, "(Exception)"),
        (InvalidRequestError(f"of {_WORD}"), 69, "(InvalidRequestError)"),
    ],
)
def test_what_no_command_expects_of_machine_and_database_is_one_line_too(
    installed: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    # The kind, or the system's own words; what a driver adds may hold a row.
    monkeypatch.setattr(accounts, "recent", _raising(error))
    _one_line(installed("users", "list"), status, said)


def test_a_fault_of_our_own_is_not_hidden(installed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without its trace nobody could mend it.
    monkeypatch.setattr(accounts, "recent", _raising(KeyError("ours")))
    with pytest.raises(KeyError):
        main(["users", "list"])


def _raising(error: Exception) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.fixture
def poor(postgresql_server: str, folder: Path) -> Iterator[str]:
    """The database account without rights, in a database with its schema and one that is empty."""
    name = f"poor_{next(_numbers)}"
    address = databases.create(postgresql_server, "postgres", f"full_{name}")
    databases.create(postgresql_server, "postgres", f"empty_{name}")
    databases.migrate(address, folder)
    engine = create_engine(settings.with_driver(address))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield postgresql_server.replace("postgres@", f"{name}@") + "/{}_" + name
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("empty", ["db", "upgrade"]),
        ("empty", ["db", "init"]),
        ("empty", ["run", "--port", "PORT"]),
        ("full", ["db", "upgrade"]),
        ("full", ["db", "check"]),
        ("full", ["run", "--port", "PORT"]),
        ("full", ["backup", "kept"]),
        ("full", ["users", "list"]),
    ],
)
def test_an_account_without_rights_is_told_so(folder: Path, poor: str, state: str, words: list[str]) -> None:
    # Permission is what is missing, 77; the statement with its values is not shown.
    words = [str(servers.free_port()) if word == "PORT" else word for word in words]
    answer = _run(folder, *words, DATABASE_URL=poor.format(state))
    _one_line(answer, 77, "DATABASE_URL", "InsufficientPrivilege")
    assert answer.out == ""
