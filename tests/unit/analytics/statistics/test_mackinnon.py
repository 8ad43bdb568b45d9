"""MacKinnon's surfaces: the tables carried here are those that statsmodels carries."""

import numpy as np
import pytest

from boursa.analytics.statistics import mackinnon

adfvalues = pytest.importorskip("statsmodels.tsa.adfvalues")


@pytest.mark.parametrize("regression", ["n", "c", "ct"])
def test_p_values_and_critical_values_agree_with_statsmodels(regression: str) -> None:
    """Two transcriptions of the published tables agree over their whole range."""
    for tau in np.linspace(-16, 3, 400):
        expected = adfvalues.mackinnonp(tau, regression=regression)
        assert mackinnon.p_value(tau, regression) == (pytest.approx(expected, rel=1e-12), "")
    for n in (20, 100, 5000):
        critical = list(mackinnon.critical_values(regression, n).values())
        assert critical == pytest.approx(
            adfvalues.mackinnoncrit(N=1, regression=regression, nobs=n), rel=1e-12
        )


@pytest.mark.parametrize("regression", ["n", "c", "ct"])
def test_beyond_the_left_end_p_is_a_positive_bound(regression: str) -> None:
    """statsmodels answers zero there; zero is no probability of a continuous statistic."""
    p, bound = mackinnon.p_value(-80.0, regression)
    assert bound == "<"
    assert 0 < p < 1e-15
