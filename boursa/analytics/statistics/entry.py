"""What the catalogue says of a test and of its options; free of SciPy, for the web process lists them."""

from __future__ import annotations

from dataclasses import dataclass

from boursa.language import Text

ALTERNATIVES = ("two-sided", "less", "greater")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a test.

    `kind` is ``integer``, ``number``, ``fraction`` (strictly between 0 and 1), ``boolean`` or
    ``choice``; an ``integer`` with `choices` takes either. A default of None means that the data
    decide, as the note says. The `minimum` itself is allowed.
    """

    name: str
    kind: str
    default: object
    note: Text
    choices: tuple[str, ...] = ()
    minimum: float | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the option as JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "default": self.default,
            "choices": list(self.choices),
            "note": self.note.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class StatisticalTest:
    """One line of the catalogue.

    `inputs` is ``one`` (one sample), ``two`` (independent samples), ``paired`` (rows belong
    together), ``one-or-paired`` or ``series`` (the order of the values counts); `columns` the fewest
    and the most columns. `module` is a file of this package and `function` a function in it. Where
    `measured`, the sentences of the answer hold values in the unit of the columns.
    """

    name: str
    family: str
    question: Text
    summary: Text
    inputs: str
    columns: tuple[int, int]
    module: str
    function: str
    options: tuple[Option, ...] = ()
    alternatives: tuple[str, ...] = ()
    measured: bool = False

    def option_names(self) -> tuple[str, ...]:
        """Return the names of the options, in the order of the catalogue."""
        return tuple(option.name for option in self.options)

    def to_dict(self) -> dict[str, object]:
        """Return the line as JSON."""
        return {
            "name": self.name,
            "family": self.family,
            "question": self.question.to_dict(),
            "summary": self.summary.to_dict(),
            "inputs": self.inputs,
            "columns": list(self.columns),
            "alternatives": list(self.alternatives),
            "options": [option.to_dict() for option in self.options],
        }


METHOD = Option(
    "method",
    "choice",
    "auto",
    Text(
        fr="Loi exacte ou approchée de la statistique ; « auto » suit la règle de R.",
        en="Exact or approximate distribution of the statistic; “auto” follows R's rule.",
    ),
    choices=("auto", "exact", "asymptotic"),
)
CORRECTION = Option(
    "correction",
    "boolean",
    True,
    Text(
        fr="Correction de continuité de l’approximation normale.",
        en="Continuity correction of the normal approximation.",
    ),
)
CONFIDENCE = Option(
    "confidence",
    "fraction",
    0.95,
    Text(fr="Niveau des intervalles de confiance.", en="Level of the confidence intervals."),
)
MU = Option(
    "mu",
    "number",
    0.0,
    Text(fr="Valeur comparée, ou décalage supposé.", en="Value compared with, or supposed shift."),
)
