"""From a table to samples: the columns that were named, or one column by its groups."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boursa.errors import ColumnUnknown, InputError, NotNumeric, UsageError
from boursa.ingest import read
from boursa.ingest.selection import samples
from boursa.ingest.tables import Table

NAN = float("nan")
WIDE = b"date,a,b,note\n2025-01-13,1,4.5,x\n2025-01-14,,5.5,y\n2025-01-15,3,,z\n"
LONG = b"marche,valeur\nsud,1\nnord,2\nsud,\n,4\nnord,5\nest,6\n"
LONE = b"date,close\n2025-01-13,1\n2025-01-14,2\n2025-01-15,4\n"
WORDS = b"avis,pays\nbon,SN\nmauvais,CI\nbon,SN\n"


def _table(content: bytes) -> Table:
    return read(content, name="x.csv")


def _chosen(content: bytes, **wish: Any) -> dict[str, list[float]]:
    names, values = samples(_table(content), **wish)
    assert all(one.dtype == np.float64 for one in values)
    return dict(zip(names, map(list, values), strict=True))


def test_columns_come_in_the_order_in_which_they_were_named() -> None:
    # "Does the first help to predict the second" depends on it; a gap stays a gap.
    names, values = samples(_table(WIDE), columns=["b", "a"])
    assert names == ["b", "a"]
    np.testing.assert_array_equal(values, [[4.5, 5.5, NAN], [1, NAN, 3]])


def test_a_column_may_be_named_twice() -> None:
    # Comparing a series with itself is a good first check.
    names, values = samples(_table(WIDE), columns=["a", "a"])
    assert names == ["a", "a"]
    np.testing.assert_array_equal(values[0], values[1])


def test_the_only_column_of_numbers_needs_no_name() -> None:
    # The date beside it is none.
    assert _chosen(LONE) == {"close": [1, 2, 4]}


def test_several_columns_of_numbers_have_to_be_named() -> None:
    # The first would be a guess; the sentence lists what there is.
    with pytest.raises(UsageError, match=r"--columns.*: a, b\."):
        samples(_table(WIDE))


def test_a_file_without_numbers_is_refused() -> None:
    # As bad data, not as a bad command.
    with pytest.raises(InputError, match="no column of numbers"):
        samples(_table(WORDS))


def test_groups_keep_the_order_of_first_appearance() -> None:
    # Two-sample tests compare first with second: sorting would turn the sign of the effect.
    names, values = samples(_table(LONG), value="valeur", group="marche")
    assert names == ["sud", "nord", "est"]
    for one, expected in zip(values, [[1, NAN], [2, 5], [6]], strict=True):
        np.testing.assert_array_equal(one, expected)


def test_a_row_without_group_belongs_to_none() -> None:
    # Its value 4 is in no sample, and no group is called "None".
    names, values = samples(_table(LONG), value="valeur", group="marche")
    assert "None" not in names
    assert 4 not in np.concatenate(values)


def test_groups_can_be_chosen_and_ordered() -> None:
    # The others are left out.
    assert _chosen(LONG, value="valeur", group="marche", groups=["est", "nord"]) == {
        "est": [6],
        "nord": [2, 5],
    }


def test_groups_may_be_numbers() -> None:
    # Years as groups are read as they are written.
    content = b"annee,valeur\n2023,1.5\n2024,2.5\n2023,3.5\n"
    assert _chosen(content, value="valeur", group="annee") == {"2023": [1.5, 3.5], "2024": [2.5]}


@pytest.mark.parametrize(
    ("content", "wish", "error", "said"),
    [
        (WIDE, {"columns": ["a", "volume"]}, ColumnUnknown, "volume.*date, a, b, note"),
        (WIDE, {"columns": ["note"]}, NotNumeric, "note"),
        (WIDE, {"columns": ["date"]}, NotNumeric, "date"),
        (LONG, {"value": "valeur", "group": "pays"}, ColumnUnknown, "pays"),
        (LONG, {"value": "marche", "group": "valeur"}, NotNumeric, "marche"),
        (
            LONG,
            {"value": "valeur", "group": "marche", "groups": ["ouest"]},
            ColumnUnknown,
            "ouest.*sud, nord",
        ),
        (LONG, {"value": "valeur"}, UsageError, "--group"),
        (LONG, {"group": "marche"}, UsageError, "--value"),
        (LONG, {"value": "valeur", "group": "marche", "columns": ["valeur"]}, UsageError, "either"),
        (LONG, {"groups": ["sud"], "columns": ["valeur"]}, UsageError, "--group"),
    ],
)
def test_a_wish_that_the_table_cannot_grant_is_refused(
    content: bytes, wish: dict[str, Any], error: type[Exception], said: str
) -> None:
    # By the most precise class, with the offending name and what there is instead.
    with pytest.raises(error, match=said):
        samples(_table(content), **wish)
