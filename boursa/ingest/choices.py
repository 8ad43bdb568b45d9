"""What each answer to a question would make of a value of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from boursa.language import Text, integer

ORDER_FR = {"dmy": "jour/mois/année", "mdy": "mois/jour/année", "ymd": "année/mois/jour"}
ORDER_EN = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}
_MONTHS_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_MONTHS_EN = "January February March April May June July August September October November December"


def of_decimal(examples: Sequence[str], marks: Sequence[str]) -> tuple[Text, ...]:
    """Say for each decimal mark what the `examples` are; they are of the kind ``1.905`` or ``1,905``."""
    return tuple(_joined([_amount(example, mark) for example in examples]) for mark in marks)


def _joined(texts: Sequence[Text]) -> Text:
    return Text(fr=" ; ".join(one.fr for one in texts), en="; ".join(one.en for one in texts))


def _amount(example: str, decimal: str) -> Text:
    # In words too: a thousand nine hundred and five is written 1,905 in English, as the file has it.
    mark = "," if "," in example else "."
    before, _, after = example.partition(mark)
    whole, digits = int(_digits(before) or 0), _digits(after)[:3]
    shown, rest = f"{whole}{mark}{digits}", int(digits or 0)
    if mark == decimal:
        about = (f"entre {whole} et {whole + 1}", f"between {whole} and {whole + 1}")
        fr, en = about if rest else (f"exactement {whole}", f"exactly {whole}")
        return Text(fr=f"{shown} = {whole},{digits} ({fr})", en=f"{shown} = {whole}.{digits} ({en})")
    value = 1000 * whole + rest
    fr, en = f"{whole} millier{'s' if whole > 1 else ''}", f"{whole} thousand"
    if rest:
        fr, en = f"{fr} et {rest}", f"{en} and {rest}"
    return Text(fr=f"{shown} = {integer(value, 'fr')} ({fr})", en=f"{shown} = {integer(value, 'en')} ({en})")


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isascii() and char.isdigit())


def of_orders(orders: Sequence[str], example: str, days: Mapping[str, date]) -> tuple[Text, ...]:
    """Say what each order of dates means, on the `example` where there is one that reads both ways."""
    words = [Text(fr=ORDER_FR[order], en=ORDER_EN[order]) for order in orders]
    if not days:
        return tuple(words)
    return tuple(
        Text(fr=f"{example} = {day.fr} ({word.fr})", en=f"{example} = {day.en} ({word.en})")
        for word, day in zip(words, [_day(days[order]) for order in orders], strict=True)
    )


def _day(day: date) -> Text:
    month_fr, month_en = (months.split()[day.month - 1] for months in (_MONTHS_FR, _MONTHS_EN))
    first = "1er" if day.day == 1 else str(day.day)
    return Text(fr=f"{first} {month_fr} {day.year}", en=f"{day.day} {month_en} {day.year}")
