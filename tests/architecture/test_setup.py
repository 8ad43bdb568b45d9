"""Set-up from nothing but the repository: a path with a space, an empty home, a kill half way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(os.name == "nt", reason="kills a process group"),
]


@pytest.fixture
def checkout(root: Path, tracked: list[Path], tmp_path: Path) -> Path:
    """What `git clone` would give, in a folder whose name has a space."""
    folder = tmp_path / "deux mots" / "boursa"
    for path in tracked:
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return folder


def start(checkout: Path) -> subprocess.Popen[str]:
    home = checkout.parent / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environment = {**kept, "HOME": str(home), "PATH": os.environ["PATH"]}
    return subprocess.Popen(
        [sys.executable, "tools/dev.py", "setup"],
        cwd=checkout,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_setup_survives_being_killed_and_is_quick_the_second_time(checkout: Path) -> None:
    """Killed while pip writes, set-up starts afresh; done once, it has nothing left to do."""
    mark, packages = checkout / ".venv" / ".unfinished", checkout / ".venv" / "lib"
    with start(checkout) as killed:
        while not (mark.exists() and any(packages.glob("*/site-packages/scipy"))):
            assert killed.poll() is None, killed.stdout and killed.stdout.read()
            time.sleep(0.1)
        os.killpg(killed.pid, signal.SIGKILL)
    assert mark.exists()

    with start(checkout) as again:
        said, _ = again.communicate()
    assert again.returncode == 0, said
    assert "made anew" in said
    assert not mark.exists()

    with start(checkout) as second:
        said, _ = second.communicate()
    assert second.returncode == 0, said
    assert "installing" not in said

    done = subprocess.run(
        [str(checkout / ".venv" / "bin" / "boursa"), "--version"],
        cwd=checkout.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pip = [str(checkout / ".venv" / "bin" / "python"), "-m", "pip", "check"]
    assert subprocess.run(pip, capture_output=True, check=False).returncode == 0
