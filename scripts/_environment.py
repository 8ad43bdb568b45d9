"""Finds the environment of this checkout, so that the scripts beside it run with a bare ``python3``."""

import importlib.util
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def boursa(*words: str) -> None:
    """Become the command ``boursa WORDS`` with the arguments that the script was given."""
    found = [ROOT / ".venv" / place for place in ("bin/python", "Scripts/python.exe")]
    python = next((str(path) for path in found if path.exists()), None)
    # In a container the packages are in the interpreter itself.
    if python is None and importlib.util.find_spec("pydantic_settings"):
        python = sys.executable
    if python is None:
        sys.exit("There is no environment .venv here yet (pas encore d'environnement); run: make setup")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    arguments = [python, "-m", "boursa.cli", *words, *sys.argv[1:]]
    os.execve(python, arguments, {**os.environ, "PYTHONPATH": path})  # noqa: S606 - our own interpreter
