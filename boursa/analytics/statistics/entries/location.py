"""Catalogue lines: where values are centred, whether one sample exceeds another."""

from boursa.analytics.statistics.entry import (
    ALTERNATIVES,
    CONFIDENCE,
    CORRECTION,
    METHOD,
    MU,
    Option,
    StatisticalTest,
)
from boursa.language import Text

_ZEROS = Option(
    "zeros",
    "choice",
    "wilcoxon",
    Text(
        fr="Différences nulles : écartées avant le classement (wilcoxon) ou classées puis écartées (pratt).",
        en="Zero differences: dropped before ranking (wilcoxon) or ranked, then dropped (pratt).",
    ),
    choices=("wilcoxon", "pratt"),
)

TESTS = (
    StatisticalTest(
        name="wilcoxon",
        family="location",
        question=Text(
            fr="La valeur centrale diffère-t-elle de mu, ou deux mesures appariées diffèrent-elles ?",
            en="Does the central value differ from mu, or do paired measurements differ?",
        ),
        summary=Text(
            fr="Rangs signés : sans hypothèse de normalité, mais les différences doivent être symétriques.",
            en="Signed ranks: no normality needed, but the differences should be symmetric.",
        ),
        inputs="one-or-paired",
        columns=(1, 2),
        module="location",
        function="wilcoxon",
        options=(MU, METHOD, CORRECTION, _ZEROS, CONFIDENCE),
        alternatives=ALTERNATIVES,
        measured=True,
    ),
    StatisticalTest(
        name="mann-whitney",
        family="location",
        question=Text(
            fr="Les valeurs d’un groupe tendent-elles à dépasser celles d’un autre ?",
            en="Do the values of one group tend to exceed those of another?",
        ),
        summary=Text(
            fr="Compare deux échantillons indépendants par leurs rangs, sans hypothèse de normalité.",
            en="Compares two independent samples by their ranks, without assuming normality.",
        ),
        inputs="two",
        columns=(2, 2),
        module="location",
        function="mann_whitney",
        options=(MU, METHOD, CORRECTION, CONFIDENCE),
        alternatives=ALTERNATIVES,
        measured=True,
    ),
)
