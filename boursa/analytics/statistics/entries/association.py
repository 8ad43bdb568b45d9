"""Catalogue lines: whether two columns go together."""

from boursa.analytics.statistics.entry import ALTERNATIVES, CONFIDENCE, METHOD, StatisticalTest
from boursa.language import Text

TESTS = (
    StatisticalTest(
        name="spearman",
        family="association",
        question=Text(
            fr="Deux grandeurs montent-elles et descendent-elles ensemble ?",
            en="Do two quantities rise and fall together?",
        ),
        summary=Text(
            fr="Corrélation des rangs : toute liaison monotone, peu sensible aux valeurs extrêmes.",
            en="Correlation of ranks: any monotone relation, hardly moved by extreme values.",
        ),
        inputs="paired",
        columns=(2, 2),
        module="association",
        function="spearman",
        options=(METHOD, CONFIDENCE),
        alternatives=ALTERNATIVES,
    ),
)
