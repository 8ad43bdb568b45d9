"""The profile says exactly what a table holds."""

import json
import statistics

from boursa.ingest import read
from boursa.ingest.profile import profile
from boursa.ingest.remarks import left_out

TEXT = (
    "Date;Cours;Volume;Code;Vrai;Vide\n13/01/2020;1,5;10;a;VRAI;\n14/01/2020;2,5;10;b;FAUX;\n"
    "15/01/2020;;30;a;;\n16/01/2020;4,25;40;;VRAI;\n16/01/2020;4,25;zut;a;VRAI;\n17/01/2020;1;50;a;FAUX;\n"
)


def test_the_profile_counts_exactly() -> None:
    """Each figure equals the one that Python's statistics module gives for the values written above."""
    told = profile(read(TEXT.encode(), name="f.csv")).to_dict()
    by_name = {column["name"]: column for column in told["columns"]}
    prices, volumes = [1.5, 2.5, 4.25, 4.25, 1.0], [10, 10, 30, 40, 50]
    assert by_name["Cours"] == {
        "name": "Cours",
        "type": "number",
        "missing": 1,
        "distinct": 4,
        "min": 1.0,
        "max": 4.25,
        "mean": statistics.mean(prices),
        "std": statistics.stdev(prices),
    }
    assert by_name["Volume"]["type"] == "integer"
    assert (by_name["Volume"]["distinct"], by_name["Volume"]["missing"]) == (4, 1)
    assert by_name["Volume"]["std"] == statistics.stdev(volumes)
    assert (by_name["Date"]["min"], by_name["Date"]["max"], by_name["Date"]["distinct"]) == (
        "2020-01-13",
        "2020-01-17",
        5,
    )
    assert (by_name["Code"]["type"], by_name["Code"]["distinct"], by_name["Code"]["missing"]) == (
        "text",
        2,
        1,
    )
    assert (by_name["Vrai"]["type"], by_name["Vrai"]["distinct"]) == ("boolean", 2)
    assert (by_name["Vide"]["missing"], by_name["Vide"]["distinct"], by_name["Vide"]["mean"]) == (6, 0, None)


def test_the_profile_is_the_json_that_was_promised() -> None:
    """The names of the interface, serialisable, without NaN."""
    told = profile(read(TEXT.encode(), name="f.csv")).to_dict()
    assert told == json.loads(json.dumps(told, allow_nan=False))
    assert set(told) >= {"rows", "dialect", "columns", "questions", "rejected", "roles"}
    assert told["rows"] == 6
    assert told["dialect"] == {
        "separator": ";",
        "encoding": "utf-8",
        "decimal": ",",
        "thousands": None,
        "dates": "dmy",
    }
    (cell,) = told["rejected"]
    assert (cell["line"], cell["column"], cell["value"]) == (6, "Volume", "zut")
    assert set(cell["reason"]) == {"fr", "en"}


def test_questions_name_their_choices() -> None:
    """A program can answer: the choices are values of the named option."""
    (question,) = profile(read(b"d,x\n01/02/2025,1\n", name="f")).to_dict()["questions"]
    assert (question["column"], question["choices"], question["option"]) == ("d", ["dmy", "mdy"], "dates")
    assert set(question["question"]) == {"fr", "en"}


def test_sums_of_large_volumes_do_not_overflow() -> None:
    """Three volumes of 4e18 have a mean of 4e18, not a negative one."""
    told = profile(
        read(b"v,x\n4000000000000000000,1\n4000000000000000001,2\n4000000000000000002,3\n", name="f")
    )
    assert told.columns[0].type == "integer"
    assert told.columns[0].distinct == 3
    assert told.columns[0].mean == 4e18


def test_minus_zero_is_zero() -> None:
    """-0,00 and 0,00 are one distinct value."""
    told = profile(read(b"x;t\n-0,00;a\n0,00;b\n1,50;c\n", name="f"))
    assert told.columns[0].distinct == 2


def test_a_column_with_an_infinity_is_still_json() -> None:
    """What is not finite is null there, never the letters that JSON lacks."""
    told = profile(read(b"x;y\n1;2\ninf;3\n2;4\n", name="f.csv")).to_dict()
    column = told["columns"][0]
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (column["type"], column["missing"], column["min"]) == ("number", 0, 1.0)
    assert (column["max"], column["mean"], column["std"]) == (None, None, None)


def test_whole_lines_and_single_cells_are_counted_apart() -> None:
    """Ten lines that were dropped are not ten cells; both are among `rejected_total`."""
    text = "d;x\n" + "".join(f"a;{n},5\n" for n in range(20)) + "b;zut\nc\nd\nTotal;7,5\n"
    found = profile(read(text.encode(), name="f.csv")).to_dict()
    assert (found["rejected_total"], found["rejected_counts"]) == (3, {"lines": 2, "cells": 1, "damaged": 0})


def test_one_is_singular_and_in_french_nothing_too() -> None:
    """ "1 cells" is no English, and "1 cellules" no French."""
    assert left_out({"lines": 1, "cells": 2}, "en") == ["1 line was left out.", "2 cells were left out."]
    assert left_out({"lines": 2, "cells": 1}, "fr") == [
        "2 lignes ont été écartées.",
        "1 cellule a été écartée.",
    ]
    assert left_out({"damaged": 1}, "en") == ["1 line has bytes that are not UTF-8; they were replaced."]
    assert left_out({}, "fr") == []
