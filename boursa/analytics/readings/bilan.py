"""The sentences of the Bilan: its questions, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boursa.language import LANGUAGES, Text, integer

if TYPE_CHECKING:  # it loads NumPy, which the web process does without
    from boursa.analytics.results import Quality

_SIGNIFICANT = 0.05
_MARKET = frozenset({"price", "return", "rate"})
_GRAVITY = {"error": 0, "warning": 1}

QUESTIONS = {
    "normal-shape": Text(
        fr="Les variations suivent-elles une loi normale ?", en="Are the moves normally distributed?"
    ),
    "normal": Text(
        fr="Asymétrie et queues sont-elles celles d’une loi normale ?",
        en="Are skewness and tails those of a normal law?",
    ),
    "drift": Text(fr="Les variations penchent-elles d’un côté ?", en="Do the moves lean to one side?"),
    "memory": Text(
        fr="Les variations passées renseignent-elles sur la suivante ?",
        en="Do past moves tell about the next one?",
    ),
    "yesterday": Text(
        fr="La variation suit-elle celle de la veille ?", en="Does a move follow the one before it?"
    ),
    "clusters": Text(
        fr="Les fortes variations viennent-elles par périodes ?", en="Do large moves come in clusters?"
    ),
    "calmer": Text(
        fr="L’ampleur des variations a-t-elle changé entre les deux moitiés ?",
        en="Did the size of the moves change between the two halves?",
    ),
    "level-root": Text(
        fr="Le niveau revient-il vers une moyenne ?", en="Does the level come back to a mean?"
    ),
    "level-stable": Text(
        fr="Le niveau est-il stable autour d’une moyenne ?", en="Is the level stable around a mean?"
    ),
    "moves-root": Text(
        fr="Les variations reviennent-elles vers une moyenne ?", en="Do the moves come back to a mean?"
    ),
    "moves-stable": Text(
        fr="Les variations sont-elles stables autour d’une moyenne ?",
        en="Are the moves stable around a mean?",
    ),
}


_EVERY_DAY = frozenset({"B", "D"})
_ONE_BEFORE = Text(fr="La variation suit-elle la précédente ?", en="Does a move follow the one before it?")


def question(key: str, freq: str) -> Text:
    """Return a question about moves at `freq`: the day before is spoken of for days only."""
    return _ONE_BEFORE if key == "yesterday" and freq not in _EVERY_DAY else QUESTIONS[key]


_UNANSWERED = {
    "constant-series": Text(
        fr="Aucune des questions sur les variations n’a de réponse : les valeurs, ou leurs variations, sont "
        "toutes égales.",
        en="None of the questions about the moves has an answer: the values, or their moves, are all equal.",
    ),
    "too-few": Text(
        fr="Aucune des questions sur les variations n’a de réponse : il y a trop peu de valeurs.",
        en="None of the questions about the moves has an answer: there are too few values.",
    ),
}


def unanswered(answers: Sequence[Mapping[str, Any]]) -> Text | None:
    """Return the one sentence to say instead of all answers, where all are refused for one reason.

    Of a few equal values some tests say that they are equal, others that they are few: the first is
    the reason, for more of them would not help.
    """
    codes = {one["refused"]["code"] if one["refused"] else "" for one in answers}
    reason = next((code for code in _UNANSWERED if code in codes), None)
    return _UNANSWERED[reason] if reason and codes <= set(_UNANSWERED) else None


def next_steps(
    quality: Quality,
    answers: Sequence[Mapping[str, Any]],
    study: Mapping[str, Any],
    kind: str = "unknown",
) -> list[Text]:
    """Return what a careful analyst would do next, most urgent first.

    Parameters
    ----------
    quality, answers, study
        The earlier blocks of the Bilan.
    kind : str
        Volatility and risk are spoken of for ``price``, ``return`` and ``rate`` only: sales have neither.
    """
    p = {answer["key"]: answer["result"]["p_value"] for answer in answers if answer["result"]}
    market = kind in _MARKET
    steps = [*_about_quality(quality, market), *_about_behaviour(p, market), *_about_forecast(quality, study)]
    return steps or [
        Text(
            fr="Rien d’urgent : ouvrez l’un des tests pour voir le détail.",
            en="Nothing urgent: open a test to see its detail.",
        )
    ]


def _about_quality(quality: Quality, market: bool) -> list[Text]:
    # Counts of unlike things (missing values, gaps, jumps) do not add up: the gravest one is named. A
    # series that never moves is spoken of under the forecast.
    faults = [one for one in quality.findings if one.severity in _GRAVITY and one.code != "constant"]
    if not faults:
        return []
    gravest = min(faults, key=lambda one: _GRAVITY[one.severity])
    first = _FIRST_OF_MANY if len(faults) > 1 else _FIRST
    why = _WHY_MARKET if market else _WHY
    return [
        Text(
            **{
                language: f"{first[language].format(n=len(faults))} {gravest.note[language]} {why[language]}"
                for language in LANGUAGES
            }
        )
    ]


_FIRST = Text(
    fr="Vérifiez d’abord ce qui est signalé sur les données.", en="First look at what is flagged in the data."
)
_FIRST_OF_MANY = Text(
    fr="Vérifiez d’abord ce qui est signalé sur les données : {n} points, dont voici le plus grave.",
    en="First look at what is flagged in the data: {n} points, of which this is the gravest.",
)
_WHY = Text(fr="Une seule valeur fausse change une moyenne.", en="A single wrong value changes an average.")
_WHY_MARKET = Text(
    fr="Une seule valeur fausse change une volatilité.", en="A single wrong value changes a volatility."
)


def _about_behaviour(p: Mapping[str, float | None], market: bool) -> list[Text]:
    steps = []
    if _below(p, "normal"):
        steps.append(_RANK_TESTS)
    if _below(p, "clusters"):
        steps.append(_CLUSTERS_MARKET if market else _CLUSTERS)
    if "level-root" in p and not _below(p, "level-root"):
        steps.append(_WANDERS)
    return steps


_RANK_TESTS = Text(
    fr="Pour comparer deux périodes ou deux séries, préférez les tests de rang (Mann-Whitney, Spearman) : "
    "les variations ne sont pas normales.",
    en="To compare two periods or two series, prefer rank tests (Mann-Whitney, Spearman): the moves are not "
    "normal.",
)
_CLUSTERS_MARKET = Text(
    fr="La volatilité se prévoit mieux que la direction : suivez-la (EWMA) pour dimensionner un risque.",
    en="Volatility can be forecast better than direction: follow it (EWMA) to size a risk.",
)
_CLUSTERS = Text(
    fr="Les fortes variations viennent par périodes : après l’une d’elles, attendez-vous à ce que les valeurs "
    "suivantes bougent plus que d’habitude.",
    en="Large moves come in clusters: after one of them, expect the next values to move more than usual.",
)
_WANDERS = Text(
    fr="Travaillez sur les variations plutôt que sur le niveau : deux niveaux qui errent paraissent liés "
    "même quand rien ne les lie.",
    en="Work on moves rather than on the level: two wandering levels look related even when nothing "
    "relates them.",
)


def _about_forecast(quality: Quality, study: Mapping[str, Any]) -> list[Text]:
    refused = study.get("refused")
    if not refused:
        advice = study["verdict"]["advice"]
        return [Text(fr=advice["fr"], en=advice["en"])]
    # A series that never moves may also be short: more of it would not help.
    if refused["code"] == "constant-series" or any(one.code == "constant" for one in quality.findings):
        return [_NOTHING_TO_FORECAST]
    if refused["code"] == "too-few":
        return [_too_few(refused)]
    return [_NO_FORECAST]


def _too_few(refused: Mapping[str, Any]) -> Text:
    """Return how many values are needed, and the horizon that the present ones allow, if there is one."""
    if "minimum" not in refused:
        return _LONGER
    # What is needed beside the horizon does not depend on it.
    possible = refused["n"] - (refused["minimum"] - refused["horizon"])
    said = _LONGER_OR_NEARER if possible >= 1 else _LONGER_BY
    return Text(
        **{
            language: said[language].format(
                minimum=integer(refused["minimum"], language),
                n=integer(refused["n"], language),
                possible=integer(possible, language),
            )
            for language in LANGUAGES
        }
    )


_NOTHING_TO_FORECAST = Text(
    fr="Il n’y a rien à prévoir : les valeurs, ou leurs variations, sont toutes égales. Vérifiez que c’est la "
    "bonne colonne.",
    en="There is nothing to forecast: the values, or their changes, are all equal. Check that this is the "
    "right column.",
)
_NO_FORECAST = Text(
    fr="La prévision n’a pas pu être faite, pour la raison donnée ci-dessus : vérifiez la colonne et les "
    "réglages.",
    en="The forecast could not be made, for the reason given above: check the column and the settings.",
)
_LONGER = Text(
    fr="Apportez une série plus longue pour savoir si elle se prévoit.",
    en="Bring a longer series to learn whether it can be forecast.",
)
_LONGER_BY = Text(
    fr="Apportez une série plus longue pour savoir si elle se prévoit : il faut au moins {minimum} valeurs "
    "(présentes : {n}).",
    en="Bring a longer series to learn whether it can be forecast: at least {minimum} values are needed "
    "(present: {n}).",
)
_LONGER_OR_NEARER = Text(
    fr="Choisissez un horizon plus court (au plus {possible}), ou apportez une série plus longue (au moins "
    "{minimum} valeurs ; présentes : {n}).",
    en="Choose a shorter horizon (at most {possible}), or bring a longer series (at least {minimum} values; "
    "present: {n}).",
)


def _below(p: Mapping[str, float | None], key: str) -> bool:
    value = p.get(key)
    return value is not None and value < _SIGNIFICANT
