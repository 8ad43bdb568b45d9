"""The pages: views by noun, and what all of them share."""

from __future__ import annotations

from flask import Blueprint, Flask, request

from boursa.services import policy
from boursa.settings import Settings
from boursa.web import (
    accounts,
    addresses,
    assets,
    datasets,
    docs,
    figure_tables,
    filters,
    forecasts,
    gate,
    history,
    home,
    jobs,
    preferences,
    profile,
    security,
    speaking,
    styleguide,
    subjects,
    tests,
    uploads,
)

PAGES: tuple[Blueprint, ...] = (
    home.pages,
    accounts.pages,
    preferences.pages,
    profile.pages,
    uploads.pages,
    datasets.pages,
    tests.pages,
    forecasts.pages,
    history.pages,
    jobs.pages,
    docs.pages,
    styleguide.pages,
)
_THEMES = ("light", "dark")

for _blueprint in PAGES:
    _blueprint.before_request(gate.check)


def _may(action: policy.Action, thing: policy.Owned) -> bool:
    person = gate.person()
    return person is not None and policy.allowed(person.actor, action, thing)


def register(app: Flask, config: Settings) -> None:
    """Add the pages to `app`."""
    security.register(app, config)
    speaking.register(app)
    addresses.register(app)
    assets.register(app)
    filters.register(app)
    figure_tables.register(app)
    subjects.register(app)
    for blueprint in PAGES:
        if blueprint is not styleguide.pages or not config.production:
            app.register_blueprint(blueprint)

    @app.context_processor
    def _shared() -> dict[str, object]:
        person = gate.person()
        wish = (person.theme if person else None) or request.cookies.get("theme")
        return {
            "person": person,
            "may": _may,
            "theme": wish if wish in _THEMES else None,
            "max_upload_mb": config.max_upload_mb,
            "registration_open": not config.disable_public_registration,
        }
