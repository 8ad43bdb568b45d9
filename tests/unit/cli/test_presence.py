"""An instance signs the list of the living, whatever happens to what it looks at."""

from __future__ import annotations

from dataclasses import replace

import pytest
import servers

from boursa.cli.server import Presence
from boursa.runtime import Runtime
from boursa.services import instances


def test_a_stale_share_does_not_end_the_signing(
    installation: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One look that fails is one signature less, not the last one.
    looks = []

    def parts(held: Runtime) -> dict[str, str]:
        looks.append(held)
        if len(looks) == 1:
            raise OSError(116, "Stale file handle")
        return {"cache": "local", "broker": "local", "storage": "ok"}

    monkeypatch.setattr(Runtime, "parts", parts)
    often = installation.settings.model_copy(update={"job_heartbeat_s": 0.05})
    presence = Presence(replace(installation, settings=often))
    presence.begin()
    try:
        servers.until(5, lambda: _signed(installation), AssertionError)
    finally:
        presence.end()
    assert len(looks) > 1


def _signed(installation: Runtime) -> None:
    with installation.unit_of_work() as session:
        assert instances.alive(session, "web")
