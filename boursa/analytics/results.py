"""What a computation returns: frozen, plain, serialisable.

Every class has ``to_dict()``, whose output is JSON without NaN or infinity: an undefined number
is ``None``. Names and shapes are public (``docs`` and the API repeat them).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np

from boursa.language import Text


def plain(value: Any) -> Any:
    """Return `value` as JSON types: NaN and infinities become None, dates ISO 8601 text."""
    match value:
        case None | bool() | str():
            return value
        case Text():
            return value.to_dict()
        case float() | np.floating():
            return float(value) if math.isfinite(value) else None
        case int() | np.integer():
            return int(value)
        case np.bool_():
            return bool(value)
        case np.datetime64():
            return None if np.isnat(value) else iso(value)
        case date() | datetime():
            return value.isoformat()
        case np.ndarray():
            return [plain(item) for item in value] if value.ndim else plain(value[()])
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise TypeError(f"not serialisable: {type(value).__name__}")


def iso(moment: np.datetime64) -> str:
    """Return an ISO 8601 date, or date and time where there is a time of day."""
    seconds = moment.astype("datetime64[s]")
    day = seconds.astype("datetime64[D]")
    return str(day) if day == seconds else str(seconds)


class _Plain:
    """Gives a dataclass its ``to_dict``."""

    __test__ = False  # pytest must not collect TestResult as a test class

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON types."""
        fields: dict[str, Any] = plain(self)
        return fields


@dataclass(frozen=True, kw_only=True)
class Effect(_Plain):
    """A size of effect with its confidence interval (``None`` where none is defined)."""

    name: str
    value: float
    ci_low: float | None = None
    ci_high: float | None = None
    level: float | None = None


@dataclass(frozen=True, kw_only=True)
class Assumption(_Plain):
    """A condition of a test: checked (`held` true or false) or only stated (`held` None)."""

    name: str
    held: bool | None
    note: Text
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Caution(_Plain):
    """Something the reader of a result must know; `code` is stable, the sentence is not."""

    code: str
    note: Text


@dataclass(frozen=True, kw_only=True)
class SampleSize(_Plain):
    """How many values of one sample were used and how many were dropped as missing."""

    name: str
    n: int
    n_dropped: int


@dataclass(frozen=True, kw_only=True)
class TestResult(_Plain):
    """The answer of one statistical test.

    `n` counts the observations used over all samples (rows for paired samples, where each row
    is one observation); `samples` says it sample by sample. `unit` is ``fraction`` where the samples
    are known to be returns: what is measured in their unit is then shown in percent.
    """

    test: str
    statistic: float
    statistic_name: str
    df: float | Sequence[float] | None = None
    p_value: float | None
    p_adjusted: float | None = None
    method: str
    alternative: str | None = None
    n: int
    n_dropped: int = 0
    samples: Sequence[SampleSize] = ()
    estimate: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect | None = None
    critical_values: Mapping[str, float] = field(default_factory=dict)
    post_hoc: Sequence[Mapping[str, Any]] = ()
    assumptions: Sequence[Assumption] = ()
    warnings: Sequence[Caution] = ()
    null: Text
    reading: Text
    reference: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Interval(_Plain):
    """A prediction interval over the horizon; `level` in percent, bounds in the unit of y.

    `basis` says where the widths come from, step by step: ``horizon`` (enough past errors at
    that very step: calibrated) or ``pooled`` (too few: an approximation from all steps).
    """

    level: int
    low: Sequence[float]
    high: Sequence[float]
    basis: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Forecast(_Plain):
    """The forecast of one series by one model: `ds` and `mean` have the length of the horizon."""

    unique_id: str
    model: str
    target: str
    ds: Sequence[Any]
    mean: Sequence[float]
    intervals: Sequence[Interval] = ()
    n: int
    warnings: Sequence[Caution] = ()


@dataclass(frozen=True, kw_only=True)
class Accuracy(_Plain):
    """Point accuracy over all (origin, step) pairs of a backtest; `n` counts those pairs."""

    mase: float | None
    smape: float | None
    rmse: float
    mae: float
    n: int


@dataclass(frozen=True, kw_only=True)
class Coverage(_Plain):
    """How often the interval held; `horizon` None means over all steps together.

    `level` in percent, `measured` a fraction, `width` the mean width in the unit of y.
    """

    level: int
    horizon: int | None
    measured: float
    ci_low: float | None
    ci_high: float | None
    width: float
    n: int


@dataclass(frozen=True, kw_only=True)
class BacktestRow(_Plain):
    """One out-of-sample forecast: what was said at `cutoff` about `ds`, and what came (`y`)."""

    cutoff: Any
    ds: Any
    y: float
    mean: float
    low: Mapping[int, float] = field(default_factory=dict)
    high: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Backtest(_Plain):
    """A rolling-origin evaluation of one model beside the naive one.

    `skill` is ``1 - MAE / MAE of naive``; `dm_p_value` the two-sided Diebold-Mariano p-value
    of equal squared-error accuracy against naive (None for the naive model itself). `target` is
    what was forecast: ``price``, ``return`` or ``difference``.
    """

    unique_id: str
    model: str
    horizon: int
    origins: int
    step: int
    accuracy: Accuracy
    naive: Accuracy
    skill: float
    dm_statistic: float | None
    dm_p_value: float | None
    coverage: Sequence[Coverage]
    rows: Sequence[BacktestRow] = ()
    warnings: Sequence[Caution] = ()
    target: str = "price"


@dataclass(frozen=True, kw_only=True)
class Finding(_Plain):
    """One finding about the quality of a series.

    `code` is stable (``missing``, ``duplicate-dates``, ``unsorted``, ``gap``, ``stale``,
    ``outlier``, ``non-positive``, ``split-like``, ...); `severity` is ``info``, ``warning`` or
    ``error``; `examples` names places (dates, lines) and values.
    """

    code: str
    severity: str
    count: int
    note: Text
    examples: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Quality(_Plain):
    """What a series is and how good: extent, frequency, findings."""

    name: str
    n: int
    n_missing: int
    start: Any
    end: Any
    frequency: str | None
    findings: Sequence[Finding] = ()
