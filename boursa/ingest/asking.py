"""The sentences of reading a file: questions, reasons for a rejected cell, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from boursa.ingest import choices
from boursa.ingest.dateorder import Order
from boursa.ingest.months import fold
from boursa.ingest.options import ParseOptions
from boursa.ingest.remarks import Note, Question
from boursa.language import Text, integer

NOT_A_NUMBER = Text(fr="Ce n’est pas un nombre.", en="Not a number.")
NOT_A_DATE = Text(fr="Ce n’est pas une date.", en="Not a date.")
MIXED_PERCENT = Text(
    fr="Le signe % manque ici ou est de trop : la plupart des valeurs de la colonne sont écrites autrement.",
    en="The percent sign is missing or unexpected: most values of the column are written otherwise.",
)
TOTAL_LINE = Text(
    fr="Ligne de total ou de note, pas une observation.", en="A line of totals or a note, no observation."
)
UNDECODABLE = Text(
    fr="Des octets de cette ligne ne sont pas de l’UTF-8 ; ils ont été remplacés par « � ».",
    en="Some bytes of this line are not UTF-8; they were replaced by “�”.",
)

_UNIT_FR = {"s": "secondes", "ms": "millisecondes", "us": "microsecondes", "ns": "nanosecondes"}
_UNIT_EN = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_MARK_FR = {",": "virgule", ".": "point"}
_MARK_EN = {",": "comma", ".": "point"}
_NAMED = 5  # columns that a question names before it counts the rest
# Column names that only French uses; "date", "volume" and "action" prove nothing.
_FRENCH = frozenset(
    {
        "cloture",
        "ouverture",
        "cours",
        "dernier",
        "ouv",
        "haut",
        "bas",
        "jour",
        "mois",
        "annee",
        "prix",
        "valeur",
        "symbole",
        "seance",
        "rendement",
        "taux",
        "libelle",
        "quantite",
        "variation",
        "indice",
        "societe",
        "achat",
        "vente",
        "montant",
    }
)


def speaks_french(names: Iterable[str]) -> bool:
    """Say whether a column's name is a word that only French uses."""
    return any(word in _FRENCH for name in names for word in fold(name).replace("_", " ").split())


def about_decimal(columns: Sequence[str], examples: Sequence[str], separator: str) -> Question:
    """Ask what the mark in ``1,234`` is; the likelier answer comes first.

    `examples` hold one value for each mark that is open: where columns have different marks, one answer
    decides both.
    """
    mark = "," if "," in examples[0] else "."
    other = "." if mark == "," else ","
    marks = (other, mark) if separator == "," and mark == "," else (mark, other)
    named = _named(columns)
    return Question(
        column=columns[0],
        code="decimal",
        option="decimal",
        question=Text(
            fr=f"{named.fr} : que vaut « {examples[0]} » ?", en=f"{named.en}: how much is “{examples[0]}”?"
        ),
        choices=marks,
        labels=choices.of_decimal(examples, marks),
        columns=tuple(columns),
    )


def about_order(columns: Sequence[str], example: str, days: Mapping[str, date]) -> Question:
    """Ask whether the day or the month comes first; `days` is what `example` would be in each order."""
    named = _named(columns)
    return Question(
        column=columns[0],
        code="date-order",
        option="dates",
        question=Text(
            fr=f"{named.fr} : quelle date est « {example} » ? Aucune date du fichier ne permet de trancher.",
            en=f"{named.en}: which date is “{example}”? No date in the file decides it.",
        ),
        choices=("dmy", "mdy"),
        labels=choices.of_orders(("dmy", "mdy"), example, days),
        columns=tuple(columns),
    )


