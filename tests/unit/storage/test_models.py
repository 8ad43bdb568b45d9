"""The tables keep what they are given, the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, inspect
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from boursa.runtime import Runtime
from boursa.storage.models import Base, Dataset, DatasetVersion, HistoryEntry, Job, User


def test_every_model_has_its_table(installation: Runtime) -> None:
    # The migrations make exactly the tables of the models, and Alembic's own.
    assert set(inspect(installation.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_a_moment_comes_back_aware_and_to_the_microsecond(installation: Runtime) -> None:
    # A time in another zone is kept as the same moment, and read as UTC.
    moment = datetime(2025, 12, 31, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=-5)))
    with installation.unit_of_work() as session:
        session.add(User(username="awa", last_login=moment))
    with installation.unit_of_work() as session:
        read = session.query(User).one().last_login
    assert read == moment
    assert read is not None
    assert read.tzinfo is UTC


def test_a_moment_without_zone_is_refused(session: Session) -> None:
    # A naive datetime means something else on every machine.
    session.add(User(username="awa", last_login=datetime(2025, 1, 1)))  # noqa: DTZ001 - the fault under test
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


def test_foreign_keys_are_enforced(session: Session) -> None:
    # SQLite does not by itself; a version of no dataset must be impossible there too.
    session.add(_version(data_file_id=999))
    with pytest.raises(IntegrityError):
        session.flush()


def test_deleting_a_person_keeps_results(installation: Runtime) -> None:
    # Results outlive the account that asked for them; they only lose their owner.
    with installation.unit_of_work() as session:
        user = User(username="awa")
        session.add(user)
        session.flush()
        session.add(HistoryEntry(test_name="adf", parameters={}, result={"p_value": 0.5}, owner_id=user.id))
    with installation.unit_of_work() as session:
        session.execute(delete(User))
    with installation.unit_of_work() as session:
        entry = session.query(HistoryEntry).one()
        assert entry.owner_id is None
        assert entry.result == {"p_value": 0.5}


def test_deleting_a_dataset_takes_its_versions(installation: Runtime) -> None:
    # The database itself cascades: no path can leave versions of nothing behind.
    with installation.unit_of_work() as session:
        dataset = Dataset(filename="ventes.csv")
        session.add(dataset)
        session.flush()
        session.add(_version(data_file_id=dataset.id))
    with installation.unit_of_work() as session:
        session.execute(delete(Dataset))
    with installation.unit_of_work() as session:
        assert session.query(DatasetVersion).count() == 0


def test_json_keeps_accents_and_null_characters(installation: Runtime) -> None:
    # PostgreSQL's JSONB refuses \\u0000, which old files hold; JSON keeps it.
    payload = {"clôture": "été\u0000", "n": 1.5, "none": None}
    with installation.unit_of_work() as session:
        session.add(Job(kind="test", payload=payload))
    with installation.unit_of_work() as session:
        assert session.query(Job).one().payload == payload


def _version(**fields: int) -> DatasetVersion:
    return DatasetVersion(
        number=1,
        content_sha256="a" * 64,
        size_bytes=1,
        parse_options={},
        recipe={},
        table_sha256="b" * 64,
        n_rows=1,
        profile={},
        **fields,
    )


def test_names_are_compared_letter_by_letter(session: Session) -> None:
    # "Andre" must not be taken for "André", nor one person's file found under another spelling.
    session.add_all([User(username="André"), User(username="Andre"), Dataset(filename="Ventes.csv")])
    session.flush()
    assert session.query(User).filter_by(username="Andre").one().username == "Andre"
    assert session.query(Dataset).filter_by(filename="ventes.csv").count() == 0
