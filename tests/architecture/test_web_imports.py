"""A web process that has served every page is still a light one: it never loads what computes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import scenes
from routes import table

NUMERICAL = {
    "arch",
    "llvmlite",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "sklearn",
    "statsforecast",
    "statsmodels",
}
# What changes the schema has no place where it is only looked at.
MIGRATING = {"alembic", "flask_migrate", "mako"}

# A fresh Python: it answers every address that is read, takes a file, and says what it holds then.
SERVE = """
import io, json, re, sys
from boursa import telemetry
from boursa.app import create_app
telemetry.configure_logging("ERROR")
asked = json.load(sys.stdin)
app = create_app()
page, program = app.test_client(), app.test_client()
page.set_cookie("boursa", asked["cookie"])
program.environ_base["HTTP_AUTHORIZATION"] = "Bearer " + asked["token"]
answers = {path: page.get(path).status_code for path in asked["pages"]}
answers |= {path: program.get(path).status_code for path in asked["api"]}
form = re.search(r'name="csrf_token" value="([^"]+)"', page.get("/").text)[1]
file = (io.BytesIO(b"date;cours\\n2024-01-02;1,5\\n"), "cours.csv")
answers["upload"] = page.post("/data/upload", data={"csrf_token": form, "file": file}).status_code
print(json.dumps({"answers": answers, "loaded": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


def test_serving_every_page_loads_no_numerical_library(tmp_path: Path, root: Path) -> None:
    """One page that imports pandas would cost every web process a hundred megabytes."""
    with scenes.installed(tmp_path) as (_, scene, database):
        pass  # computed in this process, served in another
    rows = [row for row in table() if row.verb == "GET"]
    asked = {
        "cookie": scene.cookies["owner"],
        "token": scene.tokens["owner"],
        "pages": [row.path(scene.objects) for row in rows if not row.api],
        "api": [row.path(scene.objects) for row in rows if row.api],
    }
    done = subprocess.run(
        [sys.executable, "-c", SERVE],
        input=json.dumps(asked),
        cwd=root,
        env={**os.environ, "BOURSA_INSTANCE": str(tmp_path), "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    expected = {row.path(scene.objects): int(row.statuses["owner"]) for row in rows}
    assert said["answers"] == {**expected, "upload": 303}
    assert NUMERICAL.isdisjoint(said["loaded"]), NUMERICAL & set(said["loaded"])
    assert MIGRATING.isdisjoint(said["loaded"]), MIGRATING & set(said["loaded"])
