"""The gate: what no method can use is refused here, once, with a sentence that names the column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boursa.analytics.series import LARGEST, as_floats, paired, sample, time_series
from boursa.errors import (
    ConstantSeries,
    InputError,
    NotFinite,
    NotNumeric,
    TooFewObservations,
    Undefined,
)

NAN = float("nan")
DAYS = np.array(["2025-01-08", "2025-01-06", "2025-01-07"], dtype="datetime64[D]")


@pytest.mark.parametrize(
    "values", [[1, 2.5, None], (1, 2.5, NAN), np.array([1, 2.5, np.nan], dtype=np.float32), [True, 2.5, None]]
)
def test_what_is_a_number_becomes_one(values: Any) -> None:
    # Whole, boolean, single precision; None is missing.
    array = as_floats(values)
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1, 2.5, NAN])


@pytest.mark.parametrize("values", [["un", "deux"], [1, "deux"], [{}], ["1,5"]])
def test_text_is_refused_by_the_columns_name(values: Any) -> None:
    # Never taken for missing: half a column would vanish without a word.
    with pytest.raises(NotNumeric, match="Avis"):
        as_floats(values, "Avis")


@pytest.mark.parametrize("values", [5.0, [[1.0, 2.0], [3.0, 4.0]]])
def test_one_column_is_one_dimensional(values: Any) -> None:
    # A table given for a column would be read in an order that nobody chose.
    with pytest.raises(InputError):
        as_floats(values)


def test_ragged_rows_are_no_column() -> None:
    # NumPy's own message would be shown otherwise.
    with pytest.raises(InputError):
        as_floats([[1.0], [2.0, 3.0]])


def test_missing_values_are_dropped_and_counted() -> None:
    # The order of what is left is kept.
    one = sample([3, NAN, 1, None, 2], name="x")
    np.testing.assert_array_equal(one.values, [3, 1, 2])
    assert (one.n, one.n_dropped) == (3, 2)
    assert one.size().to_dict() == {"name": "x", "n": 3, "n_dropped": 2}


@pytest.mark.parametrize(
    ("values", "wish", "error"),
    [
        ([1.0, np.inf, 2.0], {}, NotFinite),
        ([1.0, -np.inf, NAN], {}, NotFinite),
        ([NAN, NAN], {}, TooFewObservations),
        ([], {}, TooFewObservations),
        ([1.0, NAN, 2.0], {"minimum": 3}, TooFewObservations),
        ([5.0, 5.0, NAN], {}, ConstantSeries),
        ([5.0], {}, ConstantSeries),
    ],
)
def test_a_sample_that_cannot_be_used_is_refused(values: Any, wish: dict[str, int], error: Any) -> None:
    # Each with the most precise class, and by its name in both languages.
    with pytest.raises(error) as refused:
        sample(values, name="Clôture", **wish)
    for language in ("fr", "en"):
        assert "Clôture" in refused.value.sentence(language)
        assert "{" not in refused.value.sentence(language)


def test_a_method_may_allow_what_is_usually_refused() -> None:
    # A constant sample where variation is not needed, an empty one where nothing is.
    assert sample([5.0, 5.0], varied=False).n == 2
    assert sample([NAN], minimum=0).n == 0


def test_the_callers_array_is_left_alone() -> None:
    # A sample that shared memory would change under the caller's hands.
    given = np.array([1.0, 2.0, 3.0])
    sample(given).values[0] = 99
    assert given[0] == 1


def test_a_row_with_a_gap_is_dropped_from_all_columns() -> None:
    # Otherwise Tuesday would be compared with Wednesday.
    first, second = paired([[1, NAN, 3, 4], [5, 6, NAN, 8]], names=["a", "b"])
    np.testing.assert_array_equal(first.values, [1, 4])
    np.testing.assert_array_equal(second.values, [5, 8])
    assert first.n_dropped == second.n_dropped == 2


def test_pairs_have_one_length() -> None:
    # The lengths are said, since one of the columns is the wrong one.
    with pytest.raises(InputError, match="3, 2"):
        paired([[1, 2, 3], [1, 2]], names=["a", "b"])


@pytest.mark.parametrize(
    ("columns", "error", "name"),
    [
        ([[1, 2, 3], [4, np.inf, 6]], NotFinite, "b"),
        ([[1, 2, NAN], [NAN, NAN, 6]], TooFewObservations, "a"),
        ([[1, 2, 3], [4, 4, NAN]], ConstantSeries, "b"),
        ([[1, 2], ["x", "y"]], NotNumeric, "b"),
    ],
)
def test_the_faulty_one_of_a_pair_is_named(columns: Any, error: Any, name: str) -> None:
    # After dropping: what is constant in the complete rows is constant.
    with pytest.raises(error, match=rf"^{name}: "):
        paired(columns, names=["a", "b"])


def test_a_series_is_put_in_time_order_without_its_gaps() -> None:
    # Whatever order the file had.
    series = time_series(DAYS, [3.0, NAN, 2.0], name="close")
    assert [str(moment)[:10] for moment in series.ds] == ["2025-01-07", "2025-01-08"]
    np.testing.assert_array_equal(series.y, [2.0, 3.0])
    assert (len(series), series.dated, series.ds.dtype.str) == (2, True, "<M8[s]")


@pytest.mark.parametrize(
    ("ds", "y", "said"),
    [
        (DAYS, [1.0, 2.0], "3 dates for 2 values"),
        (np.append(DAYS[:2], np.datetime64("NaT", "s")), [1.0, 2.0, 3.0], "no date"),
        (DAYS[[0, 1, 0]], [1.0, 2.0, 3.0], "twice"),
        (DAYS, [1.0, np.inf, 2.0], "infinite"),
        (DAYS, [NAN, NAN, NAN], "x"),
        (DAYS, ["a", "b", "c"], "numbers"),
    ],
)
def test_a_series_that_would_have_to_be_repaired_is_refused(ds: Any, y: Any, said: str) -> None:
    # Which of two values of one date is right is cleaning's decision, not the gate's.
    with pytest.raises(InputError, match=said):
        time_series(ds, y, name="x")


def test_a_gap_takes_its_doubtful_date_with_it() -> None:
    # A missing value without a date, or at a repeated one, harms nobody.
    ds = np.append(DAYS, [np.datetime64("NaT", "s"), DAYS[0]])
    assert len(time_series(ds, [1.0, 2.0, 3.0, NAN, NAN])) == 3


def test_a_constant_series_is_a_series() -> None:
    # Whether it may be constant is for the method to say.
    np.testing.assert_array_equal(time_series(DAYS, [5.0, 5.0, 5.0]).y, [5.0, 5.0, 5.0])


@pytest.mark.parametrize("value", [1.1e150, -1e308])
def test_values_whose_squares_overflow_are_refused(value: float) -> None:
    # Up to the limit, the sum of a hundred million squares is still a number.
    for gate in (
        lambda y: sample(y, name="Cours"),
        lambda y: paired([y, [1.0, 2.0, 3.0]], names=["Cours", "b"]),
        lambda y: time_series(DAYS, y, name="Cours"),
    ):
        with pytest.raises(Undefined, match="Cours: values beyond 1\u00a0×\u00a010¹⁵⁰"):
            gate([1.0, value, 2.0])
        gate([1.0, LARGEST, 2.0])
