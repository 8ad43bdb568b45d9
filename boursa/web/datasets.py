"""``/data``: the datasets, and the Bilan of each."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from boursa.language import N_
from boursa.ops import downloads
from boursa.services import analyses, datasets, questions
from boursa.web import bilan, gate, numbers
from boursa.web.pages import changing_page, page
from boursa.web.speaking import say

pages = Blueprint("datasets", __name__, url_prefix="/data")

_SHOWN = 25


@pages.get("")
def index() -> ResponseReturnValue:
    """List the datasets, newest first."""
    with gate.held().unit_of_work() as session:
        found = datasets.listed(
            session, gate.actor(), before=request.args.get("before", type=numbers.row), limit=_SHOWN + 1
        )
    return page("datasets/list.html", datasets=found[:_SHOWN], more=len(found) > _SHOWN)


@pages.get("/<int:dataset_id>")
def show(dataset_id: int) -> ResponseReturnValue:
    """Show the Bilan: the whole page, or the blocks that came since the last look."""
    with gate.held().unit_of_work() as session:
        dataset = datasets.get(session, gate.actor(), dataset_id)
        versions = datasets.versions(session, gate.actor(), dataset_id)
        version = datasets.version(session, gate.actor(), dataset_id, _number())
        state = analyses.bilan(session, gate.actor(), version)
    shown = bilan.view(state, request.args.get("series"), request.args.get("shown", 0, type=int))
    return changing_page(
        "datasets/bilan.html",
        dataset=dataset,
        versions=versions,
        version=version,
        # Said in every address of the page only where it is not the newest.
        number=None if version.id == versions[0].id else version.number,
        bilan=shown,
        numbered=bool(questions.numeric_columns(version)),
    )


@pages.post("/<int:dataset_id>/analyse")
def analyse(dataset_id: int) -> ResponseReturnValue:
    """Ask for the Bilan anew."""
    horizon = request.form.get("horizon", type=int)
    with gate.held().unit_of_work() as session:
        version = datasets.version(session, gate.actor(), dataset_id)
        parameters = {} if horizon is None else {"horizon": horizon}
        analyses.request(session, gate.actor(), "analysis", version, parameters)
    return redirect(url_for(".show", dataset_id=dataset_id), 303)


@pages.get("/<int:dataset_id>/file")
def download(dataset_id: int) -> ResponseReturnValue:
    """Give the bytes back as they were brought."""
    held = gate.held()
    with held.unit_of_work() as session:
        dataset = datasets.get(session, gate.actor(), dataset_id)
        version = datasets.version(
            session, gate.actor(), dataset_id, request.args.get("version", type=numbers.row)
        )
    return downloads.of(held.blobs, version, dataset.filename)


@pages.post("/<int:dataset_id>/delete")
def delete(dataset_id: int) -> ResponseReturnValue:
    """Take a dataset off the lists, with a way back."""
    with gate.held().unit_of_work() as session:
        gone = datasets.delete(session, gate.actor(), dataset_id)
    sentence = say(N_("{name} is off the list; its results stay in History."), name=gone.filename)
    undo = url_for(".restore", dataset_id=dataset_id)
    flash({"text": sentence, "undo": undo}, "ok")  # type: ignore[arg-type] # what JSON can hold may be flashed
    return redirect(url_for(".index"), 303)


@pages.post("/<int:dataset_id>/restore")
def restore(dataset_id: int) -> ResponseReturnValue:
    """Put a dataset back on the lists."""
    with gate.held().unit_of_work() as session:
        datasets.restore(session, gate.actor(), dataset_id)
    return redirect(url_for(".show", dataset_id=dataset_id), 303)


def _number() -> int | None:
    return request.args.get("version", type=numbers.row)
