"""Whatever numbers come, a figure is small, is JSON, and is refused only in a sentence."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boursa.analytics import figures
from boursa.errors import InputError

many = settings(max_examples=150, deadline=None, derandomize=True)
anything = st.lists(st.floats(), max_size=40)
finite = st.lists(st.floats(-1e150, 1e150), min_size=3, max_size=40)
# Few different values: ties, runs, a middle half that is one value.
tied = st.lists(st.sampled_from([-1.0, 0.0, 0.1, 5e-324, 1e150]), min_size=3, max_size=40)


@many
@given(values=anything | finite | tied, points=st.integers(8, 20))
@pytest.mark.parametrize(
    "make", [figures.line, figures.histogram, figures.qq, figures.recent, figures.boxes, figures.scatter]
)
def test_a_figure_is_small_json_or_refused(make: Any, values: list[float], points: int) -> None:
    """No NaN, no infinity, no overflow, no more points than asked for."""
    column = np.array(values, dtype=float)
    arguments = {
        figures.line: ((None, column), {"points": points}),
        figures.histogram: ((column,), {"most": points}),
        figures.qq: ((column,), {"points": points}),
        figures.recent: ((np.arange(column.size), column), {"horizon": points}),
        figures.boxes: ((["x", "y"], [column, column[::-1]]), {}),
        figures.scatter: ((["x", "y"], [column, column[::-1]]), {}),
    }
    given_first, named = arguments[make]
    try:
        made = make(*given_first, **named).to_dict()
    except InputError:
        return
    json.dumps(made, allow_nan=False)
    if make in (figures.line, figures.qq):
        assert made["shown"] <= points
    if make is figures.histogram:
        assert len(made["counts"]) <= points
        assert sum(made["counts"]) == made["n"]


@many
@given(
    values=st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=200),
    points=st.integers(6, 30),
)
def test_the_ends_and_the_extremes_of_a_line_stay(values: list[float], points: int) -> None:
    """First, last, lowest and highest present value stand in every thinning."""
    present = [(place + 1, value) for place, value in enumerate(values) if not math.isnan(value)]
    if not present:
        return
    drawn = figures.line(None, values, points=points)
    shown = {(x, y) for x, y in zip(drawn.x, drawn.y, strict=True) if not math.isnan(y)}
    assert {present[0], present[-1]} <= shown <= set(present)
    assert {min(y for _, y in shown), max(y for _, y in shown)} == {
        min(y for _, y in present),
        max(y for _, y in present),
    }
