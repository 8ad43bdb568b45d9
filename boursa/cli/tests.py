"""``boursa test``: one statistical test on a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from boursa.analytics.readings import tables, words
from boursa.analytics.statistics import catalogue
from boursa.cli import files, output, page
from boursa.cli.lazy import Speaking
from boursa.cli.progress import TerminalReport
from boursa.cli.speaking import language, say
from boursa.errors import UsageError
from boursa.language import N_, integer, number, percent


@click.command(
    cls=Speaking,
    help=N_("Run the test NAME on FILE; `boursa test list` names all tests with their questions."),
    epilog=N_("Example: boursa test mann-whitney cours.csv --columns AAPL,MSFT --option method=exact"),
)
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path), required=False, metavar="[FILE]")
@click.option("--columns", help=N_("Columns of numbers, one sample each: a,b,c."))
@click.option("--value", help=N_("Long form: the column of numbers."))
@click.option("--group", help=N_("Long form: the column that says which group a row belongs to."))
@click.option("--groups", help=N_("Which groups, in this order: a,b."))
@click.option(
    "--moves",
    is_flag=True,
    help=N_("Test the moves of the columns (log returns, or differences), not their values."),
)
@click.option(
    "--option", "options", multiple=True, metavar="KEY=VALUE", help=N_("An option of the test; repeatable.")
)
@click.option("--alternative", help=N_("two-sided, less or greater."))
@files.parse_options
@click.option("--no-history", is_flag=True, help=N_("Keep nothing in History."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def test(name: str, file: Path | None, no_history: bool, as_json: bool, **given: Any) -> None:
    """List the tests, or run one."""
    if name == "list":
        _list(as_json)
        return
    if file is None:
        raise UsageError(N_("Name the file: boursa test {name} FILE"), name=name)
    _run(catalogue.find(name).name, file, given, record=not no_history, as_json=as_json)


def _list(as_json: bool) -> None:
    if as_json:
        output.write_json([one.to_dict() for one in catalogue.CATALOGUE])
        return
    family = None
    for one in catalogue.CATALOGUE:
        if one.family != family:
            page.write(page.heading(one.family))
            family = one.family
        page.write(page.paragraph(one.question[language()], mark=f"{one.name:<20} "))


def _run(name: str, file: Path, given: dict[str, Any], *, record: bool, as_json: bool) -> None:
    from boursa.cli import datasets, recording  # PyArrow, which listing the tests does not need
    from boursa.services import computations  # the numerical libraries, the same

    table, content = files.settled(file, files.take_options(given))
    parameters = files.chosen(
        test=name,
        columns=files.listed(given["columns"]),
        value=given["value"],
        group=given["group"],
        groups=files.listed(given["groups"]),
        moves=given["moves"] or None,
        options=_pairs(given["options"]) or None,
        alternative=given["alternative"],
    )
    result, kept = recording.compute(
        computations.test, table, parameters, TerminalReport(), content=content, record=record
    )
    if as_json:
        output.write_json({**result.result, "data": files.facts(table), "history": kept})
    else:
        page.write(datasets.remarks(table))
        page.write(lines(result.result))
        recording.say_where(kept)


def _pairs(options: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for option in options:
        key, mark, value = option.partition("=")
        if not mark or not key:
            raise UsageError(N_("Options are written key=value, not “{option}”."), option=option)
        pairs[key.strip()] = value.strip()
    return pairs


def lines(result: Mapping[str, Any]) -> list[str]:
    """Return a test's result as text."""
    test = catalogue.find(result["test"])
    text = page.heading(f"{test.question[language()]}  ·  {result['test']}")
    text += page.paragraph(result["reading"][language()])
    text += ["", *page.paragraph(_numbers(result))]
    if result["effect"]:
        text += page.paragraph(_effect(result["effect"]))
    text += page.paragraph(say(N_("Null hypothesis: {null}"), null=result["null"][language()]))
    for one in result["assumptions"]:
        mark = {True: "✓ ", False: "✗ ", None: "· "}[one["held"]]
        text += page.paragraph(one["note"][language()], mark=mark)
    for one in result["warnings"]:
        text += page.paragraph(one["note"][language()], mark="! ")
    return [*text, *page.paragraph(result["reference"], mark="→ ")]


def _numbers(result: Mapping[str, Any]) -> str:
    sizes = ", ".join(f"n({one['name']}) = {integer(one['n'], language())}" for one in result["samples"])
    df = result["df"]
    parts = [
        tables.evidence(result["test"], result, language())
        + (f" ({sizes})" if len(result["samples"]) > 1 else ""),
        say(N_("method: {method}"), method=words.method(result["method"], language())),
        say(N_("missing values dropped: {n}"), n=integer(result["n_dropped"], language())),
    ]
    if df is not None:
        degrees = df if isinstance(df, list) else [df]
        parts.insert(1, "df = " + ", ".join(tables.quantity(one, language()) for one in degrees))
    return "; ".join(parts)


def _effect(effect: Mapping[str, Any]) -> str:
    text = (
        f"{words.named(words.MEASURES, effect['name'], language())} = {number(effect['value'], language())}"
    )
    if effect["ci_low"] is None and effect["ci_high"] is None:
        return text
    low, high = (
        number(effect[side], language()) if effect[side] is not None else "∞"
        for side in ("ci_low", "ci_high")
    )
    level = percent(effect["level"], language(), 0)
    return text + " " + say(N_("({level} interval from {low} to {high})"), level=level, low=low, high=high)
