"""Version 1 of the API, under ``/api/v1``."""

from __future__ import annotations

from apiflask import APIBlueprint

from boursa.api.v1 import tests

BLUEPRINTS: tuple[APIBlueprint, ...] = (tests.api,)
