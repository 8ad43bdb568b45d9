"""What `boursa run` prepares before it serves."""

from __future__ import annotations

import pytest

from boursa.cli import samples, serving
from boursa.runtime import Runtime
from boursa.services import accounts, jobs, readings
from boursa.storage.models import Job


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000"),
        ("boursa.local", "http://boursa.local:5000"),
        ("::1", "http://[::1]:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),  # noqa: S104 - an address to print, not one to listen on
        ("::", "http://[::1]:5000"),
    ],
)
def test_the_address_can_be_typed_into_a_browser(host: str, address: str) -> None:
    # The sign-in link is made of it.
    assert serving._address(host, 5000) == address


def test_a_new_installation_gets_its_samples_once(installation: Runtime) -> None:
    # Those that failed are asked for again at the next start, the others are left alone.
    with installation.unit_of_work() as session:
        owner = accounts.first_administrator(session)
    for _ in range(2):
        samples.ask_for(installation, owner)
    with installation.unit_of_work() as session:
        asked = readings.kept_samples(session)
        assert set(asked) == {one.name for one in readings.SAMPLES}
        assert session.query(Job).count() == len(asked)
        claim = jobs.claim(session, asked["vix"].id, "w")
        assert claim
        jobs.fail(session, claim, {"code": "input"}, retryable=False)
    samples.ask_for(installation, owner)
    with installation.unit_of_work() as session:
        assert {one.state for one in readings.kept_samples(session).values()} == {"queued"}
        assert session.query(Job).count() == len(asked)
