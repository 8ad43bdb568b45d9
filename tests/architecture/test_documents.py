"""What the documentation tells people to follow or to type exists."""

import subprocess
import sys
from pathlib import Path

import pytest


def check(root: Path, *paths: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "tools/documents.py", *map(str, paths)]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.long
def test_links_and_commands_in_the_documentation_exist(root: Path, tracked: list[Path]) -> None:
    """Every document of the repository, looked at."""
    done = check(root, *[path for path in tracked if path.suffix == ".md"])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("See [the guide](guide.md).", "link leads nowhere: guide.md"),
        ("Type `make coffee`.", "no such word: make coffee"),
        ("```sh\nboursa brew\n```", "boursa brew: no command brew"),
        ("```sh\nboursa db upgrade --gently\n```", "boursa db upgrade --gently: no option --gently"),
    ],
)
def test_what_does_not_exist_is_named(root: Path, tmp_path: Path, text: str, said: str) -> None:
    """A dead link, a word that make does not know, a command and an option that never were."""
    path = tmp_path / "page.md"
    path.write_text(text + "\n")
    done = check(root, path)
    assert done.returncode == 1
    assert done.stdout == f"page.md: {said}\n"


def test_what_exists_passes(root: Path, tmp_path: Path) -> None:
    """The faults above are found for their own sake."""
    path = tmp_path / "page.md"
    (tmp_path / "guide.md").touch()
    path.write_text("[guide](guide.md) `make test`\n```sh\nboursa db upgrade   # twice is fine\n```\n")
    assert check(root, path).returncode == 0
