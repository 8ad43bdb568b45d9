"""What a figure shows, in one sentence with its numbers: for those who cannot see it, and those who can.

A place is an ISO date, or the number of the observation. A `unit` of ``fraction`` is said in percent.
"""

from __future__ import annotations

from collections.abc import Sequence

from boursa.language import Text, fixed, integer, moment, number, percent

Place = str | int
Spot = tuple[float, Place]  # a value, and where it stands

_MOVES = frozenset({"fraction", "difference"})
_BOXES_SAID = 6


def line(*, n: int, missing: int, start: Place, end: Place, low: Spot, high: Spot, unit: str) -> Text:
    """Return the extent of a series, and where it was lowest and highest."""
    holes = _holes(missing)
    return Text(
        fr=f"{_count(n, unit, 'fr')}{_extent(start, end, 'fr')}{holes.fr} ; la plus basse "
        f"{_spot(low, unit, 'fr')}, la plus haute {_spot(high, unit, 'fr')}.",
        en=f"{_count(n, unit, 'en')}{_extent(start, end, 'en')}{holes.en}; lowest "
        f"{_spot(low, unit, 'en')}, highest {_spot(high, unit, 'en')}.",
    )


def recent(*, n: int, start: Place, end: Place, low: float, high: float, last: float, unit: str) -> Text:
    """Return the range of the observations before a forecast, and the last of them."""
    return Text(
        fr=f"Avant la prévision : {_count(n, unit, 'fr')}{_extent(start, end, 'fr')}, entre "
        f"{_value(low, unit, 'fr')} et {_value(high, unit, 'fr')}, la dernière {_value(last, unit, 'fr')}.",
        en=f"Before the forecast: {_count(n, unit, 'en')}{_extent(start, end, 'en')}, between "
        f"{_value(low, unit, 'en')} and {_value(high, unit, 'en')}, the last {_value(last, unit, 'en')}.",
    )


def volatility(*, n: int, low: Spot, high: Spot, last: float, level: float, unit: str) -> Text:
    """Return where the moving volatility was lowest and highest, its end, and that of the whole series."""
    return Text(
        fr=f"Volatilité par pas de {_count(n, unit, 'fr')} : au plus bas {_spot(low, unit, 'fr')}, au plus haut "
        f"{_spot(high, unit, 'fr')}, {_value(last, unit, 'fr')} à la fin ; {_value(level, unit, 'fr')} sur "
        "toute la série.",
        en=f"Volatility per step of {_count(n, unit, 'en')}: lowest {_spot(low, unit, 'en')}, highest "
        f"{_spot(high, unit, 'en')}, {_value(last, unit, 'en')} at the end; {_value(level, unit, 'en')} over "
        "the whole series.",
    )


def histogram(
    *,
    n: int,
    low: float,
    high: float,
    quartiles: tuple[float, float],
    beyond: float,
    normal: float,
    unit: str,
) -> Text:
    """Return range and middle half, and the share beyond three standard deviations beside a normal law's."""
    first, third = quartiles
    return Text(
        fr=f"{_count(n, unit, 'fr')} de {_value(low, unit, 'fr')} à {_value(high, unit, 'fr')}, la moitié centrale "
        f"entre {_value(first, unit, 'fr')} et {_value(third, unit, 'fr')} ; à plus de trois écarts-types de la "
        f"moyenne : {percent(beyond, 'fr', 2)}, contre {percent(normal, 'fr', 2)} pour une loi normale.",
        en=f"{_count(n, unit, 'en')} from {_value(low, unit, 'en')} to {_value(high, unit, 'en')}, the middle half "
        f"between {_value(first, unit, 'en')} and {_value(third, unit, 'en')}; further than three standard "
        f"deviations from the mean: {percent(beyond, 'en', 2)}, against {percent(normal, 'en', 2)} for a normal "
        "law.",
    )


