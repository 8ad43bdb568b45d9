"""Run the tests that need no server on every other Python that BoursA promises and this machine has.

What is locked differs between Pythons (an older one keeps an older NumPy), and warnings are errors: one may
refuse what another takes. Each gets a copy of this checkout, which is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from environment import NEWEST, OLDEST, PYTHON, ROOT, say

_TESTS = ["tests/unit", "tests/properties", "tests/reference", "tests/architecture"]


def main(words: list[str]) -> None:
    """Test on one Python after the other, and say which are not here; fail if one of them fails."""
    probe = "import sys; print(sys.version_info[1])"
    ours = int(subprocess.run([PYTHON, "-c", probe], check=True, capture_output=True, text=True).stdout)
    failed = []
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        if minor == ours:
            continue
        python = _find(minor)
        if python is None:
            say(f"Python 3.{minor}: not on this machine")
        elif _test(python, words):
            failed.append(f"3.{minor}")
    if failed:
        sys.exit(f"Not all is well on Python {', '.join(failed)}.")


def _find(minor: int) -> str | None:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [shutil.which(f"python3.{minor}"), *sorted(map(str, pyenv.glob(f"3.{minor}.*/bin/python3")))]
    return next((python for python in named if python and _works(python)), None)


def _works(python: str) -> bool:
    done = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return done.returncode == 0


def _test(python: str, words: list[str]) -> int:
    say(f"-- {python}")
    with tempfile.TemporaryDirectory(prefix="boursa-python-") as folder:
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
            "\0"
        )
        for name in names:
            if name and (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(folder) / name)
        # Some tests ask git what belongs to the repository.
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=folder, check=True)
        tests = [python, "tools/dev.py", "test", *_TESTS, "-q", "-n", "auto", "--dist", "loadfile", *words]
        return subprocess.run(tests, cwd=folder, check=False).returncode


if __name__ == "__main__":
    main(sys.argv[1:])
