"""The production shape from wheels: instances behind Nginx with TLS, PostgreSQL, Valkey and a worker.

The proofs in tests/stack run on it, and `make stack` shows it to a person.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections import ChainMap
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import servers

import boursa
from boursa import runtime, settings
from boursa.ops import schema
from boursa.runtime import Runtime

_ROOT = Path(boursa.__file__).parent.parent
_BOOT_S = 90
# For a load test: the limits that it would meet are out of the way, and silence is noticed soon.
UNLIMITED = {
    "REQUESTS_PER_MINUTE": "10000000",
    "SIGN_UPS_PER_HOUR": "1000000",
    "JOB_HEARTBEAT_SECONDS": "1",
    "JOB_STALE_SECONDS": "4",
    "DATABASE_POOL_SIZE": "10",
}


@dataclass
class Process:
    """A command of BoursA that runs until it is told to stop, in a process group of its own."""

    words: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "boursa.cli", *self.words],
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **self.environment},
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, timeout: float = 60) -> int:
        """Ask it to end, and wait until it has."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout)

    def kill(self) -> None:
        """End it and all its processes without a chance to say anything."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Instance(Process):
    """One web instance."""

    def await_ready(self) -> None:
        """Wait until it answers that it is ready."""
        until = time.monotonic() + _BOOT_S
        while True:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text(errors="replace")[-3000:]
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                return
            assert time.monotonic() < until, self.log.read_text(errors="replace")[-3000:]
            time.sleep(0.1)


@dataclass
class Stack:
    """The whole, running."""

    folder: Path
    environment: dict[str, str]
    https_port: int
    http_port: int
    instances: list[Instance] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)
    nginx: subprocess.Popen[bytes] | None = None
    redis: servers.Redis | None = None

    @property
    def address(self) -> str:
        """Where a person's browser goes."""
        return f"https://localhost:{self.https_port}"

    @property
    def tls(self) -> ssl.SSLContext:
        """What a client that trusts this site's own certificate checks with."""
        return ssl.create_default_context(cafile=self.environment["TLS_CERTIFICATE"])

    @property
    def measured(self) -> dict[str, list[str]]:
        """Where /metrics is, by the job that Prometheus knows it as."""
        found = {"boursa-web": self.instances, "boursa-worker": self.workers}
        return {name: [f"127.0.0.1:{one.port}" for one in those] for name, those in found.items()}

    @contextmanager
    def held(self) -> Iterator[Runtime]:
        """Hold what a process of this installation holds, to look at its rows."""
        made = runtime.build(settings.load(self.environment))
        try:
            yield made
        finally:
            made.close()

    def boursa(self, *words: str, **settings: str) -> str:
        """Run one command on this installation and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "boursa.cli", "--lang", "en", *words],
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **self.environment, **settings},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def update(self, code: Path) -> None:
        """Bring in a release that lies in `code`: its migration first, then each instance."""
        self.environment["PYTHONPATH"] = str(code)
        self.boursa("db", "upgrade")
        self.roll()

    def roll(self) -> None:
        """Restart the instances one after the other, as an update does."""
        for instance in self.instances:
            assert instance.stop() == 0
            instance.start()
            instance.await_ready()


def release(folder: Path, number: int) -> Path:
    """Return a copy of the code that is `number` migrations ahead of it, each of which adds to the schema."""
    code = folder / f"release-{number}"
    shutil.copytree(_ROOT / "boursa", code / "boursa")  # with what Python has compiled
    before = schema.scripts()[0]
    for step in range(1, number + 1):
        name = f"release{step}"
        text = _MIGRATION.format(name=name, before=before)
        (code / "boursa/storage/migrations/versions" / f"{name}.py").write_text(text)
        before = name
    return code


_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{before}"


def upgrade():
    op.create_table("of_{name}", sa.Column("id", sa.Integer(), primary_key=True))
    for table in ("users", "jobs", "data_files", "test_history"):
        op.add_column(table, sa.Column("of_{name}", sa.Integer(), nullable=True))


def downgrade():
    for table in ("users", "jobs", "data_files", "test_history"):
        op.drop_column(table, "of_{name}")
    op.drop_table("of_{name}")
"""


@contextmanager
def stack(
    folder: Path,
    database_url: str,
    *,
    direct: str | None = None,
    instances: int = 3,
    workers: int = 1,
    **settings: str,
) -> Iterator[Stack]:
    """Start everything on an empty database and yield it; `settings` are further variables.

    `direct` is the address that migrations take where `database_url` leads through a pooler.
    """
    # As root the web server would run as somebody else, who may not enter the test's folder.
    user = ["--user", "root"] if os.geteuid() == 0 else []
    with ExitStack() as held:
        redis = held.enter_context(servers.redis())  # before ports are chosen, since it chooses one too
        http_port, https_port, *ports = servers.free_ports(2 + instances + workers)
        ports, metrics_ports = ports[:instances], ports[instances:]
        shared = environment(folder, database_url, redis.url(), http_port, https_port, ports) | settings
        whole = Stack(folder, shared, https_port, http_port, redis=redis)
        program = servers.nginx_programs()[0]
        whole.boursa("cert", "dev")
        whole.boursa("nginx", "render", "--to", str(folder / "nginx"), "--program", str(program), *user)
        whole.boursa("db", "upgrade", DATABASE_URL=direct or database_url)
        held.callback(_end, whole)
        _start(whole, ports, metrics_ports)
        whole.nginx = held.enter_context(servers.nginx(program, folder / "nginx", https_port))
        yield whole


def environment(
    folder: Path, database_url: str, cache: str, http_port: int, https_port: int, ports: list[int]
) -> dict[str, str]:
    """Return what the instances of one site share."""
    return {
        "PYTHONPATH": str(_ROOT),
        "APP_CONFIG": "production",
        "BOURSA_INSTANCE": str(folder / "instance"),
        "BOURSA_ENV_FILE": "",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database_url,
        "CACHE_REDIS_URL": cache,
        "BASE_URL": f"https://localhost:{https_port}",
        "SERVER_NAMES": "localhost,127.0.0.1",
        "HTTP_PORT": str(http_port),
        "HTTPS_PORT": str(https_port),
        "INSTANCES": ",".join(f"127.0.0.1:{port}" for port in ports),
        "TLS_CERTIFICATE": str(folder / "ssl" / "cert.pem"),
        "TLS_KEY": str(folder / "ssl" / "key.pem"),
        "TRUSTED_PROXIES": "1",
    }


def _start(whole: Stack, ports: list[int], metrics_ports: list[int]) -> None:
    for number, port in enumerate(ports, 1):
        words = ["run", "--no-samples", "--no-worker", "--port", str(port)]
        log = whole.folder / f"instance-{number}.log"
        whole.instances.append(Instance(words, whole.environment, log, port=port))
    for number, port in enumerate(metrics_ports, 1):
        log = whole.folder / f"worker-{number}.log"
        own = ChainMap({"METRICS_PORT": str(port)}, whole.environment)  # an update changes the latter
        whole.workers.append(Process(["worker"], own, log, port))
    for process in [*whole.instances, *whole.workers]:
        process.start()
    for instance in whole.instances:
        instance.await_ready()


def _end(whole: Stack) -> None:
    for process in [*whole.workers, *whole.instances]:
        process.kill()
