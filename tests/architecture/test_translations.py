"""Every sentence of the interface exists in French, with the same placeholders, and no other does."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CATALOGUE = Path("boursa") / "translations" / "fr" / "LC_MESSAGES" / "boursa.po"


def check(root: Path, package: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, str(root / "tools" / "translations.py"), "check", "--root", str(package)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_french_catalogue_is_complete(root: Path) -> None:
    """A sentence without its translation would appear in English on a French page."""
    done = check(root, root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A package of two sentences, translated."""
    (tmp_path / CATALOGUE).parent.mkdir(parents=True)
    (tmp_path / "boursa" / "module.py").write_text('N_("Hello {name}.")\ntranslate("Stop", language)\n')
    (tmp_path / CATALOGUE).write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Hello {name}."\nmsgstr "Bonjour {name}."\n\nmsgid "Stop"\nmsgstr "Arrêt"\n',
        encoding="utf-8",
    )
    return tmp_path


def test_a_complete_catalogue_passes(root: Path, small: Path) -> None:
    """The cases below fail for their own reason, not because everything does."""
    assert check(root, small).stdout == "boursa.po: complete\n"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('msgstr "Arrêt"', 'msgstr ""', "not translated: 'Stop'"),
        ('msgstr "Bonjour {name}."', 'msgstr "Bonjour {nom}."', "placeholders differ: 'Hello {name}.'"),
        ('msgid "Stop"', 'msgid "Halt"', "stale: 'Halt'"),
        ('msgid "Stop"', '#, fuzzy\nmsgid "Stop"', "unsure (fuzzy): 'Stop'"),
        ('msgid "Stop"', '#~ msgid "Old"\n#~ msgstr "Vieux"\n\nmsgid "Stop"', "stale (obsolete): 'Old'"),
    ],
)
def test_a_fault_in_the_catalogue_is_named(
    root: Path, small: Path, before: str, after: str, said: str
) -> None:
    """Missing, changed, stale and unsure entries each fail."""
    path = small / CATALOGUE
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    done = check(root, small)
    assert done.returncode == 1
    assert said in done.stdout.splitlines()


def test_an_update_brings_the_catalogue_in_step(root: Path, small: Path) -> None:
    """New sentences are added untranslated, stale ones dropped, the others kept as they are."""
    (small / "boursa" / "module.py").write_text('N_("Stop")\n_("Go")\n')
    tool = str(root / "tools" / "translations.py")
    subprocess.run([sys.executable, tool, "update", "--root", str(small)], check=True, capture_output=True)
    assert check(root, small).stdout == "not translated: 'Go'\n"
    assert "Arrêt" in (small / CATALOGUE).read_text(encoding="utf-8")


def test_the_compiled_catalogue_is_what_the_program_reads(root: Path, small: Path) -> None:
    """Compiling gives gettext the sentence that the source holds."""
    for name in ("__init__.py", "language.py"):
        shutil.copy(root / "boursa" / name, small / "boursa" / name)
    tool = str(root / "tools" / "translations.py")
    subprocess.run([sys.executable, tool, "compile", str(small / CATALOGUE)], check=True)
    code = "from boursa.language import translate; print(translate('Stop', 'fr'))"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code],
        cwd=small,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert done.stdout == "Arrêt\n"
