"""The sentences of the Bilan: its questions, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from boursa.analytics.results import Quality
from boursa.language import Text, integer

_SIGNIFICANT = 0.05

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


def next_steps(
    quality: Quality, answers: Sequence[Mapping[str, Any]], study: Mapping[str, Any]
) -> list[Text]:
    """Return what a careful analyst would do next, most urgent first."""
    p = {answer["key"]: answer["result"]["p_value"] for answer in answers if answer["result"]}
    steps = [*_about_quality(quality), *_about_behaviour(p), *_about_forecast(study)]
    return steps or [
        Text(
            fr="Rien d’urgent : ouvrez l’un des tests pour voir le détail.",
            en="Nothing urgent: open a test to see its detail.",
        )
    ]


def _about_quality(quality: Quality) -> list[Text]:
    faults = [finding for finding in quality.findings if finding.severity != "info"]
    if not faults:
        return []
    total = sum(finding.count for finding in faults)
    return [
        Text(
            fr=f"Vérifiez d’abord ce qui est signalé sur les données ({integer(total, 'fr')}) : un seul cours faux "
            "change une volatilité.",
            en=f"First look at what is flagged in the data ({integer(total, 'en')}): one wrong price changes a volatility.",
        )
    ]


def _about_behaviour(p: Mapping[str, float | None]) -> list[Text]:
    steps = []
    if _below(p, "normal"):
        steps.append(
            Text(
                fr="Pour comparer deux périodes ou deux titres, préférez les tests de rang (Mann-Whitney, Spearman) : "
                "les variations ne sont pas normales.",
                en="To compare two periods or two securities, prefer rank tests (Mann-Whitney, Spearman): the moves "
                "are not normal.",
            )
        )
    if _below(p, "clusters"):
        steps.append(
            Text(
                fr="La volatilité se prévoit mieux que le cours : suivez-la (EWMA) pour dimensionner un risque.",
                en="Volatility can be forecast better than the price: follow it (EWMA) to size a risk.",
            )
        )
    if "level-root" in p and not _below(p, "level-root"):
        steps.append(
            Text(
                fr="Travaillez sur les variations plutôt que sur le niveau : deux niveaux qui errent paraissent liés "
                "même quand rien ne les lie.",
                en="Work on moves rather than on the level: two wandering levels look related even when nothing "
                "relates them.",
            )
        )
    return steps


def _about_forecast(study: Mapping[str, Any]) -> list[Text]:
    refused = study.get("refused")
    if refused and refused["code"] != "too-few":
        return []  # more of the same would not help; the verdict says what the matter is
    if refused:
        return [
            Text(
                fr="Apportez une série plus longue pour savoir si elle se prévoit.",
                en="Bring a longer series to learn whether it can be forecast.",
            )
        ]
    advice = study["verdict"]["advice"]
    return [Text(fr=advice["fr"], en=advice["en"])]


def _below(p: Mapping[str, float | None], key: str) -> bool:
    value = p.get(key)
    return value is not None and value < _SIGNIFICANT
