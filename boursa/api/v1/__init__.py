"""Version 1 of the API, under ``/api/v1``."""

from __future__ import annotations

from apiflask import APIBlueprint

from boursa.api import gate
from boursa.api.v1 import (
    analyses,
    backtests,
    datasets,
    forecasts,
    history,
    jobs,
    me,
    models,
    positions,
    tests,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    me.api,
    datasets.api,
    analyses.api,
    tests.api,
    models.api,
    forecasts.api,
    backtests.api,
    jobs.api,
    history.api,
    positions.api,
)

for _blueprint in BLUEPRINTS:
    _blueprint.before_request(gate.check)
