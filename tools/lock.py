"""Choose versions anew and write them, with hashes, to ``requirements/*.txt``.

One file serves Python 3.11 to 3.13 on Linux, macOS and Windows. No address is written: where
packages come from is the business of the machine that installs them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
FLAGS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--only-binary=:all:",  # a fresh machine has no compiler
    # pip takes the pin of a name for that of a name with extras only where the extras stand with it.
    "--no-strip-extras",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-annotate",
    "--no-header",
    "--quiet",
]
# Each group is bound by those before it, so that any of them can be installed after any other.
GROUPS = {
    "runtime": ["pyproject.toml"],
    "dev": ["--group=dev"],
    "servers": ["--group=servers"],
    "frontend": ["--group=frontend"],
}


def main(words: list[str]) -> None:
    """Resolve every group; ``--upgrade`` moves to the newest versions, else pins are kept."""
    with tempfile.TemporaryDirectory() as folder:
        # uv is a tool of this one command: it lives as long as the command does.
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
        subprocess.run([scripts / "python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        bounds: list[str] = []
        for group, source in GROUPS.items():
            file = REQUIREMENTS / f"{group}.txt"
            _resolve(scripts / "uv", [*source, *bounds, *words], file)
            bounds += ["-c", str(file)]


def _resolve(uv: Path, words: list[str], file: Path) -> None:
    subprocess.run(
        [uv, "pip", "compile", *FLAGS, *words, "-o", file], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    text = file.read_text(encoding="utf-8")
    if "://" in text or "torch" in text:
        sys.exit(f"{file.name}: holds an address, or a library that belongs in an extra; not to be committed")
    print(f"{file.relative_to(ROOT)}: {sum('==' in line for line in text.splitlines())} versions")


if __name__ == "__main__":
    main(sys.argv[1:])
