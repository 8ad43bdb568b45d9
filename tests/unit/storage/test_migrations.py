"""A database that holds people keeps them, and all that hangs off them, through every revision."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from sqlalchemy import text

from boursa.ops import migrations
from boursa.runtime import Runtime
from boursa.services import accounts

MakeApp = Callable[[dict[str, str]], APIFlask]


def _person(held: Runtime, name: str) -> None:
    columns = "username, role, is_active, created_at, failed_login_attempts"
    with held.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO users ({columns}) VALUES (:name, 'analyst', true, '2025-01-01', 0)"),  # noqa: S608 - a constant of this test
            {"name": name},
        )
        connection.execute(
            text(
                "INSERT INTO api_tokens (token_sha256, hint, name, user_id, read_only, created_at) "
                "SELECT username, 'bsa_', 'import', id, false, '2025-01-01' FROM users WHERE username = :name"
            ),
            {"name": name},
        )


def _count(held: Runtime, table: str) -> int:
    with held.engine.begin() as connection:
        found = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()  # noqa: S608 - as above
    return int(found or 0)


def test_people_who_differ_in_capitals_both_come_along(
    environment: dict[str, str], make_app: MakeApp
) -> None:
    # The older one is found by any spelling, the other by the exact one; nobody's tokens are lost, in
    # either direction: SQLite copies the table, and dropping the old copy must not cascade.
    app = make_app(environment)
    held: Runtime = app.extensions["boursa"]
    migrations.upgrade(app, "0001")
    for name in ("Awa", "awa", "binta"):
        _person(held, name)
    migrations.upgrade(app)
    with held.unit_of_work() as session:
        found = {
            said: accounts.named(session, said).username for said in ("Awa", "awa", "AWA", "Binta", "binta")
        }
    assert found == {"Awa": "Awa", "awa": "awa", "AWA": "Awa", "Binta": "binta", "binta": "binta"}
    assert (_count(held, "users"), _count(held, "api_tokens")) == (3, 3)
    migrations.downgrade(app, "0001")
    assert (_count(held, "users"), _count(held, "api_tokens")) == (3, 3)
