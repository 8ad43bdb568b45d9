"""Catalogue lines: whether the past of a series says something about what comes next."""

from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.language import Text

_LAGS = Option(
    "lags",
    "integer",
    None,
    Text(
        fr="Nombre de retards examinés ; par défaut 10, ou un cinquième d’une série courte.",
        en="Number of lags examined; by default 10, or a fifth of a short series.",
    ),
    minimum=1,
)
_FITTED = Option(
    "fitted_parameters",
    "integer",
    0,
    Text(
        fr="Paramètres ARMA estimés, si la série est faite des résidus d’un modèle.",
        en="Fitted ARMA parameters, where the series holds the residuals of a model.",
    ),
    minimum=0,
)

TESTS = (
    StatisticalTest(
        name="ljung-box",
        family="memory",
        question=Text(
            fr="Les valeurs passées renseignent-elles sur les suivantes (autocorrélation) ?",
            en="Do past values tell something about the next ones (autocorrelation)?",
        ),
        summary=Text(
            fr="Teste ensemble les autocorrélations des premiers retards.",
            en="Tests the autocorrelations of the first lags together.",
        ),
        inputs="series",
        columns=(1, 1),
        module="memory",
        function="ljung_box",
        options=(_LAGS, _FITTED),
    ),
)
