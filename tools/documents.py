"""Check the documentation against what exists: links, `make` words and `boursa` commands.

Every relative link must lead to a file, every ``make WORD`` must be a word of ``tools/dev.py``, and every
``boursa COMMAND`` in a block of shell must be known to the program with the options it is given.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from leaks import files

from boursa.cli import boursa

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
SHELL_BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|`|&& |\$ )make ([a-z][a-z-]*)", re.MULTILINE)
BOURSA = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?boursa +(.*)$", re.MULTILINE)


def problems(path: Path, words: set[str]) -> Iterator[str]:
    """Yield a line for each thing in one document that does not exist."""
    text = path.read_text(encoding="utf-8")
    for target in LINK.findall(text):
        if not (path.parent / target).exists():
            yield f"link leads nowhere: {target}"
    for word in MAKE.findall(text):
        if word not in words:
            yield f"no such word: make {word}"
    for block in SHELL_BLOCK.findall(text):
        for line in BOURSA.findall(block):
            fault = _fault(shlex.split(re.split(r"[|>&]", line)[0], comments=True))
            if fault:
                yield f"boursa {line}: {fault}"


def _fault(words: list[str]) -> str:
    """Walk down the program's commands and return what is not known there, or nothing."""
    here: click.Command = boursa
    context = click.Context(here, info_name="boursa")
    while isinstance(here, click.Group) and words and not words[0].startswith("-"):
        found = here.get_command(context, words[0])
        if found is None:
            return f"no command {words[0]}"
        here, words = found, words[1:]
        context = click.Context(here, info_name=here.name, parent=context)
    known = {
        option
        for parameter in here.get_params(context)
        for option in parameter.opts + parameter.secondary_opts
    }
    unknown = [word for word in words if word.startswith("--") and word.split("=")[0] not in known]
    return f"no option {', '.join(unknown)}" if unknown else ""


def main(names: list[str]) -> int:
    """Check the Markdown files named, or every one of the repository."""
    listing = subprocess.run(
        [sys.executable, ROOT / "tools" / "dev.py"], check=True, capture_output=True, text=True
    )
    words = {line.split()[0] for line in listing.stdout.splitlines()}
    documents = [ROOT / name for name in names or files() if name.endswith(".md")]
    found = [f"{path.name}: {fault}" for path in documents for fault in problems(path, words)]
    print("\n".join(found) or f"{len(documents)} documents: all links and commands exist")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