def about_mixed_orders(
    columns: Sequence[str], order: Order, example: str = "", days: Mapping[str, date] | None = None
) -> Question:
    """Ask about columns in which two orders contradict each other; `order` counts their dates together."""
    orders = (order.order, "mdy" if order.order == "dmy" else "dmy")
    named = _named(columns)
    return Question(
        column=columns[0],
        code="date-order-mixed",
        option="dates",
        question=Text(
            fr=f"{named.fr} : dates distinctes qui ne se lisent que dans l’ordre "
            f"{choices.ORDER_FR[order.order]} : {integer(order.in_favour, 'fr')} ; "
            f"seulement dans un autre : {integer(order.against, 'fr')}. "
            "Quel ordre est le bon ? Les dates qui se lisent des deux façons peuvent être fausses.",
            en=f"{named.en}: distinct dates that can only be read as "
            f"{choices.ORDER_EN[order.order]}: {integer(order.in_favour, 'en')}; "
            f"only in another order: {integer(order.against, 'en')}. "
            "Which order is right? Dates that can be read both ways may be wrong.",
        ),
        choices=orders,
        labels=choices.of_orders(orders, example, days or {}),
        columns=tuple(columns),
    )


def about_separator(line: str) -> Question:
    """Ask whether the comma of a line such as ``1,5`` is decimal or cuts it in two."""
    shown = line.strip().strip('"')
    before, _, after = shown.partition(",")
    return Question(
        column=None,
        code="separator",
        option="separator",
        question=Text(
            fr=f"Que tient la ligne « {shown} » : un nombre ou deux ?",
            en=f"What does the line “{shown}” hold: one number or two?",
        ),
        choices=(";", ","),
        labels=(
            Text(
                fr=f"Un nombre, {before},{after} : la virgule est décimale, il y a une colonne",
                en=f"One number, {before}.{after}: the comma is the decimal mark, there is one column",
            ),
            Text(
                fr=f"Deux nombres, {before} et {after} : la virgule sépare deux colonnes",
                en=f"Two numbers, {before} and {after}: the comma separates two columns",
            ),
        ),
    )


def _named(columns: Sequence[str]) -> Text:
    """Name columns at the beginning of a question, the first few of many."""
    fr = ", ".join(f"« {name} »" for name in columns[:_NAMED])
    en = ", ".join(f"“{name}”" for name in columns[:_NAMED])
    if len(columns) == 1:
        return Text(fr=f"Colonne {fr}", en=f"Column {en}")
    if more := len(columns) - _NAMED if len(columns) > _NAMED else 0:
        fr, en = f"{fr} et {integer(more, 'fr')} de plus", f"{en} and {integer(more, 'en')} more"
    return Text(fr=f"Colonnes {fr}", en=f"Columns {en}")


def other_order(order: str) -> Text:
    """Say that a date is possible only in another order than the column's."""
    return Text(
        fr=f"Cette date n’existe pas dans l’ordre {choices.ORDER_FR[order]} de la colonne.",
        en=f"There is no such date in the column’s order, {choices.ORDER_EN[order]}.",
    )


def ragged(found: int, expected: int) -> Text:
    """Say that a line does not have as many cells as the table has columns."""
    return Text(
        fr=f"La ligne a {found} cellule{'s' if found > 1 else ''} au lieu de {expected}.",
        en=f"The line has {found} cell{'s' if found != 1 else ''} instead of {expected}.",
    )


def other_decimal(column: str, decimal: str) -> Note:
    """Say that one column has another decimal mark than the rest of the file."""
    return Note(
        "other-decimal",
        column,
        Text(
            fr=f"Dans cette colonne, la marque décimale est : {_MARK_FR[decimal]} (ailleurs, c’est l’autre).",
            en=f"In this column the decimal mark is the {_MARK_EN[decimal]}, unlike in the others.",
        ),
    )


def percent(column: str) -> Note:
    """Say that percentages were turned into fractions."""
    return Note(
        "percent",
        column,
        Text(
            fr="Les pourcentages sont lus comme des fractions : 1 % devient 0,01.",
            en="Percentages are read as fractions: 1% becomes 0.01.",
        ),
    )


def money(column: str, units: frozenset[str]) -> Note:
    """Say which currency marks were taken off."""
    marks = ", ".join(sorted(units))
    return Note(
        "money",
        column,
        Text(
            fr=f"Marque monétaire retirée des nombres : {marks}.",
            en=f"Currency mark removed from the numbers: {marks}.",
        ),
    )


