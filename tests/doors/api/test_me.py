"""``/api/v1/me`` says whose token it is."""

from __future__ import annotations

import pytest
from programs import AsProgram


@pytest.mark.parametrize(("read_only", "role"), [(False, "analyst"), (True, "viewer")])
def test_a_token_says_whose_it_is(as_program: AsProgram, read_only: bool, role: str) -> None:
    # A read-only token acts as a viewer, whatever the person may do.
    answer = as_program(read_only=read_only).get("/api/v1/me")
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["role"], found["token"], found["read_only"]) == (role, "test", read_only)
    assert found["username"].startswith("person-")
    assert answer.headers["Cache-Control"] == "no-store"
