"""The environment ``.venv``: find a Python, build it, install what is locked, know when all is there.

Everything stands on the standard library, and the syntax is kept readable for older Pythons: this
file is what has to say, in one clear line, that the Python it was started with is too old.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
SCRIPTS = VENV / ("Scripts" if WINDOWS else "bin")
BOURSA = SCRIPTS / ("boursa.cmd" if WINDOWS else "boursa")
PYTHON = SCRIPTS / ("python.exe" if WINDOWS else "python")
OLDEST, NEWEST = (3, 11), (3, 13)  # what the locked requirements are tested with

# Present while pip writes: whoever finds it knows that the last run was killed half way.
UNFINISHED = VENV / ".unfinished"

# The same trick that pip plays: a kernel reads no shebang with a space in it, so the shell starts
# Python, and Python reads the shell's line as a string.
LAUNCHER = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from boursa.cli import main

if __name__ == "__main__":
    sys.exit(main())
"""
LAUNCHER_WINDOWS = '@"%~dp0python.exe" -c "import sys; from boursa.cli import main; sys.exit(main())" %*\n'

PROBE = "import sys; print(*sys.version_info[:2]); import ensurepip, venv"


def say(line: str) -> None:
    """Print one line at once: children write to the same terminal."""
    print(line, flush=True)


def find_python() -> str:
    """Return a Python that can build the environment, or end with the line that installs one."""
    incomplete = newer = ""
    for executable in _candidates():
        version, complete = _probe(executable)
        if version < OLDEST:
            continue
        if not complete:
            incomplete = incomplete or executable
        elif version <= NEWEST:
            return executable
        else:
            newer = newer or executable
    if newer:
        say(f"Note: {newer} is newer than what BoursA is tested with (3.11 to 3.13).")
        return newer
    sys.exit(_what_is_missing(incomplete))


def _candidates() -> list[str]:
    # A virtual environment's own Python would saw off the branch it sits on: take its base.
    running = getattr(sys, "_base_executable", None) or sys.executable
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/local/bin"])
    named = [shutil.which(f"python3.{minor}", path=places) for minor in (11, 12, 13)]
    found = [running] + [path for path in named if path]
    # The link /usr/bin/python3 will mean another version one day; its target will not.
    return found if WINDOWS else list(dict.fromkeys(map(os.path.realpath, found)))


def _probe(executable: str) -> tuple[tuple[int, ...], bool]:
    try:
        done = subprocess.run([executable, "-c", PROBE], capture_output=True, text=True, check=False)
    except OSError:
        return (0,), False
    words = done.stdout.split()
    return tuple(map(int, words)) or (0,), done.returncode == 0


def _what_is_missing(incomplete: str) -> str:
    if not incomplete:
        return (
            "BoursA needs Python 3.11, 3.12 or 3.13, and none was found.\n"
            "On Debian or Ubuntu, as root:  apt-get install python3 python3-venv"
        )
    default = os.path.realpath("/usr/bin/python3") == os.path.realpath(incomplete)
    package = "python3-venv" if default else Path(incomplete).name + "-venv"
    return (
        f"{incomplete} cannot build a virtual environment: its module ensurepip is missing.\n"
        f"On Debian or Ubuntu, as root:  apt-get install {package}"
    )


def prepare(*groups: str) -> None:
    """Bring ``.venv`` to what the requirements files of `groups` say, and BoursA into it."""
    with _one_at_a_time():
        if not _healthy():
            _build()
        for group in groups:
            _install(group)
        _add_boursa()
        _compile()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two ``make`` in one folder take turns; Windows has no such lock, and goes without."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        if not WINDOWS:
            import fcntl  # Unix only

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _healthy() -> bool:
    if not PYTHON.exists() or UNFINISHED.exists():
        return False
    if any(VENV.glob(".installed-*")):
        return True
    done = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def _build() -> None:
    if VENV.exists():
        say(".venv: not complete, so it is made anew")
    python = find_python()
    say(f".venv: made with {python}")
    subprocess.run([python, "-m", "venv", "--clear", VENV], check=True)


def _install(group: str) -> None:
    file = ROOT / "requirements" / f"{group}.txt"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    stamp = VENV / f".installed-{group}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    say(f"requirements/{group}.txt: installing")
    UNFINISHED.touch()
    log, status = _pip("install", "--require-hashes", "--only-binary", ":all:", "--compile", "-r", str(file))
    # A refusal by pip leaves nothing half done (it fetches all, then writes); a kill may.
    UNFINISHED.unlink()
    if status:
        say("".join(log[-15:]))
        sys.exit("The installation failed; the reason is above. The same command tries again.")
    stamp.write_text(digest)


def _pip(*words: str) -> tuple[list[str], int]:
    """Run pip, show what is large enough to wait for, keep the rest for the case that it fails."""
    command = [str(PYTHON), "-m", "pip", *words, "--progress-bar", "off", "--disable-pip-version-check"]
    log = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
    ) as process:
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        for line in process.stdout:
            log.append(line)
            large = re.search(r"Downloading .*?([^/\s]+?)-\d[^/\s]*\.whl \(([\d.]+ MB)\)", line)
            if large:
                say("  {} ({})".format(*large.groups()))
            elif line.startswith("Installing collected packages"):
                say("  writing to .venv")
    return log, process.returncode


def _add_boursa() -> None:
    """Make ``import boursa`` and the command ``boursa`` work without a build and its tools.

    This is what an editable installation leaves behind: a path file (relative, so no character of
    the folder's name can break it), the name and version that pip and importlib.metadata look for,
    and the command.
    """
    packages = next(VENV.glob("lib/python3*/site-packages"), VENV / "Lib" / "site-packages")
    line = re.search(r'__version__ = "(.+)"', (ROOT / "boursa" / "__init__.py").read_text(encoding="utf-8"))
    version = line.group(1) if line else "0"
    described = packages / f"boursa-{version}.dist-info"
    for former in packages.glob("boursa-*.dist-info"):
        if former != described:
            shutil.rmtree(former)
    described.mkdir(exist_ok=True)
    _write(described / "METADATA", f"Metadata-Version: 2.1\nName: boursa\nVersion: {version}\n")
    _write(packages / "boursa.pth", os.path.relpath(ROOT, packages) + "\n")
    _write(BOURSA, LAUNCHER_WINDOWS if WINDOWS else LAUNCHER.format(python=PYTHON))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        # Replaced in one step: somebody may be starting the command at this moment.
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o755 if path == BOURSA else 0o644)
        draft.replace(path)


def _compile() -> None:
    """Compile bytecode and catalogues, whatever PYTHONDONTWRITEBYTECODE says: imports are 3-5x faster."""
    subprocess.run([PYTHON, "-m", "compileall", "-q", ROOT / "boursa"], check=True)
    for source in (ROOT / "boursa" / "translations").glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            say(f"{source.relative_to(ROOT)}: compiled")
            subprocess.run([PYTHON, ROOT / "tools" / "translations.py", "compile", source], check=True)