def in_utc(column: str) -> Note:
    """Say that moments with a zone were brought to UTC."""
    return Note(
        "utc",
        column,
        Text(
            fr="Les heures portent un fuseau ; elles sont converties en temps universel (UTC).",
            en="The times carry a zone; they are converted to universal time (UTC).",
        ),
    )


def two_digit_years(column: str, first: int, last: int) -> Note:
    """Say in which century years of two digits were read."""
    span_fr = f"{first}" if first == last else f"{first} à {last}"
    span_en = f"{first}" if first == last else f"{first} to {last}"
    return Note(
        "two-digit-years",
        column,
        Text(
            fr=f"Les années n’ont que deux chiffres ; elles sont lues ainsi : {span_fr}.",
            en=f"The years have two digits only; they are read as: {span_en}.",
        ),
    )


def unix_time(column: str, unit: str) -> Note:
    """Say that whole numbers were read as moments; `unit` is s, ms, us or ns."""
    return Note(
        "unix-time",
        column,
        Text(
            fr=f"Ces nombres comptent les {_UNIT_FR[unit]} depuis 1970 (temps Unix) ; "
            "ils sont lus comme des dates, en temps universel (UTC).",
            en=f"These numbers count {_UNIT_EN[unit]} since 1970 (Unix time); "
            "they are read as dates, in universal time (UTC).",
        ),
    )


def became_text(column: str, kind: str, options: ParseOptions) -> Note:
    """Say that options that were given make text of a column that holds a `kind`: number or date."""
    said = _chosen(options, ("dates",) if kind == "date" else ("decimal", "thousands"))
    held_fr, held_en = {"number": ("nombres", "numbers"), "date": ("dates", "dates")}[kind]
    return Note(
        "became-text",
        column,
        Text(
            fr=f"La colonne « {column} » ne se lit pas avec ce qui a été choisi ({said.fr}) : elle est "
            f"prise pour du texte. Lue sans ce choix, elle contient des {held_fr}.",
            en=f"The column “{column}” cannot be read with what was chosen ({said.en}): it is taken "
            f"for text. Without that choice it holds {held_en}.",
        ),
    )


def _chosen(options: ParseOptions, about: Sequence[str]) -> Text:
    """Name what was chosen `about` these options; all that was chosen, if that is nothing."""
    said = {}
    if options.decimal:
        said["decimal"] = (
            f"marque décimale : {_MARK_FR[options.decimal]}",
            f"decimal mark: {_MARK_EN[options.decimal]}",
        )
    if options.thousands is not None:
        said["thousands"] = f"milliers : « {options.thousands} »", f"thousands: “{options.thousands}”"
    if options.dates:
        said["dates"] = (
            f"ordre des dates : {choices.ORDER_FR[options.dates]}",
            f"order of dates: {choices.ORDER_EN[options.dates]}",
        )
    chosen = [said[option] for option in about if option in said] or list(said.values())
    return Text(fr=", ".join(fr for fr, _ in chosen), en=", ".join(en for _, en in chosen))


def renamed(column: str, before: str) -> Note:
    """Say that an empty or repeated column name was replaced."""
    fr = f"Nom de colonne répété (« {before} »), remplacé par « {column} »."
    en = f"Repeated column name (“{before}”), replaced by “{column}”."
    if not before:
        fr = f"Colonne sans nom, appelée « {column} »."
        en = f"Column without a name, called “{column}”."
    return Note("renamed", column, Text(fr=fr, en=en))


def above_the_data(lines: tuple[int, ...]) -> Note:
    """Say that lines above the data are neither header nor data."""
    numbers = ", ".join(map(str, lines[:10])) + ("…" if len(lines) > 10 else "")
    return Note(
        "preamble",
        None,
        Text(
            fr=f"Lignes ignorées au-dessus des données : {numbers}.",
            en=f"Lines ignored above the data: {numbers}.",
        ),
    )


def empty_tail(count: int) -> Note:
    """Say that rows without any value at the end were left out."""
    return Note(
        "empty-rows",
        None,
        Text(
            fr=f"Lignes entièrement vides ignorées à la fin : {integer(count, 'fr')}.",
            en=f"Entirely empty rows ignored at the end: {integer(count, 'en')}.",
        ),
    )