def qq(
    *, n: int, low: tuple[float, float], high: tuple[float, float], outside: int, shown: int, unit: str
) -> Text:
    """Return both extremes as (found, expected of a normal law), and how many points leave the band."""
    return Text(
        fr=f"{_count(n, unit, 'fr')} face à une loi normale de mêmes moyenne et écart-type : la plus basse est "
        f"{_value(low[0], unit, 'fr')} (attendue vers {_value(low[1], unit, 'fr')}), la plus haute "
        f"{_value(high[0], unit, 'fr')} (attendue vers {_value(high[1], unit, 'fr')}) ; points tracés hors de la "
        f"bande à 95 % : {integer(outside, 'fr')} sur {integer(shown, 'fr')}.",
        en=f"{_count(n, unit, 'en')} against a normal law of the same mean and standard deviation: the lowest is "
        f"{_value(low[0], unit, 'en')} (expected near {_value(low[1], unit, 'en')}), the highest "
        f"{_value(high[0], unit, 'en')} (expected near {_value(high[1], unit, 'en')}); drawn points outside the "
        f"95% band: {integer(outside, 'en')} of {integer(shown, 'en')}.",
    )


def boxes(*, names: Sequence[str], five: Sequence[Sequence[float]], n: Sequence[int]) -> Text:
    """Return the median and the middle half of each sample, of the first six where there are many."""
    said = list(zip(names, five, n, strict=True))[:_BOXES_SAID]
    rest = len(names) - len(said)
    more = Text(fr=f" ; et {rest} autres" if rest else "", en=f"; and {rest} more" if rest else "")
    return Text(
        fr=" ; ".join(
            f"« {name} » (n = {integer(size, 'fr')}) : médiane {number(box[2], 'fr')}, la moitié centrale entre "
            f"{number(box[1], 'fr')} et {number(box[3], 'fr')}"
            for name, box, size in said
        )
        + f"{more.fr}.",
        en="; ".join(
            f"{name} (n = {integer(size, 'en')}): median {number(box[2], 'en')}, the middle half between "
            f"{number(box[1], 'en')} and {number(box[3], 'en')}"
            for name, box, size in said
        )
        + f"{more.en}.",
    )


def scatter(*, n: int, names: tuple[str, str], x: tuple[float, float], y: tuple[float, float]) -> Text:
    """Return how many pairs there are, and the range of each side."""
    across, up = names
    return Text(
        fr=f"n = {integer(n, 'fr')} couples : « {across} » de {number(x[0], 'fr')} à {number(x[1], 'fr')}, « {up} » "
        f"de {number(y[0], 'fr')} à {number(y[1], 'fr')}.",
        en=f"n = {integer(n, 'en')} pairs: {across} from {number(x[0], 'en')} to {number(x[1], 'en')}, {up} from "
        f"{number(y[0], 'en')} to {number(y[1], 'en')}.",
    )


def _count(n: int, unit: str, language: str) -> str:
    words = {"fr": ("variation", "valeur"), "en": ("move", "value")}[language]
    return f"{integer(n, language)} {words[unit not in _MOVES]}{'' if n == 1 else 's'}"


def _extent(start: Place, end: Place, language: str) -> str:
    first, last = _place(start, language), _place(end, language)
    if isinstance(start, str):
        return f" du {first} au {last}" if language == "fr" else f" from {first} to {last}"
    return f" (n° {first} à {last})" if language == "fr" else f" (no. {first} to {last})"


def _holes(missing: int) -> Text:
    if not missing:
        return Text(fr="", en="")
    return Text(fr=f", manquantes : {integer(missing, 'fr')}", en=f", missing: {integer(missing, 'en')}")


def _spot(spot: Spot, unit: str, language: str) -> str:
    value, place = spot
    said = _place(place, language)
    if isinstance(place, str):
        where = f"le {said}" if language == "fr" else f"on {said}"
    else:
        where = f"(n° {said})" if language == "fr" else f"(no. {said})"
    return f"{_value(value, unit, language)} {where}"


def _place(place: Place, language: str) -> str:
    return moment(place, language) if isinstance(place, str) else integer(place, language)


def _value(value: float, unit: str, language: str) -> str:
    if unit != "fraction":
        return number(value, language)
    # Three significant digits: a rate moves by hundredths of a percent, a coin by tens of percent.
    share = number(100 * value, language, 3) if 1e-4 <= abs(value) < 1 else fixed(100 * value, language)
    return share + (" %" if language == "fr" else "%")
