"""What the tests of the doors share: nobody waits, and all work can be done at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import scenes
import working
from scenes import Installed
from working import WorkOff

from boursa.runtime import Runtime


@pytest.fixture
def work_off(installation: Runtime) -> WorkOff:
    """A function that does all queued jobs of the installation, in this process."""
    return lambda: working.work_off(installation)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No door waits for a job: nobody would do it meanwhile."""
    monkeypatch.setattr("boursa.web.answers._PATIENCE_S", 0)
    monkeypatch.setattr("boursa.api.v1.answers.PATIENCE_S", 0)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An installation with people and an object of every kind; whoever changes it puts it back."""
    with scenes.installed(tmp_path_factory.mktemp("scene")) as everything:
        yield everything
