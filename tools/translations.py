"""Keep the French catalogue in step with the sentences in the code.

``update`` adds new sentences and drops stale ones, ``check`` says what is missing or wrong, and
``compile FILE`` writes the binary catalogue beside FILE. Sentences are the literals inside ``N_()``,
``_()`` and ``translate()``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"N_": None, "_": None, "translate": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]")


def extracted(root: Path) -> Catalog:
    """Return every sentence of the package that is marked for translation, with its places."""
    catalogue = Catalog(project="BoursA", charset="utf-8", fuzzy=False)
    found = extract_from_dir(root / "boursa", METHODS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for name, line, message, comments, context in found:
        place = (f"boursa/{Path(name).as_posix()}", line)
        catalogue.add(message, locations=[place], auto_comments=comments, context=context)
    return catalogue


def load(path: Path) -> Catalog:
    """Return the catalogue in a ``.po`` file, named after the folder that it stands in."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def problems(code: Catalog, french: Catalog) -> list[str]:
    """Return a line for each sentence that is untranslated, unsure, stale, or differs in placeholders."""
    found = [
        f"not translated: {message.id!r}"
        for message in code
        if message.id and not _translated(french, message.id)
    ]
    for message in french:
        if not message.id:
            continue
        if message.id not in code:
            found.append(f"stale: {message.id!r}")
        if message.fuzzy:
            found.append(f"unsure (fuzzy): {message.id!r}")
        if _translated(french, message.id) and _placeholders(message.id) != _placeholders(message.string):
            found.append(f"placeholders differ: {message.id!r}")
    found += [f"stale (obsolete): {message.id!r}" for message in french.obsolete.values()]
    return found


def _translated(catalogue: Catalog, key: str | tuple[str, ...] | list[str]) -> bool:
    message = catalogue.get(key)
    return message is not None and all(_forms(message.string))


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _placeholders(text: str | Iterable[str] | None) -> list[set[str]]:
    # Each plural form must have what the sentence has; order and number of uses are the language's.
    return [set(PLACEHOLDER.findall(form)) for form in _forms(text)]


def update(root: Path, path: Path) -> None:
    """Write new sentences into the catalogue, untranslated, and drop those the code no longer has."""
    french = (
        load(path) if path.exists() else Catalog(locale="fr", project="BoursA", charset="utf-8", fuzzy=False)
    )
    french.update(extracted(root), no_fuzzy_matching=True)
    french.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # Line numbers would make every commit touch this file.
        write_po(file, french, width=100, include_lineno=False, ignore_obsolete=True, sort_output=True)


def compile_catalogue(path: Path) -> None:
    """Write the binary form that gettext reads beside `path`."""
    draft = path.with_suffix(".mo.new")
    with draft.open("wb") as file:
        write_mo(file, load(path))
    draft.replace(path.with_suffix(".mo"))


def main(words: list[str]) -> int:
    """Do what the first word says; ``check`` answers with its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["update", "check", "compile"])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--root", type=Path, default=ROOT)
    given = parser.parse_args(words)
    path = given.file or given.root / "boursa" / "translations" / "fr" / "LC_MESSAGES" / "boursa.po"
    if given.task == "update":
        update(given.root, path)
    if given.task == "compile":
        compile_catalogue(path)
        return 0
    found = problems(extracted(given.root), load(path))
    print("\n".join(found) or f"{path.name}: complete")
    return 1 if found and given.task == "check" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
