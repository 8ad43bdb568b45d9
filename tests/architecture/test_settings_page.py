"""docs/settings.md is what boursa.settings says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from boursa import settings


def test_the_page_lists_every_setting_as_it_is(root: Path) -> None:
    """A setting that is added, renamed or given another default without the page fails here."""
    done = subprocess.run(
        [sys.executable, "tools/documents.py", str(root / "docs" / "settings.md")],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (root / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[A-Z].*) \|$", page, re.MULTILINE)
    listed = [
        name for row in rows for cell in row.split(" | ")[:2] for name in re.findall(r"[A-Z][A-Z0-9_]+", cell)
    ]
    assert sorted(listed) == sorted(settings.known_variables())
    assert all(row.split(" | ")[3] for row in rows), "a setting without a meaning"


def test_a_stale_page_is_found_and_written_anew(root: Path, tmp_path: Path) -> None:
    """The check that guards the page can fail, and the command that it names repairs it."""
    for name in ("tools", "docs", "boursa"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    page = tmp_path / "docs" / "settings.md"
    fresh = page.read_text(encoding="utf-8")
    page.write_text(fresh.replace("`INFO`", "`LOUD`"), encoding="utf-8")

    def documents(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "tools/documents.py", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    stale = documents(str(page))
    assert stale.returncode == 1
    assert "python tools/documents.py --write" in stale.stdout
    assert documents("--write").returncode == 0
    assert page.read_text(encoding="utf-8") == fresh
    assert documents(str(page)).returncode == 0
