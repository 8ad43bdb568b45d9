"""``/forecasts``: asking for a forecast, which always stands next to the naive one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from boursa.analytics.forecasting import catalogue
from boursa.errors import BoursaError, OptionUnknown
from boursa.language import N_
from boursa.services import analyses, datasets, history, questions
from boursa.web import answers, gate, numbers
from boursa.web.pages import page
from boursa.web.speaking import language

pages = Blueprint("forecasts", __name__, url_prefix="/forecasts")

_CHOICES, _SHOWN = 200, 10
_LEVELS = (80, 95)


@pages.get("")
def index() -> ResponseReturnValue:
    """Show the form, and the forecasts made last."""
    return _form(request.args, None)


@pages.post("")
def run() -> ResponseReturnValue:
    """Ask for one forecast."""
    try:
        with gate.held().unit_of_work() as session:
            version = answers.chosen_data(session)
            job = analyses.request(session, gate.actor(), "forecast", version, _parameters())
    except BoursaError as error:
        return _form(request.form, error)
    return answers.wait_for(job.id)


def _form(given: Any, error: BoursaError | None) -> ResponseReturnValue:
    dataset_id = given.get("data", type=numbers.row)
    with gate.held().unit_of_work() as session:
        chosen = None if dataset_id is None else datasets.version(session, gate.actor(), dataset_id)
        choices = datasets.listed(session, gate.actor(), limit=_CHOICES)
        entries = history.listed(session, gate.actor(), kind="forecast", limit=_SHOWN)
    answer = page(
        "forecasts/ask.html",
        models=catalogue.CATALOGUE,
        choices=choices,
        chosen=chosen,
        numeric=questions.numeric_columns(chosen) if chosen else [],
        entries=entries,
        given=given,
        longest=questions.LONGEST_HORIZON,
        error=error.sentence(language()) if error else None,
    )
    answer.status_code = error.http_status if error else 200
    return answer


def _parameters() -> dict[str, Any]:
    form = request.form
    texts = {name: form[name] for name in ("column", "model", "freq", "target") if form.get(name)}
    longest = {"horizon": questions.LONGEST_HORIZON, "season": questions.LONGEST_SEASON}
    numbers = {name: _whole(name, form[name], most) for name, most in longest.items() if form.get(name)}
    return {**texts, **numbers, "levels": list(_LEVELS)}


def _whole(name: str, text: str, most: int) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise OptionUnknown(
            N_("{option} is a whole number from 1 to {most}, not {value}."),
            option=name,
            most=most,
            value=text,
        ) from error
