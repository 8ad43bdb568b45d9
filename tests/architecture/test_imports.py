"""Imports only go down, and the contracts that say so notice when they do not."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

LINT = "import sys; from importlinter.cli import lint_imports_command as run; run()"

# Contract, module, and the one import that the contract exists to forbid.
POKES = [
    ("floors", "boursa/errors.py", "import boursa.analytics"),
    ("floors", "boursa/analytics/returns.py", "import boursa.ingest"),
    ("floors", "boursa/ingest/__init__.py", "import boursa.settings"),
    ("floors", "boursa/services/jobs.py", "import boursa.jobs"),
    ("floors", "boursa/storage/__init__.py", "import boursa.providers"),
    ("floors", "boursa/web/__init__.py", "import boursa.api"),
    ("floors", "boursa/runtime.py", "import boursa.app"),
    ("floors", "boursa/helpers.py", '"""A module on no floor."""'),
    ("outlook", "boursa/settings/__init__.py", "import boursa.analytics"),
    ("flask", "boursa/services/jobs.py", "import flask"),
    ("flask", "boursa/jobs/__init__.py", "import flask"),
    ("library", "boursa/analytics/returns.py", "import sqlalchemy"),
    ("library", "boursa/ingest/__init__.py", "import urllib.request"),
    ("catalogues", "boursa/analytics/statistics/catalogue.py", "import scipy.stats"),
    ("catalogues", "boursa/analytics/forecasting/catalogue.py", "import boursa.analytics.series"),
]


@pytest.fixture(scope="module")
def contracts(root: Path) -> dict[str, str]:
    """Name by id."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture(scope="module")
def copy(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that may be broken."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(root / "boursa", folder / "boursa", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", folder)
    return folder


def lint(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    # The working directory comes first on import-linter's path: it sees the copy, not the original.
    command = [sys.executable, "-c", LINT, "--cache-dir", str(folder / "cache"), *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_floor_imports_only_from_below(copy: Path, contracts: dict[str, str]) -> None:
    """All contracts hold, and all of them were looked at."""
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" KEPT") == len(contracts)


@pytest.mark.parametrize(("contract", "module", "line"), POKES)
def test_a_contract_fails_when_poked(
    copy: Path, contracts: dict[str, str], contract: str, module: str, line: str
) -> None:
    """One forbidden import is enough for its contract to break."""
    path = copy / module
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy, "--contract", contract)
    finally:
        path.write_text(before, encoding="utf-8") if before is not None else path.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contracts[contract]} BROKEN" in done.stdout, done.stdout


def test_every_contract_is_poked(contracts: dict[str, str]) -> None:
    """A contract that nobody has seen fail may be checking nothing."""
    assert {contract for contract, _, _ in POKES} == set(contracts)


def test_errors_and_language_need_only_the_standard_library(package: dict[str, ast.Module]) -> None:
    """The lowest floors can be imported anywhere, before anything is installed."""
    allowed = set(sys.stdlib_module_names) | {"boursa"}
    for module in ("boursa/errors.py", "boursa/language.py"):
        assert _imported(package[module]) <= allowed


def test_an_import_inside_a_function_says_why(root: Path, package: dict[str, ast.Module]) -> None:
    """Late imports are for slow libraries, with the reason on the line; never to dodge a cycle."""
    silent = [
        f"{module}:{node.lineno}"
        for module, tree in package.items()
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and "#" not in (root / module).read_text(encoding="utf-8").splitlines()[node.lineno - 1]
    ]
    assert silent == []


def _imported(tree: ast.Module) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names
