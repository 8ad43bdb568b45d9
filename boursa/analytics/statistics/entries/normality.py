"""Catalogue lines: whether values follow a normal distribution."""

from boursa.analytics.statistics.entry import StatisticalTest
from boursa.language import Text

_QUESTION = Text(
    fr="Les valeurs sont-elles compatibles avec une loi normale ?",
    en="Are the values compatible with a normal distribution?",
)

TESTS = (
    StatisticalTest(
        name="shapiro-wilk",
        family="normality",
        question=_QUESTION,
        summary=Text(
            fr="Le test de normalité le plus puissant dans la plupart des cas, de 3 à 5 000 valeurs.",
            en="The most powerful test of normality in most cases, for 3 to 5,000 values.",
        ),
        inputs="one",
        columns=(1, 1),
        module="normality",
        function="shapiro_wilk",
    ),
    StatisticalTest(
        name="jarque-bera",
        family="normality",
        question=_QUESTION,
        summary=Text(
            fr="Compare l’asymétrie et l’aplatissement à ceux d’une loi normale ; pour de longues séries.",
            en="Compares skewness and kurtosis with those of a normal distribution; for long series.",
        ),
        inputs="one",
        columns=(1, 1),
        module="normality",
        function="jarque_bera",
    ),
)
