"""Show the production shape on this machine: the same code that the proofs in tests/stack run on.

Three instances behind Nginx with TLS, PostgreSQL, Valkey and a worker, from wheels, on free ports, in a
folder that is gone afterwards. ``make stack ARGS=5`` starts five instances.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import production  # noqa: E402 - found through the path above
import servers  # noqa: E402 - the same


def main(words: list[str]) -> None:
    """Start everything, say where it is, and wait for Ctrl-C."""
    instances = int(words[0]) if words else 3
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print("Starting PostgreSQL, Valkey, Nginx, a worker and the instances ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="boursa-stack-") as folder, servers.postgresql() as server:
        try:
            _show(Path(folder), f"{server.address}/postgres", instances)
        except KeyboardInterrupt:
            print("\nStopping ...", flush=True)


def _show(folder: Path, database_url: str, instances: int) -> None:
    with production.stack(folder, database_url, instances=instances) as site:
        link = site.boursa("users", "create", "admin", "--role", "administrator")
        print(f"BoursA serves on {site.address} with {instances} instances (stop with Ctrl-C)")
        print(f"The certificate is {site.environment['TLS_CERTIFICATE']}: browsers ask whether to trust it.")
        print(link.strip().replace("/login/", f"{site.address}/login/"), flush=True)
        signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:])
