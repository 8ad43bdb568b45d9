"""Files that the people in the browser tests bring, made of a few lines so that each is known by heart."""

from __future__ import annotations

from datetime import date, timedelta

# The eight bytes that every PNG begins with, and the head of its first part.
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10\x00\x00\x00\x10\x08\x06\x00\x00\x00"
    + b"\x1f\xf3\xffa" * 40
)


def prices(rows: int = 400, *, start: float = 100.0, step: int = 7) -> str:
    """Return daily prices as French Excel writes them: semicolons, decimal commas, day first."""
    lines = ["Date;Clôture;Volume;Marché"]
    value = start
    for number in range(rows):
        value *= 1 + ((number * step) % 23 - 11) / 1500
        day = date(2023, 1, 2) + timedelta(days=number)
        market = "Abidjan" if number % 3 else "Paris"
        lines.append(f"{day:%d/%m/%Y};{value:.2f};{1000 + number * step % 97};{market}".replace(".", ","))
    return "\n".join(lines) + "\n"


def ambiguous(rows: int = 60) -> str:
    """Return values whose comma may mark decimals or thousands, and do not say which."""
    lines = ["Date;Taux"]
    lines += [f"{date(2024, 1, 1) + timedelta(days=number)};655,{901 + number % 7}" for number in range(rows)]
    return "\n".join(lines) + "\n"


def constant(rows: int = 60) -> str:
    """Return a series that never moves: most tests have no answer for it."""
    lines = ["Date;Taux"]
    lines += [f"{date(2024, 1, 1) + timedelta(days=number)};655,95" for number in range(rows)]
    return "\n".join(lines) + "\n"


def wide(columns: int = 12, rows: int = 4000) -> str:
    """Return many series in one file: its Bilan takes long enough to be stopped."""
    lines = ["date," + ",".join(f"S{number}" for number in range(columns))]
    for row in range(rows):
        values = (100 + ((row * (7 + number)) % (97 + number)) / 10 for number in range(columns))
        lines.append(
            f"{date(2010, 1, 1) + timedelta(days=row)}," + ",".join(f"{value:.1f}" for value in values)
        )
    return "\n".join(lines) + "\n"
