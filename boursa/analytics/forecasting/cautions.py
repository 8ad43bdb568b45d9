"""What a reader of a forecast or a backtest must be told about its intervals and its p-value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boursa.analytics.forecasting.catalogue import label
from boursa.analytics.forecasting.conformal import Band
from boursa.analytics.forecasting.course import Course
from boursa.analytics.results import Caution, Coverage
from boursa.analytics.series import FloatArray
from boursa.language import LANGUAGES, Text, percent

# Below five forecasts that do not overlap no p-value is believed, so none is given; below ten a
# difference that is not shown is no evidence of equality either.
FEWEST_FOR_ANY = 5
FEWEST_FOR_EQUAL = 10

# How far, as a fraction, a measured coverage may lie from its level before a reader is told.
_COVERAGE_MARGIN = 0.05
_COVERAGE_MARGIN_FEW = 0.10


def interval_cautions(band: Band, low: FloatArray) -> tuple[Caution, ...]:
    """Return what must be known about the bounds of `band`, whose lower ones are `low`."""
    if np.isnan(band.half).any():
        return (NO_INTERVAL_YET,)
    found = (POOLED,) if band.pooled.any() else ()
    return (*found, NO_WIDTH) if np.isnan(low).any() else found


def few_judged(course: Course) -> tuple[Caution, ...]:
    """Return the caution that stands in the place of a p-value, where there is none."""
    return (NO_P_VALUE,) if course.plan.independent < FEWEST_FOR_ANY else ()


def coverage_off(model: str, coverage: Sequence[Coverage], course: Course) -> tuple[Caution, ...]:
    """Return a caution for each level whose measured coverage over all steps is not what it says.

    That is: the level lies outside the confidence interval of the measured coverage, and more than
    5 points from it (10 where fewer than ten judged forecasts do not overlap).
    """
    few = course.plan.independent < FEWEST_FOR_EQUAL
    margin = _COVERAGE_MARGIN_FEW if few else _COVERAGE_MARGIN
    whole = [row for row in coverage if row.horizon is None]
    called = label(model, course.working.target)
    return tuple(_off(called, row) for row in whole if _is_off(row, margin))


def _is_off(row: Coverage, margin: float) -> bool:
    level = row.level / 100
    if row.ci_low is None or row.ci_high is None or row.ci_low <= level <= row.ci_high:
        return False
    return abs(row.measured - level) > margin


def _off(model: Text, row: Coverage) -> Caution:
    side = "narrow" if row.measured < row.level / 100 else "wide"
    note = Text(
        **{
            language: _OFF[side][language].format(
                level=row.level, model=model[language], measured=percent(row.measured, language)
            )
            for language in LANGUAGES
        }
    )
    return Caution(code="coverage-off", note=note)


_OFF = {
    "narrow": Text(
        fr="L’intervalle à {level} % du modèle « {model} » est trop étroit : il n’a contenu la vraie valeur "
        "que dans {measured} des cas. Attendez-vous à davantage de surprises qu’il ne le dit.",
        en="The {level}% interval of the model “{model}” is too narrow: it held the true value in only "
        "{measured} of cases. Expect more surprises than it says.",
    ),
    "wide": Text(
        fr="L’intervalle à {level} % du modèle « {model} » est plus large qu’il ne faudrait : il a contenu "
        "la vraie valeur dans {measured} des cas.",
        en="The {level}% interval of the model “{model}” is wider than it need be: it held the true value in "
        "{measured} of cases.",
    ),
}


NO_P_VALUE = Caution(
    code="few-judged",
    note=Text(
        fr="Moins de cinq des prévisions jugées ne se recouvrent pas : c’est trop peu pour une valeur p "
        "(Diebold-Mariano), et la part des cas où les intervalles ont tenu n’est qu’indicative.",
        en="Fewer than five of the judged forecasts do not overlap: that is too few for a p-value "
        "(Diebold-Mariano), and how often the intervals held is no more than an indication.",
    ),
)
NO_WIDTH = Caution(
    code="no-width",
    note=Text(
        fr="Trop d’erreurs passées sont nulles, car la série bouge rarement : l’intervalle n’aurait aucune "
        "largeur. Il n’est pas donné, car il promettrait une certitude qui n’existe pas.",
        en="Too many past errors are zero, as the series rarely moves: the interval would have no width. It "
        "is not given, for it would promise a certainty that does not exist.",
    ),
)
NO_INTERVAL_YET = Caution(
    code="no-interval",
    note=Text(
        fr="Il y a trop peu de prévisions passées (moins de cinq) pour mesurer un intervalle : aucun "
        "n’est donné à ces endroits, plutôt qu’un faux.",
        en="There are too few past forecasts (fewer than five) to measure an interval: none is given in "
        "those places, rather than a false one.",
    ),
)
POOLED = Caution(
    code="pooled",
    note=Text(
        fr="Certains intervalles ne reposent pas sur assez d’erreurs passées au même pas : ils sont "
        "approchés à partir de tous les pas ensemble, et plus larges par prudence.",
        en="Some intervals do not rest on enough past errors at the same step: they are approximated from "
        "all steps together, and wider for caution.",
    ),
)
