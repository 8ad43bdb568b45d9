"""Tests of volatility: whether the size of the movements changes over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from boursa.analytics.readings import volatility as readings
from boursa.analytics.results import Caution, Effect, TestResult
from boursa.analytics.series import FloatArray, Sample, sample
from boursa.analytics.statistics import remarks, tails
from boursa.analytics.statistics.least_squares import factorise
from boursa.errors import ConstantSeries, OptionUnknown, TooFewObservations
from boursa.language import N_, Text


def arch_lm(
    x: ArrayLike, *, lags: int | None = None, demean: bool = False, names: Sequence[str] = ("x",)
) -> TestResult:
    """Test whether past squares predict the next squares (Engle's test for ARCH effects).

    Parameters
    ----------
    x : array-like of shape (n,)
        Returns or residuals in time order; missing ones are dropped and the gaps closed.
    lags : int, optional
        How many past squares; by default 12, or n // 5 where that is less.
    demean : bool
        Whether the mean is subtracted before squaring.
    names : sequence of str

    Returns
    -------
    TestResult
        LM = (n - lags) R squared of the regression of the squares on their past (the convention
        of R's FinTS::ArchTest), chi-square with `lags` degrees of freedom. The effect is R squared.

    Raises
    ------
    TooFewObservations, ConstantSeries, Undefined, NotFinite, NotNumeric, OptionUnknown

    Notes
    -----
    Null hypothesis: the squares do not depend on their past. On prices, or with a mean that is
    not small, the squares mirror the level: use returns, or ``demean=true``. An autocorrelation in
    the values themselves also lets it reject.

    References
    ----------
    Engle (1982), doi:10.2307/1912773.

    Checked against R 4.2 ``lm`` (tests/reference/statistics).
    """
    one = sample(x, name=names[0], minimum=8)
    lags = min(12, one.n // 5) if lags is None else lags
    _check(one, lags)
    squares = _squares(one, demean)
    used = one.n - lags
    factor = factorise(_regression(squares, lags), used)
    factor.coefficient(1)  # refuses where the squares leave no regression
    residual = factor.residual_squares()
    share = float((residual[1] - residual[lags + 1]) / residual[1])
    statistic = used * share
    p, tiny = tails.representable(tails.chi_square(statistic, lags))
    return TestResult(
        test="arch-lm",
        statistic=statistic,
        statistic_name="LM",
        df=float(lags),
        p_value=p,
        method=f"asymptotic, {lags} lags" + (", mean subtracted" if demean else ""),
        n=one.n,
        n_dropped=one.n_dropped,
        samples=(one.size(),),
        estimate={"lags": lags, "n_used": used},
        effect=Effect(name="R squared", value=share),
        assumptions=(),
        warnings=(*tiny, *_large_mean(one, demean), *remarks.gaps_closed(one)),
        null=readings.arch_null(one.name, lags),
        reading=readings.arch(p=p, name=one.name, lags=lags, share=share),
        reference="Engle (1982), doi:10.2307/1912773",
    )


def _check(one: Sample, lags: int) -> None:
    if lags < 1:
        raise OptionUnknown(N_("lags must be at least 1; {lags} is not."), lags=lags)
    if one.n < 2 * lags + 3:
        raise TooFewObservations(
            N_("{name}: {lags} lags need at least {minimum} observations; there are {n}."),
            name=one.name,
            lags=lags,
            minimum=2 * lags + 3,
            n=one.n,
        )


def _squares(one: Sample, demean: bool) -> FloatArray:
    values = one.values - one.values.mean() if demean else one.values
    squares: FloatArray = (values / np.abs(values).max()) ** 2
    if np.ptp(squares) <= 1e-14:
        raise ConstantSeries(
            N_("{name}: all squares are equal, so the question has no answer."), name=one.name
        )
    return squares


def _regression(squares: FloatArray, lags: int) -> Callable[[int, int], FloatArray]:
    """Return the rows: one, the squares 1, 2, ..., `lags` steps back, the square itself."""
    windows = sliding_window_view(squares, lags + 1)

    def block(start: int, stop: int) -> FloatArray:
        window = windows[start:stop, ::-1]
        return np.column_stack([np.ones(stop - start), window[:, 1:], window[:, 0]])

    return block


def _large_mean(one: Sample, demean: bool) -> tuple[Caution, ...]:
    scaled = one.values / np.abs(one.values).max()
    mean, spread = abs(float(scaled.mean())), float(scaled.std())
    if demean or mean <= spread / 2:
        return ()
    note = Text(
        fr="La moyenne n’est pas petite devant la dispersion : les carrés reflètent surtout le niveau. "
        "Analysez des rendements, ou faites d’abord soustraire la moyenne (option « demean »).",
        en="The mean is not small beside the spread: the squares mostly mirror the level. "
        "Analyse returns, or have the mean subtracted first (option “demean”).",
    )
    return (Caution(code="mean-not-small", note=note),)
