"""Datasets belong to somebody; the same bytes are one version, other bytes the next."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from boursa.errors import Conflict, NotAllowed, NotFound
from boursa.services import datasets
from boursa.services.datasets import Parsed
from boursa.services.policy import OPERATOR, Actor
from boursa.storage.models import AuditEntry, User


def _parsed(content: str = "a", table: str = "t", filename: str = "ventes.csv") -> Parsed:
    return Parsed(filename, content * 64, 10, table * 64, 3, {"separator": ";"}, {"rows": 3})


def _person(session: Session, name: str) -> Actor:
    user = User(username=name)
    session.add(user)
    session.flush()
    return Actor(user.id, "analyst")


def test_two_people_with_the_same_file_name_do_not_meet(session: Session) -> None:
    # The earlier BoursA let the second upload replace the first person's data.
    awa, ben = _person(session, "awa"), _person(session, "ben")
    first = datasets.bring_in(session, awa, _parsed("a"))
    second = datasets.bring_in(session, ben, _parsed("b"))
    assert first.data_file_id != second.data_file_id
    assert [dataset.id for dataset in datasets.listed(session, awa)] == [first.data_file_id]
    with pytest.raises(NotFound):
        datasets.get(session, awa, second.data_file_id)


def test_the_same_bytes_read_in_the_same_way_are_one_version(session: Session) -> None:
    # Dropping a file twice does not make two of it.
    first, again = (datasets.bring_in(session, OPERATOR, _parsed()) for _ in range(2))
    assert first.id == again.id


def test_other_bytes_under_the_same_name_are_the_next_version(session: Session) -> None:
    # What was computed on the first version can still be computed again.
    numbers = [datasets.bring_in(session, OPERATOR, _parsed(content)).number for content in "ab"]
    assert numbers == [1, 2]


def test_the_same_bytes_read_otherwise_are_the_next_version(session: Session) -> None:
    # A corrected date order gives another table, and must not change the first one.
    numbers = [datasets.bring_in(session, OPERATOR, _parsed(table=table)).number for table in "tu"]
    assert numbers == [1, 2]


def test_a_deleted_dataset_is_gone_from_every_list_and_noted(session: Session) -> None:
    # Deleting is an act that the audit log remembers.
    version = datasets.bring_in(session, OPERATOR, _parsed())
    datasets.delete(session, OPERATOR, version.data_file_id)
    assert datasets.listed(session, OPERATOR) == []
    with pytest.raises(NotFound):
        datasets.get(session, OPERATOR, version.data_file_id)
    session.flush()
    assert [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.id)] == [
        "dataset.create",
        "dataset.delete",
    ]


def test_a_viewer_brings_nothing(session: Session) -> None:
    # Viewers look.
    with pytest.raises(NotAllowed):
        datasets.bring_in(session, Actor(None, "viewer"), _parsed())


def test_what_was_deleted_can_be_put_back_by_whoever_may_delete_it(session: Session) -> None:
    # An undo for one's own mistake, not a way to see other people's data.
    awa, ben = _person(session, "awa"), _person(session, "ben")
    version = datasets.bring_in(session, awa, _parsed())
    datasets.delete(session, awa, version.data_file_id)
    with pytest.raises(NotFound):
        datasets.restore(session, ben, version.data_file_id)
    for _ in range(2):  # twice is as good as once
        datasets.restore(session, awa, version.data_file_id)
    assert datasets.get(session, awa, version.data_file_id).deleted_at is None
    session.flush()
    acts = [entry.action for entry in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["dataset.create", "dataset.delete", "dataset.restore"]


def test_a_dataset_takes_a_name_that_no_other_of_that_person_has(session: Session) -> None:
    # Two of one name could not be told apart, and the next upload would not know which is meant.
    awa, ben = _person(session, "awa"), _person(session, "ben")
    first = datasets.bring_in(session, awa, _parsed(filename="a.csv")).data_file_id
    datasets.bring_in(session, awa, _parsed(filename="b.csv"))
    datasets.bring_in(session, ben, _parsed(filename="c.csv"))
    with pytest.raises(Conflict, match=r"b\.csv"):
        datasets.rename(session, awa, first, " b.csv ")
    with pytest.raises(NotFound):
        datasets.rename(session, ben, first, "mine.csv")
    assert datasets.rename(session, awa, first, "c.csv").filename == "c.csv"
    assert datasets.rename(session, awa, first, "c.csv").filename == "c.csv"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("ventes.csv", "ventes.csv"),
        ("C:\\Users\\awa\\ventes.csv", "ventes.csv"),
        ("../../etc/passwd", "passwd"),
        ("dossier/", "dossier"),
        ("a\x00b\nc\u202ed.csv", "ab cd.csv"),
        ("Cloture\u0301.csv", "Clotur\u00e9.csv"),
        ("  deux   mots.csv ", "deux mots.csv"),
        ("..", "data"),
        ("", "data"),
        ("\ud800.csv", ".csv"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
        ("x" * 300, "x" * 255),
    ],
)
def test_a_name_from_outside_is_cleaned(given: str, name: str) -> None:
    # It is shown, stored and sent back as a file name: no folder, nothing invisible, not too long.
    assert datasets.clean_name(given) == name


def test_what_comes_back_does_not_take_the_name_of_what_came_meanwhile(session: Session) -> None:
    # Of two data of one name, the next upload would go to the one that nobody means.
    first = datasets.bring_in(session, OPERATOR, _parsed("a")).data_file_id
    datasets.delete(session, OPERATOR, first)
    second = datasets.bring_in(session, OPERATOR, _parsed("b")).data_file_id
    with pytest.raises(Conflict, match="ventes"):
        datasets.restore(session, OPERATOR, first)
    datasets.rename(session, OPERATOR, second, "autres.csv")
    assert datasets.restore(session, OPERATOR, first).deleted_at is None
