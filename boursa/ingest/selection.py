"""From a table to the samples of a test: columns side by side, or one column split by groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boursa.errors import ColumnUnknown, InputError, UsageError
from boursa.ingest.tables import Table
from boursa.language import N_

Samples = tuple[list[str], list[NDArray[np.float64]]]


def samples(
    table: Table,
    *,
    columns: Sequence[str] | None = None,
    value: str | None = None,
    group: str | None = None,
    groups: Sequence[str] | None = None,
) -> Samples:
    """Return names and values of the samples that were asked for.

    Without any wish, the table's only column of numbers is meant.

    Raises
    ------
    UsageError
        If both forms are mixed, or the table has several columns of numbers and none was named.
    ColumnUnknown, NotNumeric, InputError
    """
    if (value is None) != (group is None) or (value is not None and columns) or (groups and value is None):
        raise UsageError(N_("Name either --columns, or --value together with --group."))
    if value is not None and group is not None:
        return _by_group(table, value, group, groups)
    names = list(columns or _only(table))
    return names, [table.floats(name) for name in names]


def _only(table: Table) -> Sequence[str]:
    if len(table.numeric) == 1:
        return table.numeric
    if not table.numeric:
        raise InputError(N_("The file has no column of numbers, so there is nothing to analyse."))
    raise UsageError(
        N_("Name the columns with --columns; the columns of numbers are: {columns}."),
        columns=", ".join(table.numeric[:30]),
    )


def _by_group(table: Table, value: str, group: str, groups: Sequence[str] | None) -> Samples:
    numbers, labels = table.floats(value), table.texts(group)
    members: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        if label is not None:
            members.setdefault(label, []).append(row)  # a dict keeps the order of first appearance
    wanted = list(groups or members)
    for label in wanted:
        if label not in members:
            raise ColumnUnknown(
                N_("There is no group “{group}” in {column}; the groups are: {groups}."),
                group=label,
                column=group,
                groups=", ".join(list(members)[:30]),
            )
    return wanted, [numbers[members[label]] for label in wanted]
