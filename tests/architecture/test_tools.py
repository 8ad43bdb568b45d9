"""The words of `make` are the words of tools/dev.py, and one list says what has to hold."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest


def dev(root: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/dev.py", *words]
    return subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_make_knows_the_same_words(root: Path) -> None:
    """The Makefile only calls tools/dev.py: neither has a word that the other lacks."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    line = re.search(r"^WORDS := (.*)$", makefile, re.MULTILINE)
    assert line is not None
    words = [entry.split()[0] for entry in dev(root, "help").stdout.splitlines()]
    assert line.group(1).split() == words


def test_an_unknown_word_is_answered_in_one_line(root: Path) -> None:
    """A slip of the finger gets the list of words, not a trace."""
    done = dev(root, "tset")
    assert done.returncode == 1
    assert done.stderr.startswith("tset: no such command")
    assert done.stderr.count("\n") == 1


def test_every_door_to_the_checks_uses_the_one_list(root: Path) -> None:
    """`.ci/run` and the hosted workflow call `sure` and repeat none of its checks."""
    assert "tools/dev.py sure" in (root / ".ci" / "run").read_text(encoding="utf-8")
    workflow = (root / ".github" / "workflows" / "sure.yml").read_text(encoding="utf-8")
    assert ".ci/run" in workflow
    assert not re.search(r"ruff|mypy|pytest", workflow)


@pytest.mark.skipif(os.name == "nt", reason="stands in for a Debian Python with a shell script")
def test_a_python_without_venv_is_named_with_the_line_that_installs_it(root: Path, tmp_path: Path) -> None:
    """Debian's Python comes without ensurepip; the person is told the package, not shown a trace."""
    python = tmp_path / "python3.11"
    python.write_text("#!/bin/sh\necho 3 11\nexit 1\n")
    python.chmod(0o755)
    code = (
        "import sys; sys.path.insert(0, 'tools'); import environment\n"
        f"environment._candidates = lambda: [{str(python)!r}]\n"
        "environment.find_python()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "On Debian or Ubuntu, as root:  apt-get install python3.11-venv"
    assert "Traceback" not in done.stderr


def test_the_launcher_survives_a_space_in_the_path(root: Path, tmp_path: Path) -> None:
    """No kernel reads a shebang with a space in it: the command goes through the shell."""
    folder = tmp_path / "deux mots" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    code = (
        "import sys; sys.path.insert(0, 'tools'); from environment import LAUNCHER\n"
        f"print(LAUNCHER.format(python={str(folder / 'python')!r}), end='')"
    )
    text = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    (folder / "boursa").write_text(text)
    (folder / "boursa").chmod(0o755)
    done = subprocess.run(
        [str(folder / "boursa"), "--help"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *filter(None, sys.path)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
