"""What a door loads before anybody has asked it for anything.

Time is a matter of the machine, so what is asserted is which modules are there.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NUMERICAL = {"arch", "numba", "numpy", "pandas", "pyarrow", "scipy", "statsforecast", "statsmodels"}
SERVER = {"alembic", "apiflask", "flask", "prometheus_client", "pydantic", "sqlalchemy"}

# The modules are written to a file of their own: the program may print what it likes, and may leave.
REPORT = """
import atexit, json, os, sys
atexit.register(lambda: open(os.environ["LOADED"], "w").write(json.dumps(sorted(sys.modules))))
"""


def loaded(code: str, folder: Path, root: Path) -> set[str]:
    """Return the top-level packages that a fresh Python holds after running `code`."""
    answer = folder / "loaded.json"
    environment = {**os.environ, "LOADED": str(answer), "BOURSA_INSTANCE": str(folder / "instance")}
    done = subprocess.run(
        [sys.executable, "-c", REPORT + code],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in json.loads(answer.read_text())}


@pytest.mark.parametrize(
    "code",
    [
        "import boursa.cli",
        "sys.argv = ['boursa', '--help']\nfrom boursa.cli import main\nmain()",
        "sys.argv = ['boursa', '--version']\nfrom boursa.cli import main\nmain()",
    ],
)
def test_the_command_line_answers_before_anything_heavy_is_loaded(
    code: str, tmp_path: Path, root: Path
) -> None:
    """`boursa --help` needs neither the numerical libraries nor the server's."""
    found = loaded(code, tmp_path, root)
    assert "click" in found
    assert found.isdisjoint(NUMERICAL | SERVER)


@pytest.mark.parametrize(
    "module", ["boursa.analytics.statistics.catalogue", "boursa.analytics.forecasting.catalogue"]
)
def test_the_catalogues_load_no_numerical_library(module: str, tmp_path: Path, root: Path) -> None:
    """The web process lists tests and models without the libraries that compute them."""
    found = loaded(f"import {module}", tmp_path, root)
    assert "boursa" in found
    assert found.isdisjoint(NUMERICAL | SERVER)


def test_the_web_process_loads_no_numerical_library(tmp_path: Path, root: Path) -> None:
    """Computations are jobs: a web process without SciPy is small and starts in a second."""
    found = loaded("import boursa.app", tmp_path, root)
    assert "flask" in found
    assert found.isdisjoint(NUMERICAL - {"numpy"})


def test_the_ground_loads_nothing_of_the_server(tmp_path: Path, root: Path) -> None:
    """`from boursa import analytics, ingest` in a notebook brings no framework along."""
    found = loaded("from boursa import analytics, ingest", tmp_path, root)
    assert found.isdisjoint(SERVER | {"click", "celery", "requests", "structlog"})
