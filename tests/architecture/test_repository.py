"""What must not be in the repository, and habits that a linter does not know."""

import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

STATE = re.compile(
    r"(\.(db|sqlite3?|log|pem|key|p12|pkl|pickle|mo|pyc)(-\w+|\.\d+)?|(^|/)\.env(\.(?!example$).*)?)$"
)

# Written so that the patterns do not find themselves.
ADDRESSES = {
    "a package registry": re.compile(r"https?://\S*(p[y]pi|pythonh[o]sted|npm[j]s|artifact[o]ry|dev[p]i)"),
    "a file address": re.compile(r"file:///(?=opt|home|root|work|tmp)"),
    "a home or machine path": re.compile(r"(?<![\w.])/(home/\w|r[o]ot/|Users/\w|opt/(pypi|wheels)|work/)"),
}

# Where a broad `except` is right, and why.
OUTERMOST = {
    "boursa/jobs/worker.py": "the worker's outermost loop: one bad job must not end it; the trace is logged",
    "boursa/jobs/child.py": "a job's outermost frame: what went wrong is the job's result; the trace is kept",
    "boursa/ops/doctor.py": "the frame of a check: one that breaks must not end the others; it is shown",
    "boursa/runtime.py": "the doorbell, after the commit: whoever asked must not hear of it; counted",
}

# Who may look at the environment, and what for.
ENVIRONMENT = {
    "boursa/settings/reading.py": "the only reader of settings",
    "boursa/settings/process.py": "what libraries read there, for this process and those that it starts",
    "boursa/cli/speaking.py": "the language of the terminal",
}


def calls(package: dict[str, ast.Module]) -> Iterator[tuple[str, ast.AST]]:
    for module, tree in package.items():
        for node in ast.walk(tree):
            yield module, node


def test_no_state_or_secret_file_is_in_the_repository(tracked: list[Path], root: Path) -> None:
    """Databases, logs, keys, environments and pickles stay out."""
    names = [path.relative_to(root).as_posix() for path in tracked]
    assert [name for name in names if STATE.search(name)] == []


@pytest.mark.parametrize(
    ("name", "kept_out"),
    [
        ("instance/boursa.db", True),
        ("boursa.db-wal", True),
        ("app.log.1", True),
        ("nginx/ssl/key.pem", True),
        (".env", True),
        ("deploy/.env.production", True),
        (".env.example", False),
        ("boursa/cli/database.py", False),
        ("CHANGELOG.md", False),
    ],
)
def test_state_is_recognised_by_its_name(name: str, kept_out: bool) -> None:
    """The pattern above finds what it is meant to find."""
    assert bool(STATE.search(name)) is kept_out


def test_no_file_names_a_registry_or_a_machine(texts: dict[Path, str], root: Path) -> None:
    """Where packages come from, and where somebody's checkout lies, is nobody else's business."""
    found = [
        f"{path.relative_to(root)}: {what}"
        for path, text in texts.items()
        for what, pattern in ADDRESSES.items()
        if pattern.search(text)
    ]
    assert found == []


def test_every_module_says_what_it_is(texts: dict[Path, str], root: Path) -> None:
    """One true sentence at the top of every module, tests and tools included."""
    silent = [
        str(path.relative_to(root))
        for path, text in texts.items()
        if path.suffix == ".py" and text.strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


def test_a_broad_except_stands_only_at_an_outermost_loop(package: dict[str, ast.Module]) -> None:
    """Everywhere else an unexpected error has to come through."""
    found = {
        module for module, node in calls(package) if isinstance(node, ast.ExceptHandler) and _broad(node)
    }
    assert found <= set(OUTERMOST)


def test_only_the_settings_read_the_environment(package: dict[str, ast.Module]) -> None:
    """A second reader is a setting that no document lists and no check sees."""
    words = {"environ", "environb", "getenv", "getenvb"}
    found = {
        module
        for module, node in calls(package)
        if (isinstance(node, ast.Attribute) and node.attr in words and ast.unparse(node.value) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and words & {n.name for n in node.names})
    }
    assert found <= set(ENVIRONMENT)


def test_nothing_goes_around_the_configured_database(package: dict[str, ast.Module]) -> None:
    """Only the migration reads sqlite3 by itself: rows are written through the one session factory."""
    found = {
        module
        for module, node in calls(package)
        if (isinstance(node, ast.Import) and any(name.name.split(".")[0] == "sqlite3" for name in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlite3")
    }
    assert found == {"boursa/ops/sqlite_migration.py"}


def test_input_is_never_validated_by_assert(package: dict[str, ast.Module]) -> None:
    """`python -O` removes asserts; the few that inform the type checker say so on their line."""
    found = [
        f"{module}:{node.lineno}"
        for module, node in calls(package)
        if isinstance(node, ast.Assert) and node.msg
    ]
    assert found == []


def test_each_ignored_rule_has_its_reason_on_the_line(texts: dict[Path, str], root: Path) -> None:
    """`# noqa: CODE - reason`, never bare; the next reader should not have to guess."""
    silent = [
        f"{path.relative_to(root)}:{line}"
        for path, text in texts.items()
        if path.suffix == ".py"
        for line, comment in _comments(text)
        if re.match(r"#\s*noqa", comment) and not re.match(r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* - \S", comment)
    ]
    assert silent == []


def test_each_rule_that_is_off_has_its_reason(root: Path) -> None:
    """The linter's settings say why a rule is not wanted, on the rule's own line."""
    lines = (root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if re.match(r'\s+"[A-Z]+\d*",', line)]
    assert rules
    assert [line for line in rules if not re.search(r"#\s+\S", line)] == []


@pytest.mark.long
def test_no_secret_is_in_the_repository(root: Path, tracked: list[Path]) -> None:
    """The scanner knows every finding that is in its baseline, and there is no other."""
    assert tracked
    done = subprocess.run(
        [sys.executable, "tools/leaks.py"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_secret_scan_notices_a_secret(root: Path, tmp_path: Path) -> None:
    """A key in a new file fails the scan, under the settings of the real baseline."""
    (tmp_path / "tools").mkdir()
    shutil.copy(root / "tools" / "leaks.py", tmp_path / "tools")
    shutil.copy(root / ".secrets.baseline", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)  # noqa: S607 - git is wherever PATH has it
    key = "AKIA" + "QYLPMN5HHHFPZAM2"
    (tmp_path / "settings.py").write_text(f'KEY = "{key}"\n')
    done = subprocess.run(
        [sys.executable, "tools/leaks.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "settings.py" in done.stdout


def _broad(handler: ast.ExceptHandler) -> bool:
    if isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None:
        return False  # it tidies up and lets the error through
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught)


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
