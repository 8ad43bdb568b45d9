"""The lists of tests and models, and who is asking."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from boursa.api.v1.schemas.common import like


class Bilingual(BaseModel):
    """One sentence in both languages."""

    fr: str
    en: str


class TestOption(BaseModel):
    """One option of a test."""

    name: str
    kind: str
    default: str | float | bool | None
    choices: list[str]
    note: Bilingual


class TestDescription(BaseModel):
    """One statistical test: the question it answers, what it needs, what it takes."""

    model_config = like(
        {
            "name": "spearman",
            "family": "association",
            "question": {
                "fr": "Deux grandeurs montent-elles ensemble ?",
                "en": "Do two quantities rise together?",
            },
            "summary": {"fr": "Corrélation des rangs.", "en": "Correlation of ranks."},
            "inputs": "paired",
            "columns": [2, 2],
            "alternatives": ["two-sided", "less", "greater"],
            "options": [],
        }
    )

    name: str
    family: str
    question: Bilingual
    summary: Bilingual
    inputs: str
    columns: list[int]
    alternatives: list[str]
    options: list[TestOption]


class ModelDescription(BaseModel):
    """One forecasting model; `minimum` is the fewest observations that it takes."""

    model_config = like(
        {
            "name": "theta",
            "label": {"fr": "Thêta optimisé dynamique", "en": "Dynamic optimised theta"},
            "seasonal": False,
            "minimum": 5,
            "reference": "Fiorucci et al. (2016), doi:10.1016/j.ijforecast.2016.02.005",
        }
    )

    name: str
    label: Bilingual
    seasonal: bool
    minimum: int
    reference: str


class Me(BaseModel):
    """Whose token it is, and what it may do."""

    model_config = like(
        {
            "username": "awa",
            "role": "analyst",
            "token": "cours du soir",
            "read_only": False,
            "expires_at": None,
        }
    )

    username: str
    role: str
    token: str
    read_only: bool
    expires_at: datetime | None
