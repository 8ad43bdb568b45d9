"""What a developer does, a word each: ``python3 tools/dev.py help`` (or ``make help``) lists it.

Only the standard library is used, so that this runs before anything is installed; arguments after
the word go to the program behind it. The Makefile is a list of these words and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

import assets
from environment import BOURSA, PYTHON, ROOT, VENV, WINDOWS, find_python, prepare, say

COMMANDS: dict[str, Callable[[list[str]], None]] = {}

# Everything that has to hold before a change is handed in: `make sure`, `.ci/run` and the hosted
# workflow all run this one list and then the tests, so that their closing line is the end.
CHECKS = {
    "format": ["-m", "ruff", "format", "--check", "."],
    "lint": ["-m", "ruff", "check", "."],
    "types": ["-m", "mypy"],
    "contracts": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "docs": ["tools/documents.py"],
    "secrets": ["tools/leaks.py"],
}
# The tests go in two rounds, those of one file always together with what they share: as many at a time as
# there are processors; then the ones that press on real servers and mind the clock, alone on the machine
# where they press hard, two at a time in their short forms.
_BY_FILE = ["--dist", "loadfile", "--no-loadscope-reorder"]
_MANY = ["--ignore", "tests/stack", "-n", "auto", "--maxprocesses", "4", *_BY_FILE]
_ALONE = ["tests/stack"]
_TWO = [*_ALONE, "-n", "2", *_BY_FILE]
_NOTHING_CHOSEN = 5  # what pytest ends with where no test was


def command(function: Callable[[list[str]], None]) -> Callable[[list[str]], None]:
    """Make a function a word of this program."""
    COMMANDS[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


@command
def setup(_args: list[str]) -> None:
    """Prepare .venv, the pages' assets and the local installation's database."""
    prepare("runtime")
    assets.build()
    subprocess.run([BOURSA, "db", "upgrade"], cwd=ROOT, check=True)
    if not shutil.which("make"):
        say(
            "make is not installed; `python3 tools/dev.py WORD` does the same (as root: apt-get install make)"
        )
    say(f"Ready: {BOURSA.relative_to(ROOT)} --help")


@command
def run(args: list[str]) -> None:
    """Serve BoursA on this machine; ARGS="--port 5001" chooses the port."""
    prepare("runtime")
    assets.build()
    _become([str(BOURSA), "run", *args])


@command
def stack(args: list[str]) -> None:
    """Show the production shape without containers: three instances behind Nginx with TLS."""
    prepare("runtime", "dev", "servers")
    assets.build()
    _become([str(PYTHON), str(ROOT / "tools" / "stack.py"), *args])


@command
def test(args: list[str]) -> None:
    """Run the tests; ARGS="tests/unit -k csv" chooses."""
    _ready_for_tests()
    sys.exit(0 if _tests(args, _MANY, _TWO) else 1)


@command
def test_long(args: list[str]) -> None:
    """Run the full form of every proof."""
    _ready_for_tests()
    sys.exit(0 if _tests(["-m", "long", *args], _MANY, _ALONE) else 1)


@command
def test_pythons(args: list[str]) -> None:
    """Run the tests that need no server on every other Python that this machine has."""
    _tool("pythons", args)


@command
def container_test(args: list[str]) -> None:
    """Build, start, scale and update compose.yaml with podman (root; a quarter of an hour)."""
    prepare("runtime", "dev", "servers")
    _become([str(PYTHON), str(ROOT / "tools" / "containers.py"), *args])


@command
def sure(args: list[str]) -> None:
    """Run all that CI runs: format, lint, types, contracts, docs, secrets, test."""
    _ready_for_tests()
    failed: list[str] = []
    for name, words in CHECKS.items():
        say(f"-- {name}")
        if subprocess.run([PYTHON, *words], cwd=ROOT, check=False).returncode:
            failed.append(name)
    say(f"-- before the tests: {'failed: ' + ', '.join(failed) if failed else 'all well'}")
    sys.exit(0 if _tests(args, _MANY, _ALONE) and not failed else 1)


@command
def format_(args: list[str]) -> None:
    """Format the code."""
    prepare("runtime", "dev")
    _become([str(PYTHON), "-m", "ruff", "format", *(args or ["."])])


@command
def lint(args: list[str]) -> None:
    """Look for mistakes with ruff."""
    _check("lint", args)


@command
def types(args: list[str]) -> None:
    """Check the types with mypy."""
    _check("types", args)


@command
def contracts(args: list[str]) -> None:
    """Check which floor imports which."""
    _check("contracts", args)


@command
def docs(args: list[str]) -> None:
    """Check that links and commands in the documentation exist."""
    _check("docs", args)


@command
def secrets(args: list[str]) -> None:
    """Look for secrets in the files of the repository."""
    _check("secrets", args)


@command
def bench(args: list[str]) -> None:
    """Measure BoursA against the obvious alternative."""
    _tool("bench", args)


@command
def shape(args: list[str]) -> None:
    """Print the sizes of modules and functions."""
    _tool("shape", args)


@command
def translations(args: list[str]) -> None:
    """Bring the catalogues up to date with the sentences in the code."""
    _tool("translations", args or ["update"])


@command
def lock(args: list[str]) -> None:
    """Choose versions anew and write requirements/*.txt."""
    _become([find_python(), str(ROOT / "tools" / "lock.py"), *args])


@command
def clean(_args: list[str]) -> None:
    """Remove environment and caches; data in instance/ stay."""
    for name in (
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".import_linter_cache",
        "build",
        "node_modules",
        "boursa/web/static",
    ):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for cache in list(ROOT.glob("[a-z]*/**/__pycache__")):
        shutil.rmtree(cache, ignore_errors=True)
    shutil.rmtree(VENV, ignore_errors=True)


@command
def help_(_args: list[str]) -> None:
    """List these words."""
    for name, function in COMMANDS.items():
        say(f"{name:14} {(function.__doc__ or '').rstrip('.')}")


def _ready_for_tests() -> None:
    prepare("runtime", "dev", "servers")
    assets.build()


def _tests(args: list[str], *rounds: list[str]) -> bool:
    """Run the tests in their rounds, or at once the ones that are named; say whether all is well."""
    named = any(word.startswith("tests") for word in args)
    ended = [_pytest([*words, *args]) for words in ([[]] if named else rounds)]
    if not any(ended) or (0 in ended and not set(ended) - {0, _NOTHING_CHOSEN}):
        return True
    say(f"Not all is well: the rounds ended with {', '.join(map(str, ended))}.")
    return False


def _pytest(words: list[str]) -> int:
    return subprocess.run([PYTHON, "-m", "pytest", *words], cwd=ROOT, check=False).returncode


def _check(name: str, args: list[str]) -> None:
    prepare("runtime", "dev")
    _become([str(PYTHON), *CHECKS[name], *args])


def _tool(name: str, args: list[str]) -> None:
    prepare("runtime", "dev")
    _become([str(PYTHON), str(ROOT / "tools" / f"{name}.py"), *args])


def _become(words: list[str]) -> None:
    """Let the program take this one's place: signals and exit status are then its own."""
    os.chdir(ROOT)
    if WINDOWS:  # exec leaves the terminal to two programs there
        sys.exit(subprocess.run(words, check=False).returncode)
    os.execv(words[0], words)  # noqa: S606 - no shell is the point: arguments arrive as they were typed


def main(words: list[str]) -> None:
    """Do what the first word says."""
    name = words[0] if words else "help"
    if name not in COMMANDS:
        sys.exit(f"{name}: no such command; the commands are {', '.join(COMMANDS)}")
    try:
        COMMANDS[name](words[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
