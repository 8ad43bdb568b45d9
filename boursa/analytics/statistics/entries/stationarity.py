"""Catalogue lines: whether a series keeps to a level or wanders."""

from boursa.analytics.statistics.entry import Option, StatisticalTest
from boursa.language import Text

_QUESTION = Text(
    fr="La série revient-elle vers un niveau stable, ou erre-t-elle comme une marche aléatoire ?",
    en="Does the series return to a stable level, or does it wander like a random walk?",
)
_TERMS = Text(
    fr="Termes déterministes : n (aucun), c (constante), ct (constante et tendance).",
    en="Deterministic terms: n (none), c (constant), ct (constant and trend).",
)
_REGRESSION = Option("regression", "choice", "c", _TERMS, choices=("n", "c", "ct"))
_LEVEL_OR_TREND = Option("regression", "choice", "c", _TERMS, choices=("c", "ct"))
_ADF_LAGS = Option(
    "lags",
    "integer",
    None,
    Text(
        fr="Nombre de retards (fixe), ou leur maximum (aic, bic) ; par défaut la règle de Schwert.",
        en="Number of lags (fixed), or their maximum (aic, bic); by default Schwert's rule.",
    ),
    minimum=0,
)
_SELECTION = Option(
    "lag_selection",
    "choice",
    None,
    Text(
        fr="Choix des retards ; par défaut aic, ou fixed quand « lags » est donné.",
        en="How lags are chosen; by default aic, or fixed where “lags” is given.",
    ),
    choices=("fixed", "aic", "bic"),
)
_KPSS_LAGS = Option(
    "lags",
    "integer",
    "short",
    Text(
        fr="Largeur de fenêtre : un nombre, short (4(n/100)^¼), long (12(n/100)^¼) ou auto (Hobijn).",
        en="Window width: a number, short (4(n/100)^¼), long (12(n/100)^¼) or auto (Hobijn).",
    ),
    choices=("short", "long", "auto"),
    minimum=0,
)

TESTS = (
    StatisticalTest(
        name="adf",
        family="stationarity",
        question=_QUESTION,
        summary=Text(
            fr="Dickey-Fuller augmenté ; hypothèse nulle : la série erre (racine unitaire).",
            en="Augmented Dickey-Fuller; null hypothesis: the series wanders (unit root).",
        ),
        inputs="series",
        columns=(1, 1),
        module="stationarity",
        function="adf",
        options=(_ADF_LAGS, _SELECTION, _REGRESSION),
    ),
    StatisticalTest(
        name="kpss",
        family="stationarity",
        question=_QUESTION,
        summary=Text(
            fr="KPSS ; hypothèse nulle inverse de celle d’ADF : la série est stationnaire.",
            en="KPSS; its null is the opposite of ADF's: the series is stationary.",
        ),
        inputs="series",
        columns=(1, 1),
        module="stationarity",
        function="kpss",
        options=(_KPSS_LAGS, _LEVEL_OR_TREND),
    ),
    StatisticalTest(
        name="stationarity",
        family="stationarity",
        question=_QUESTION,
        summary=Text(
            fr="Verdict commun d’ADF et de KPSS, dont les hypothèses nulles sont opposées.",
            en="Joint verdict of ADF and KPSS, whose null hypotheses are opposite.",
        ),
        inputs="series",
        columns=(1, 1),
        module="stationarity",
        function="stationarity",
        options=(_LEVEL_OR_TREND,),
    ),
)
