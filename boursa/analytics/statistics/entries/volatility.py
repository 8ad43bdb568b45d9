"""Catalogue lines: whether the size of the movements changes over time."""

from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.language import Text

_LAGS = Option(
    "lags",
    "integer",
    None,
    Text(
        fr="Nombre de retards des carrés ; par défaut 12, ou un cinquième d’une série courte.",
        en="Number of lags of the squares; by default 12, or a fifth of a short series.",
    ),
    minimum=1,
)
_DEMEAN = Option(
    "demean",
    "boolean",
    False,
    Text(
        fr="Soustraire la moyenne d’abord (inutile pour des rendements ou des résidus).",
        en="Subtract the mean first (not needed for returns or residuals).",
    ),
)

TESTS = (
    StatisticalTest(
        name="arch-lm",
        family="volatility",
        question=Text(
            fr="Les périodes agitées et les périodes calmes se regroupent-elles ?",
            en="Do turbulent and calm periods come in clusters?",
        ),
        summary=Text(
            fr="Test d’Engle : les carrés passés prévoient-ils les carrés suivants ?",
            en="Engle's test: do past squares predict the next squares?",
        ),
        inputs="series",
        columns=(1, 1),
        module="volatility",
        function="arch_lm",
        options=(_LAGS, _DEMEAN),
    ),
)
