"""What the web process says about a request is what the ground would have said in the worker."""

from __future__ import annotations

from boursa.analytics.forecasting import calendar, course
from boursa.services import questions


def test_the_longest_horizon_is_the_one_that_is_computed() -> None:
    # Written down twice, since the ground's own stands beside NumPy: a longer one would fail in the worker.
    assert course.MAX_HORIZON == questions.LONGEST_HORIZON


def test_seasons_come_unasked_for_the_same_frequencies() -> None:
    # Where there is none, a model that lives by the season is refused at once.
    known = {freq for freq, steps in calendar.SEASONS.items() if steps > 1}
    assert known == set(questions.SEASONAL)
    assert set(questions.FREQUENCIES) == set(calendar.FREQUENCIES)
