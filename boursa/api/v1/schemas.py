"""What the API says, as pydantic models."""

from __future__ import annotations

from pydantic import BaseModel


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

    name: str
    family: str
    question: Bilingual
    summary: Bilingual
    inputs: str
    columns: list[int]
    alternatives: list[str]
    options: list[TestOption]
