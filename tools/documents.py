"""Check the documentation against what exists: links, `make` words, `boursa` commands, settings.

Every relative link must lead to a file, every ``make WORD`` must be a word of ``tools/dev.py``, and every
``boursa COMMAND`` in a block of shell must be known to the program with the options it is given.
``docs/settings.md`` must be what ``boursa.settings`` says; ``python tools/documents.py --write`` makes it so.
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
from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from boursa.cli import boursa
from boursa.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
SHELL_BLOCK = re.compile(r"^```(?:sh|bash|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|`|&& |\$ )make ([a-z][a-z-]*)", re.MULTILINE)
BOURSA = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?boursa +(.*)$", re.MULTILINE)

SETTINGS_PAGE = ROOT / "docs" / "settings.md"
SETTINGS_HEAD = """\
# Settings

Made from `boursa/settings/fields.py` by `python tools/documents.py --write`; edit that module, not this page.

BoursA reads its settings from the environment, then from the file `.env` (`BOURSA_ENV_FILE` names another
one, which must be there; set to nothing, no file is read): the environment wins. Any other empty variable
counts as not set.
`NAME_FILE=/run/secrets/name` reads the value of `NAME` from a file, for every variable below.

Development needs none of them. A server (`APP_CONFIG=production`) needs a secret, a database and the cache;
`boursa check-env` names everything that is missing, weak or contradictory, all at once.

| variable | older spelling | default | meaning |
|---|---|---|---|
"""
# Defaults that are found out at run time, in words: this page must be the same on every machine.
COMPUTED = {
    "BOURSA_INSTANCE": "`instance/` beside the code, else `~/.local/share/boursa`",
    "TLS_CERTIFICATE": "`nginx/ssl/cert.pem` beside the code",
    "TLS_KEY": "`nginx/ssl/key.pem` beside the code",
    "WORKER_PROCESSES": "one for each processor",
}


def problems(path: Path, words: set[str]) -> Iterator[str]:
    """Yield a line for each thing in one document that does not exist."""
    text = path.read_text(encoding="utf-8")
    if path == SETTINGS_PAGE and text != settings_page():
        yield "not what boursa.settings says; run: python tools/documents.py --write"
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


def settings_page() -> str:
    """Return the page that lists every setting, in the order of the code."""
    return SETTINGS_HEAD + "".join(map(_setting, Settings.model_fields.values()))


def _setting(field: FieldInfo) -> str:
    alias = field.validation_alias
    name, *older = map(str, alias.choices) if isinstance(alias, AliasChoices) else [str(alias)]
    if field.default_factory is not None:
        default = COMPUTED[name]
    else:
        default = "" if field.default is None else f"`{field.default}`"
    cells = (f"`{name}`", ", ".join(f"`{one}`" for one in older), default, field.description or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main(names: list[str]) -> int:
    """Check the Markdown files named, or every one of the repository; with ``--write``, make what is made."""
    if names == ["--write"]:
        SETTINGS_PAGE.write_text(settings_page(), encoding="utf-8")
        return 0
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
