"""The forecasting models: one line each, importable without a numerical library.

The web process lists models from here, so nothing below imports NumPy; the module of a model is
imported by `load` when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from boursa.errors import NameUnknown
from boursa.language import N_, Text

if TYPE_CHECKING:
    from boursa.analytics.forecasting.origins import IntArray
    from boursa.analytics.series import FloatArray

    Point = Callable[[FloatArray, int, int], FloatArray]
    Rolling = Callable[[FloatArray, IntArray, int, int], FloatArray]


@dataclass(frozen=True, slots=True)
class Model:
    """One forecasting model.

    `function` names two things in `module`: ``forecast(y, horizon, season)``, the point forecast
    from the end of `y`; and ``from_origins(y, origins, horizon, season)``, the same from several
    ends of `y` with parameters estimated once, on what precedes the first of them. `seasonal`:
    the model means nothing without a season. `minimum`: the fewest observations it is fitted to.
    """

    name: str
    label: Text
    module: str
    function: str
    seasonal: bool
    minimum: int
    reference: str


AUTO = "auto"  # not a model: the choice among them
NAIVE = "naive"

# Of changes the naive forecast is that there is none (see `targets`), not the last of them.
_NO_CHANGE = Text(fr="Naïf (variation nulle)", en="Naive (no change)")
_OF_CHANGES = frozenset({"return", "difference"})

_FAMILY = "boursa.analytics.forecasting."

CATALOGUE: tuple[Model, ...] = (
    Model(
        "naive",
        Text(fr="Naïf (dernière valeur)", en="Naive (last value)"),
        _FAMILY + "naive",
        "forecast",
        False,
        1,
        "Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., 5.2",
    ),
    Model(
        "seasonal-naive",
        Text(fr="Naïf saisonnier", en="Seasonal naive"),
        _FAMILY + "seasonal_naive",
        "forecast",
        True,
        2,
        "Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., 5.2",
    ),
    Model(
        "drift",
        Text(fr="Marche aléatoire avec dérive", en="Random walk with drift"),
        _FAMILY + "drift",
        "forecast",
        False,
        2,
        "Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., 5.2",
    ),
    Model(
        "theta",
        Text(fr="Thêta optimisé dynamique", en="Dynamic optimised theta"),
        _FAMILY + "theta",
        "forecast",
        False,
        5,
        "Fiorucci et al. (2016), doi:10.1016/j.ijforecast.2016.02.005",
    ),
    Model(
        "ets",
        Text(fr="Lissage exponentiel (ETS)", en="Exponential smoothing (ETS)"),
        _FAMILY + "ets",
        "forecast",
        False,
        8,
        "Hyndman et al. (2002), doi:10.1016/S0169-2070(01)00110-8",
    ),
)

_BY_NAME = {model.name: model for model in CATALOGUE}


def names() -> tuple[str, ...]:
    """Return the names of all models, the naive one first."""
    return tuple(_BY_NAME)


def find(name: str) -> Model:
    """Return the model of that name.

    Raises
    ------
    NameUnknown
        If there is none; the sentence lists the names that exist.
    """
    try:
        return _BY_NAME[name]
    except KeyError:
        raise NameUnknown(
            N_("There is no forecasting model named “{name}”; there are {known}."),
            name=name,
            known=", ".join((AUTO, *_BY_NAME)),
        ) from None


def label(name: str, target: str) -> Text:
    """Return what people call the model `name` where `target` is forecast; an unknown name as it is."""
    if name == NAIVE and target in _OF_CHANGES:
        return _NO_CHANGE
    return _BY_NAME[name].label if name in _BY_NAME else Text(fr=name, en=name)


def candidates(season: int) -> tuple[Model, ...]:
    """Return the models that make sense for a season of `season` steps (1: none)."""
    return tuple(model for model in CATALOGUE if season > 1 or not model.seasonal)


def load(name: str) -> Point:
    """Return the point forecast function of the model `name`."""
    model = find(name)
    point: Point = getattr(import_module(model.module), model.function)
    return point


def load_rolling(name: str) -> Rolling:
    """Return the many-origins form of the model `name`."""
    rolling: Rolling = import_module(find(name).module).from_origins
    return rolling
