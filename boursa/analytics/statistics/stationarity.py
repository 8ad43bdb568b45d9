"""Tests of stationarity: whether a series keeps to a level or wanders."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from boursa.analytics.readings import stationarity as readings
from boursa.analytics.readings.phrasing import rejected
from boursa.analytics.results import Caution, TestResult
from boursa.analytics.series import sample
from boursa.analytics.statistics import dickey_fuller, long_run, mackinnon, remarks
from boursa.analytics.statistics.options import one_of
from boursa.errors import OptionUnknown, TooFewObservations
from boursa.language import N_, Text, p_value

# Kwiatkowski et al. (1992), table 1: upper tail probabilities and critical values.
_KPSS_SHARES = (0.10, 0.05, 0.025, 0.01)
_BOUNDS = {"<": "upper", ">": "lower"}  # what the published p is for the true one
_KPSS_CRITICAL = {"c": (0.347, 0.463, 0.574, 0.739), "ct": (0.119, 0.146, 0.176, 0.216)}


def adf(
    x: ArrayLike,
    *,
    lags: int | None = None,
    lag_selection: str | None = None,
    regression: str = "c",
    names: Sequence[str] = ("x",),
) -> TestResult:
    """Test for a unit root by the augmented Dickey-Fuller regression.

    Parameters
    ----------
    x : array-like of shape (n,)
        Levels in time order, in any unit; missing ones are dropped and the gaps closed.
    lags : int, optional
        The number of lagged differences, or their maximum where one is selected. By default the
        maximum is Schwert's ``ceil(12 (n / 100) ** 0.25)``, and a fixed number ``(n - 1) ** (1/3)``.
    lag_selection : {"fixed", "aic", "bic"}, optional
        By default ``aic``, or ``fixed`` where `lags` is given.
    regression : {"n", "c", "ct"}
        Deterministic terms: none, a constant, a constant and a trend.
    names : sequence of str

    Returns
    -------
    TestResult
        tau, the t ratio of the lagged level; p by MacKinnon's (1994) surface, critical values by
        that of 2010. Estimates: the largest root, the half-life of a deviation in observations;
        ``p_bound`` is ``upper`` where tau lies beyond the surface and the true p is smaller still.

    Raises
    ------
    TooFewObservations, ConstantSeries, Undefined, NotFinite, NotNumeric, OptionUnknown

    Notes
    -----
    Null hypothesis: a unit root (a random walk, with drift where there is a constant). Little
    power against slow returns in short series; a break in the level looks like a unit root. All
    candidates of a selection are compared on the same observations, then the chosen regression
    is estimated on all that it can use, as statsmodels does.

    References
    ----------
    Dickey, Fuller (1979), doi:10.1080/01621459.1979.10482531. Said, Dickey (1984),
    doi:10.1093/biomet/71.3.599. Schwert (1989), doi:10.1080/07350015.1989.10509723.

    Checked against R urca ``ur.df`` and tseries ``adf.test`` (tests/reference/statistics), and
    statsmodels ``adfuller``.
    """
    one_of("regression", regression, ("n", "c", "ct"))
    how = lag_selection or ("aic" if lags is None else "fixed")
    one_of("lag_selection", how, ("fixed", "aic", "bic"))
    one = sample(x, name=names[0], minimum=10)
    most = _most_lags(one.name, one.n, lags, how, regression)
    used = most if how == "fixed" else dickey_fuller.choose_lags(one.values, most, regression, how)
    found = dickey_fuller.estimate(one.values, used, regression)
    p, bound = mackinnon.p_value(found.statistic, regression)
    half_life = _half_life(found.root)
    return TestResult(
        test="adf",
        statistic=found.statistic,
        statistic_name="tau",
        p_value=p,
        method=f"regression {regression}, {used} lags ({how})",
        n=one.n,
        n_dropped=one.n_dropped,
        samples=(one.size(),),
        estimate={
            "lags": used,
            "n_used": found.n_used,
            "root": found.root,
            "half_life": half_life,
            **_bound_field("p_bound", bound),
        },
        critical_values=mackinnon.critical_values(regression, found.n_used),
        assumptions=(remarks.no_break(),),
        warnings=(*_bounded("ADF", p, bound), *remarks.gaps_closed(one)),
        null=readings.adf_null(one.name),
        reading=readings.adf(p=p, name=one.name, regression=regression, half_life=_told(half_life)),
        reference="Dickey, Fuller (1979), doi:10.1080/01621459.1979.10482531; "
        "MacKinnon (1994), doi:10.1080/07350015.1994.10510005",
    )


def kpss(
    x: ArrayLike, *, lags: int | str = "short", regression: str = "c", names: Sequence[str] = ("x",)
) -> TestResult:
    """Test stationarity around a level or a trend (Kwiatkowski, Phillips, Schmidt and Shin).

    Parameters
    ----------
    x : array-like of shape (n,)
        Levels in time order, in any unit; missing ones are dropped and the gaps closed.
    lags : int or {"short", "long", "auto"}
        Width of the Bartlett window: a number below n, ``trunc(4 (n / 100) ** 0.25)`` (as
        tseries), ``trunc(12 (n / 100) ** 0.25)``, or chosen from the data (Hobijn et al., as
        statsmodels).
    regression : {"c", "ct"}
        Around a constant, or around a linear trend.
    names : sequence of str

    Returns
    -------
    TestResult
        eta, at least 0; p interpolated in the published table, whose ends 0.01 and 0.10 are
        bounds: a caution says so, and ``estimate["p_bound"]`` is ``upper`` (the true p is smaller)
        or ``lower`` (it is larger).

    Raises
    ------
    TooFewObservations, ConstantSeries, Undefined, NotFinite, NotNumeric, OptionUnknown

    Notes
    -----
    Null hypothesis: stationarity. With a short window it rejects persistent but stationary
    series too often; with a long one it rejects too seldom.

    References
    ----------
    Kwiatkowski et al. (1992), doi:10.1016/0304-4076(92)90104-Y. Hobijn, Franses, Ooms (2004),
    doi:10.1111/j.1467-9574.2004.00272.x.

    Checked against R urca ``ur.kpss`` and tseries ``kpss.test`` (tests/reference/statistics).
    """
    one_of("regression", regression, tuple(_KPSS_CRITICAL))
    one = sample(x, name=names[0], minimum=10)
    residuals = long_run.detrended(one.values, regression)
    width = long_run.window(residuals, lags)
    statistic = long_run.eta(residuals, width)
    critical = _KPSS_CRITICAL[regression]
    p = float(np.interp(statistic, critical, _KPSS_SHARES))
    bound = "<" if statistic > critical[-1] else ">" if statistic < critical[0] else ""
    return TestResult(
        test="kpss",
        statistic=statistic,
        statistic_name="eta",
        p_value=p,
        method=f"regression {regression}, {width} lags",
        n=one.n,
        n_dropped=one.n_dropped,
        samples=(one.size(),),
        estimate={"lags": width, **_bound_field("p_bound", bound)},
        critical_values={
            f"{100 * share:g}%": value for share, value in zip(_KPSS_SHARES, critical, strict=True)
        },
        assumptions=(remarks.no_break(),),
        warnings=(*_bounded("KPSS", p, bound), *remarks.gaps_closed(one)),
        null=readings.kpss_null(one.name, regression),
        reading=readings.kpss(p=p, bound=_BOUNDS.get(bound, ""), name=one.name, regression=regression),
        reference="Kwiatkowski, Phillips, Schmidt, Shin (1992), doi:10.1016/0304-4076(92)90104-Y",
    )


def stationarity(x: ArrayLike, *, regression: str = "c", names: Sequence[str] = ("x",)) -> TestResult:
    """Return the joint verdict of ADF (lags by AIC) and KPSS (short window).

    Parameters
    ----------
    x : array-like of shape (n,)
        Levels in time order, in any unit; missing ones are dropped and the gaps closed.
    regression : {"c", "ct"}
        Around a constant, or around a linear trend.
    names : sequence of str

    Returns
    -------
    TestResult
        The statistic of ADF; no p-value of its own. ``estimate["verdict"]`` is ``stationary``,
        ``unit-root``, ``contradictory`` (both nulls rejected) or ``undecided`` (neither).

    Raises
    ------
    TooFewObservations, ConstantSeries, Undefined, NotFinite, NotNumeric, OptionUnknown

    Notes
    -----
    The null hypotheses are opposite, each test at the 5 % level. Agreement is no proof, either.

    References
    ----------
    Kwiatkowski et al. (1992), section 5, doi:10.1016/0304-4076(92)90104-Y.

    Checked against its two parts.
    """
    one_of("regression", regression, tuple(_KPSS_CRITICAL))
    root, level = adf(x, regression=regression, names=names), kpss(x, regression=regression, names=names)
    adf_p, kpss_p = root.p_value or 0.0, level.p_value or 0.0
    verdict = {
        (True, False): "stationary",
        (False, True): "unit-root",
        (True, True): "contradictory",
        (False, False): "undecided",
    }[rejected(adf_p), rejected(kpss_p)]
    return TestResult(
        test="stationarity",
        statistic=root.statistic,
        statistic_name="tau",
        p_value=None,
        method=f"ADF: {root.method}; KPSS: {level.method}",
        n=root.n,
        n_dropped=root.n_dropped,
        samples=root.samples,
        estimate={
            "verdict": verdict,
            "adf_p_value": adf_p,
            "kpss_p_value": kpss_p,
            "kpss_statistic": level.statistic,
            "adf_lags": root.estimate["lags"],
            "kpss_lags": level.estimate["lags"],
            **_bound_field("adf_p_bound", _bound_of(root)),
            **_bound_field("kpss_p_bound", _bound_of(level)),
        },
        critical_values=root.critical_values,
        assumptions=root.assumptions,
        warnings=tuple(dict.fromkeys((*root.warnings, *level.warnings))),
        null=readings.joint_null(names[0]),
        reading=readings.joint(
            verdict=verdict,
            name=names[0],
            adf_p=adf_p,
            kpss_p=kpss_p,
            kpss_bound=level.estimate.get("p_bound", ""),
        ),
        reference="Kwiatkowski, Phillips, Schmidt, Shin (1992), doi:10.1016/0304-4076(92)90104-Y",
    )


def _most_lags(name: str, n: int, lags: int | None, how: str, regression: str) -> int:
    terms = dickey_fuller.TERMS[regression]
    room = n // 2 - terms - 1  # as statsmodels: at least as many observations as parameters are left
    if lags is None:
        wish = int((n - 1) ** (1 / 3)) if how == "fixed" else math.ceil(12 * (n / 100) ** 0.25)
        return max(0, min(room, wish))
    if lags < 0:
        raise OptionUnknown(N_("lags must be at least 0; {lags} is not."), lags=lags)
    if lags > room:
        raise TooFewObservations(
            N_("{name}: {lags} lags need at least {minimum} observations; there are {n}."),
            name=name,
            lags=lags,
            minimum=2 * (lags + terms + 1),
            n=n,
        )
    return lags


def _half_life(root: float) -> float | None:
    return math.log(0.5) / math.log(root) if 0 < root < 1 else None


def _told(half_life: float | None) -> float | None:
    # Between two observations nothing is seen: a half-life below one says only "at once".
    return half_life if half_life is not None and half_life >= 1 else None


def _bound_field(name: str, bound: str) -> dict[str, str]:
    return {name: _BOUNDS[bound]} if bound else {}


def _bounded(test: str, p: float, bound: str) -> tuple[Caution, ...]:
    if not bound:
        return ()
    side = _BOUNDS[bound]
    note = Text(
        fr=f"{test} : la statistique sort de la table publiée, on sait seulement que "
        f"{p_value(p, 'fr', side)}.",
        en=f"{test}: the statistic lies outside the published table, it is only known that "
        f"{p_value(p, 'en', side)}.",
    )
    return (Caution(code="p-bound", note=note),)


def _bound_of(part: TestResult) -> str:
    return {"upper": "<", "lower": ">"}.get(part.estimate.get("p_bound", ""), "")
