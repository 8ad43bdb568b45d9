"""``/tests`` and ``/guide``: which test answers a question, and running one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from boursa.analytics.statistics import catalogue
from boursa.analytics.statistics.entry import StatisticalTest
from boursa.errors import BoursaError
from boursa.services import analyses, datasets, questions
from boursa.storage.models import DatasetVersion
from boursa.web import answers, gate, numbers
from boursa.web.pages import page
from boursa.web.speaking import language

pages = Blueprint("tests", __name__)

_CHOICES = 200


@pages.get("/guide")
@gate.open_to_all
def guide() -> ResponseReturnValue:
    """Say which test answers which question."""
    return page("tests/guide.html", tests=catalogue.CATALOGUE)


@pages.get("/tests")
def index() -> ResponseReturnValue:
    """List the questions that the chosen data can answer."""
    with gate.held().unit_of_work() as session:
        chosen = _version(session, request.args.get("data", type=numbers.row))
        choices = datasets.listed(session, gate.actor(), limit=_CHOICES)
    suiting = {one.name for one in catalogue.CATALOGUE if chosen is None or questions.suits(one, chosen)}
    return page("tests/list.html", tests=catalogue.CATALOGUE, choices=choices, chosen=chosen, suiting=suiting)


@pages.get("/tests/<name>")
def ask(name: str) -> ResponseReturnValue:
    """Show the form of one test."""
    return _form(catalogue.find(name), request.args, None)


@pages.post("/tests/<name>")
def run(name: str) -> ResponseReturnValue:
    """Run one test on the chosen columns."""
    test = catalogue.find(name)
    try:
        with gate.held().unit_of_work() as session:
            version = answers.chosen_data(session)
            job = analyses.request(session, gate.actor(), "test", version, _parameters(test))
    except BoursaError as error:
        return _form(test, request.form, error)
    return answers.wait_for(job.id)


def _form(test: StatisticalTest, given: Any, error: BoursaError | None) -> ResponseReturnValue:
    with gate.held().unit_of_work() as session:
        chosen = _version(session, given.get("data", type=numbers.row))
        choices = datasets.listed(session, gate.actor(), limit=_CHOICES)
    answer = page(
        "tests/ask.html",
        test=test,
        choices=choices,
        chosen=chosen,
        numeric=questions.numeric_columns(chosen) if chosen else [],
        grouping=questions.grouping_columns(chosen) if chosen and questions.takes_groups(test) else [],
        given=given,
        fits=chosen is None or questions.suits(test, chosen),
        options_given=any(given.get(f"option-{one.name}") for one in test.options),
        error=error.sentence(language()) if error else None,
    )
    answer.status_code = error.http_status if error else 200
    return answer


def _version(session: Session, dataset_id: int | None) -> DatasetVersion | None:
    return None if dataset_id is None else datasets.version(session, gate.actor(), dataset_id)


def _parameters(test: StatisticalTest) -> dict[str, Any]:
    form = request.form
    asked: dict[str, Any] = {"test": test.name}
    if form.get("value") or form.get("group"):
        asked.update({name: form[name] for name in ("value", "group") if form.get(name)})
        if form.getlist("columns"):
            asked["columns"] = form.getlist("columns")
        if form.get("groups"):
            asked["groups"] = [one.strip() for one in form["groups"].split(",")]
    else:
        asked["columns"] = form.getlist("columns")
    if form.get("moves"):
        asked["moves"] = True
    given = {one.name: form.get(f"option-{one.name}") for one in test.options}
    options = {name: value for name, value in given.items() if value}
    if options:
        asked["options"] = options
    if form.get("alternative"):
        asked["alternative"] = form["alternative"]
    return asked
