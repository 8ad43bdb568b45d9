"""What is wrong with each value of a request is said in the language of the problem around it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from boursa.api import faults
from boursa.api.v1 import schemas

FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, ("#/dataset", "Cette valeur manque.")),
        ([], ("#", "Il faut ici un objet : des noms avec leurs valeurs.")),
        ({"dataset": 1, "horizons": 3}, ("#/horizons", "Rien ne porte ce nom ici.")),
        ({"dataset": 1, "a/b~c": 3}, ("#/a~1b~0c", "Rien ne porte ce nom ici.")),
        ({"dataset": "x"}, ("#/dataset", "Il faut ici un nombre entier.")),
        ({"dataset": 0}, ("#/dataset", "La valeur doit être d’au moins 1.")),
        ({"dataset": 1, "horizon": 300}, ("#/horizon", "La valeur doit être d’au plus 250.")),
        ({"dataset": 1, "column": 5}, ("#/column", "Il faut ici un texte.")),
        (
            {"dataset": 1, "column": ""},
            ("#/column", "Ce texte est trop court ; nombre minimal de caractères : 1."),
        ),
        (
            {"dataset": 1, "column": "x" * 256},
            ("#/column", "Ce texte est trop long ; nombre maximal de caractères : 255."),
        ),
        ({"dataset": 1, "levels": 80}, ("#/levels", "Il faut ici une liste.")),
        (
            {"dataset": 1, "levels": []},
            ("#/levels", "Cette liste est trop courte ; nombre minimal de valeurs : 1."),
        ),
        (
            {"dataset": 1, "levels": list(range(1, 12))},
            ("#/levels", "Cette liste est trop longue ; nombre maximal de valeurs : 10."),
        ),
        (
            {"dataset": 1, "target": "moon"},
            ("#/target", "La valeur doit être l’une de celles-ci : price, return, difference."),
        ),
    ],
)
def test_a_value_that_is_refused_is_spoken_of_in_french(
    program: FlaskClient, body: Any, fault: tuple[str, str]
) -> None:
    # And in English where the request is: never pydantic's own words.
    answer = program.post("/api/v1/forecasts", json=body, headers=FRENCH)
    (found,) = answer.get_json()["errors"]
    plain = found["detail"].replace("\u00a0", " ").replace("\u202f", " ")
    assert (found["pointer"], plain) == fault
    english = program.post("/api/v1/forecasts", json=body, headers={"Accept-Language": "en"})
    assert "Input should" not in english.text
    assert english.get_json()["errors"][0]["detail"] != found["detail"]


def test_an_option_of_a_test_is_no_list(program: FlaskClient) -> None:
    # One fault, not one for each type that it might have had.
    body = {"dataset": 1, "test": "adf", "options": {"lags": [1]}}
    answer = program.post("/api/v1/tests", json=body, headers=FRENCH)
    assert answer.get_json()["errors"] == [
        {"pointer": "#/options/lags", "detail": "Il faut ici un texte, un nombre, true ou false."}
    ]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"latitude": "15", "longitude": 17}, "Il faut ici un nombre."),
        ({"latitude": 15, "longitude": 17, "published": "yes"}, "Il faut ici true ou false."),
        ({"latitude": 95, "longitude": 17}, "La valeur doit être d’au plus 90."),
    ],
)
def test_a_position_is_as_strict(program: FlaskClient, body: dict[str, Any], detail: str) -> None:
    # A latitude in quotation marks is a text.
    answer = program.put("/api/v1/positions/me", json=body, headers=FRENCH)
    assert [one["detail"] for one in answer.get_json()["errors"]] == [detail]


def test_a_number_in_an_address_is_text_and_named_as_a_parameter(program: FlaskClient) -> None:
    # What comes in an address is no JSON, and no pointer leads there.
    assert program.get("/api/v1/jobs?limit=5").status_code == 200
    answer = program.get("/api/v1/jobs?limit=many", headers=FRENCH)
    assert answer.get_json()["errors"] == [{"parameter": "limit", "detail": "Il faut ici un nombre entier."}]


def test_what_no_sentence_was_written_for_is_still_said() -> None:
    # A new version of pydantic may know a new error.
    assert faults.sentence("brand_new", {}, "en") == "This value cannot be used."


def test_an_infinite_latitude_is_no_latitude() -> None:
    # Python's JSON reads it; the sentence exists in both languages.
    with pytest.raises(ValidationError) as refused:
        schemas.NewPosition.model_validate({"latitude": float("nan"), "longitude": 0})
    (fault,) = refused.value.errors()
    assert faults.sentence(fault["type"], fault.get("ctx", {}), "en") == "A finite number is needed here."
