"""Forecasts that are always shown next to doing nothing clever.

::

    from boursa.analytics import forecasting
    answer = forecasting.study(series, horizon=20)
    answer.verdict.sentence["en"]

`study` gives everything at once; `forecast` and `backtest` are the single steps. The arguments
are the same everywhere:

- `model`: a name of `catalogue.names()`, or ``auto``: the model with the least error on the earlier half of
  the origins, where the later half does not speak against it, else naive (the rule is in `verdict`);
- `horizon`: steps ahead (default by frequency, at most 250);
- `levels`: interval levels in percent;
- `season`: steps in a season, 1 for none (default: 12 for months, 4 for quarters, else 1);
- `freq`: ``h D B W M Q Y`` (default: read from the dates);
- `target`: ``price`` (the series as it stands), ``return``, ``difference``; see `targets`;
- `progress`: called with a fraction and the model's name; may raise `Cancelled`.

The answer of `study` is a `studies.ForecastStudy`. Importing this package loads no numerical library: a
program that only lists the models pays nothing.

At most the last 5,000 observations are used, whatever the length of the series.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boursa.analytics.forecasting.catalogue import AUTO

if TYPE_CHECKING:
    from boursa.analytics.forecasting.studies import ForecastStudy, Progress
    from boursa.analytics.results import Backtest, Forecast
    from boursa.analytics.series import TimeSeries

__all__ = ["backtest", "forecast", "study"]

LEVELS = (80, 95)


def forecast(
    series: TimeSeries,
    *,
    model: str = AUTO,
    horizon: int | None = None,
    levels: Sequence[int] = LEVELS,
    season: int | None = None,
    freq: str | None = None,
    target: str = "price",
    progress: Progress | None = None,
) -> Forecast:
    """Return the forecast of one model with calibrated intervals; with ``auto`` the one `study` shows.

    Raises
    ------
    NameUnknown, OptionUnknown, TooFewObservations, ConstantSeries, InputError
    """
    from boursa.analytics.forecasting.course import lay  # slow: NumPy, SciPy
    from boursa.analytics.forecasting.studies import forecast_on  # slow: the same

    course = lay(series, horizon=horizon, levels=levels, season=season, freq=freq, target=target)
    return forecast_on(course, model, progress)


def backtest(
    series: TimeSeries,
    *,
    model: str = AUTO,
    horizon: int | None = None,
    levels: Sequence[int] = LEVELS,
    season: int | None = None,
    freq: str | None = None,
    target: str = "price",
    progress: Progress | None = None,
) -> Backtest:
    """Return the evaluation of one model beside the naive one, with every single forecast in `rows`.

    With ``auto`` that is the rival of naive: the model that the verdict of `study` speaks about.

    Raises
    ------
    NameUnknown, OptionUnknown, TooFewObservations, ConstantSeries, InputError
    """
    from boursa.analytics.forecasting.course import lay  # slow: NumPy, SciPy
    from boursa.analytics.forecasting.studies import backtest_on  # slow: the same

    course = lay(series, horizon=horizon, levels=levels, season=season, freq=freq, target=target)
    return backtest_on(course, model, progress)


def study(
    series: TimeSeries,
    *,
    model: str = AUTO,
    horizon: int | None = None,
    levels: Sequence[int] = LEVELS,
    season: int | None = None,
    freq: str | None = None,
    target: str = "price",
    progress: Progress | None = None,
    kind: str = "unknown",
) -> ForecastStudy:
    """Return forecast, naive forecast, the backtest of every candidate, and the verdict.

    `kind` (``price``, ``return``, ``rate``, ``count``, ``unknown``) only chooses the words of the advice.

    Raises
    ------
    NameUnknown, OptionUnknown, TooFewObservations, ConstantSeries, InputError
    """
    from boursa.analytics.forecasting.course import lay  # slow: NumPy, SciPy
    from boursa.analytics.forecasting.studies import study_on  # slow: the same

    course = lay(series, horizon=horizon, levels=levels, season=season, freq=freq, target=target)
    return study_on(course, model, progress, kind)
