"""Results leave the ground as JSON that every program can read: no NaN, no types of a library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from boursa.analytics.results import Accuracy, Effect, Finding, Forecast, Interval, Quality, iso, plain
from boursa.language import Text

NAN = float("nan")


@dataclass(frozen=True)
class Inner:
    value: Any
    when: Any = None


@dataclass(frozen=True)
class Outer:
    inner: Inner
    many: tuple[Inner, ...]
    named: Any


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        ("text", "text"),
        (3, 3),
        (2.5, 2.5),
        (NAN, None),
        (float("inf"), None),
        (-float("inf"), None),
        (np.float64("nan"), None),
        (np.float32("inf"), None),
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int64(7), 7),
        (np.uint8(7), 7),
        (np.bool_(False), False),
        (np.array(2.5), 2.5),
        (np.array(NAN), None),
        (np.array("2025-01-06", dtype="datetime64[D]"), "2025-01-06"),
        (np.array("2025-01-06T10:30", dtype="datetime64[ns]"), "2025-01-06T10:30:00"),
        (np.array([1, 2]), [1, 2]),
        (np.array([1.0, NAN]), [1.0, None]),
        (np.array([[1.0], [NAN]]), [[1.0], [None]]),
        (np.array(["2025-01-06", "NaT"], dtype="datetime64[s]"), ["2025-01-06", None]),
        (np.array([True, False]), [True, False]),
        (np.array([None, 1.5], dtype=object), [None, 1.5]),
        (np.datetime64("2025-01-06"), "2025-01-06"),
        (np.datetime64("2025-01-06T10:30:00"), "2025-01-06T10:30:00"),
        (np.datetime64("NaT", "s"), None),
        (date(2025, 1, 6), "2025-01-06"),
        (datetime(2025, 1, 6, 10, 30, tzinfo=UTC), "2025-01-06T10:30:00+00:00"),
        ((1, NAN), [1, None]),
        ([np.float64(1), [np.inf]], [1.0, [None]]),
        ({80: np.float64(1), "x": NAN}, {"80": 1.0, "x": None}),
        (MappingProxyType({"a": (1,)}), {"a": [1]}),
        (Text(fr="oui", en="yes"), {"fr": "oui", "en": "yes"}),
        (range(3), [0, 1, 2]),
    ],
    ids=repr,
)
def test_a_value_becomes_json(value: Any, expected: Any) -> None:
    # Exactly, in type too: what is equal but a library's own would not be written.
    done = plain(value)
    assert done == expected
    assert type(done) is type(expected)
    assert json.loads(json.dumps(done, allow_nan=False)) == expected


def test_dataclasses_within_dataclasses_become_objects() -> None:
    # At any depth, missing numbers included.
    deep = Outer(
        inner=Inner(np.float64("nan"), np.datetime64("2025-01-06")),
        many=(Inner(np.arange(2)), Inner({"a": Inner(np.inf)})),
        named={1: Inner(None)},
    )
    assert plain(deep) == {
        "inner": {"value": None, "when": "2025-01-06"},
        "many": [
            {"value": [0, 1], "when": None},
            {"value": {"a": {"value": None, "when": None}}, "when": None},
        ],
        "named": {"1": {"value": None, "when": None}},
    }


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, 1j, Inner, b"bytes"], ids=lambda value: type(value).__name__
)
def test_what_has_no_form_in_json_is_refused(value: Any) -> None:
    # A fault of ours, said where it happens, instead of text such as "<object at 0x...>" in a result.
    with pytest.raises(TypeError, match="not serialisable"):
        plain(value)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-01-06", "2025-01-06"),
        ("2025-01-06T00:00:00.000000000", "2025-01-06"),
        ("2025-01-06T23:59:59.999", "2025-01-06T23:59:59"),
        ("1969-12-31", "1969-12-31"),
        ("0001-01-01", "0001-01-01"),
    ],
)
def test_a_moment_shows_its_time_only_where_it_has_one(moment: str, expected: str) -> None:
    # Daily prices carry no "T00:00:00".
    assert iso(np.datetime64(moment)) == expected


def test_a_result_says_undefined_numbers_as_null() -> None:
    # As the API and the history keep it.
    effect = Effect(name="d", value=np.float64(0.25), ci_low=NAN, level=0.95)
    assert effect.to_dict() == {"name": "d", "value": 0.25, "ci_low": None, "ci_high": None, "level": 0.95}
    accuracy = Accuracy(mase=np.inf, smape=None, rmse=1, mae=np.float32(0.5), n=np.int64(4))  # type: ignore[arg-type]
    assert accuracy.to_dict() == {"mase": None, "smape": None, "rmse": 1, "mae": 0.5, "n": 4}


def test_a_forecast_and_a_quality_are_json_throughout() -> None:
    # Dates, intervals, findings and their examples.
    ds = np.array(["2025-01-06", "2025-01-07"], dtype="datetime64[s]")
    forecast = Forecast(
        unique_id="x",
        model="naive",
        target="price",
        ds=ds,
        mean=np.array([1.0, NAN]),
        intervals=(Interval(level=80, low=np.array([0.5, 0.4]), high=(1.5, np.inf)),),
        n=np.int64(3),  # type: ignore[arg-type]
    )
    said = forecast.to_dict()
    assert said["ds"] == ["2025-01-06", "2025-01-07"]
    assert said["mean"] == [1.0, None]
    assert said["intervals"][0]["high"] == [1.5, None]
    note = Text(fr="manque", en="missing")
    example = {"date": ds[0], "value": np.float64("nan")}
    finding = Finding(code="missing", severity="info", count=1, note=note, examples=[example])
    quality = Quality(name="x", n=2, n_missing=1, start=ds[0], end=ds[1], frequency="B", findings=(finding,))
    assert quality.to_dict()["findings"][0]["examples"] == [{"date": "2025-01-06", "value": None}]
    json.dumps([said, quality.to_dict()], allow_nan=False)
