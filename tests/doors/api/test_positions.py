"""``/api/v1/positions/me``: the own position, which nobody sees unless it is published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from programs import AsProgram

DAKAR = {"latitude": 14.6928, "longitude": -17.4467}


def test_a_position_is_put_read_and_withdrawn(program: FlaskClient) -> None:
    # It is published only where the person says so, each time anew.
    assert program.get("/api/v1/positions/me").status_code == 404
    shown = program.put("/api/v1/positions/me", json={**DAKAR, "published": True}).get_json()
    assert (shown["latitude"], shown["longitude"], shown["published"], shown["revision"]) == (
        14.6928,
        -17.4467,
        True,
        1,
    )
    moved = program.put("/api/v1/positions/me", json={"latitude": 6, "longitude": 2}).get_json()
    assert (moved["latitude"], moved["published"], moved["revision"]) == (6, False, 2)
    found = program.get("/api/v1/positions/me")
    assert found.get_json() == moved
    again = program.get("/api/v1/positions/me", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    assert program.delete("/api/v1/positions/me").status_code == 204
    assert program.delete("/api/v1/positions/me").status_code == 204
    assert program.get("/api/v1/positions/me").status_code == 404


def test_everybody_has_a_position_of_their_own(as_program: AsProgram) -> None:
    # A viewer too: it is about the person, and not about data.
    analyst, viewer = as_program(), as_program("viewer")
    for program, latitude in ((analyst, 10), (viewer, 20)):
        answer = program.put("/api/v1/positions/me", json={**DAKAR, "latitude": latitude})
        assert (answer.status_code, answer.get_json()["revision"]) == (200, 1)
    assert analyst.get("/api/v1/positions/me").get_json()["latitude"] == 10
    assert viewer.delete("/api/v1/positions/me").status_code == 204
    assert analyst.get("/api/v1/positions/me").status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"longitude": 2}', "#/latitude"),
        (b'{"latitude": 90.1, "longitude": 2}', "#/latitude"),
        (b'{"latitude": "here", "longitude": 2}', "#/latitude"),
        (b'{"latitude": NaN, "longitude": 2}', "#/latitude"),
        (b'{"latitude": 1, "longitude": -180.5}', "#/longitude"),
        (b'{"latitude": 1, "longitude": 2, "altitude": 3}', "#/altitude"),
    ],
)
def test_a_place_that_is_none_is_refused(program: FlaskClient, body: bytes, pointer: str) -> None:
    # What is wrong is named, and nothing is kept.
    answer = program.put("/api/v1/positions/me", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, pointer)
    assert program.get("/api/v1/positions/me").status_code == 404


def test_every_write_is_a_revision(asking: FlaskClient) -> None:
    # The first ones at the same moment too: nobody has a row yet that could be locked.
    def write(number: int) -> int:
        mine = asking.application.test_client()
        mine.environ_base.update(asking.environ_base)
        answer = mine.put("/api/v1/positions/me", json={"latitude": number, "longitude": number})
        assert answer.status_code == 200, answer.text
        return int(answer.get_json()["revision"])

    with ThreadPoolExecutor(8) as pool:
        revisions = list(pool.map(write, range(40)))
    assert sorted(revisions) == list(range(1, 41))
    assert asking.get("/api/v1/positions/me").get_json()["revision"] == 40
