"""A database as the earlier BoursA made it with `create_all`, filled with what such databases hold."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    insert,
    text,
)
from werkzeug.security import generate_password_hash

PASSWORD = "Ouagadougou 1983"  # pragma: allowlist secret
metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(80), unique=True, nullable=False, index=True),
    Column("email", String(120), unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(20)),
    Column("is_active", Boolean),
    Column("created_at", DateTime),
    Column("last_login", DateTime),
    Column("failed_login_attempts", Integer),
    Column("locked_until", DateTime),
)
data_files = Table(
    "data_files",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("filename", String(255), nullable=False),
    Column("uploaded_at", DateTime),
    Column("user", String(80)),
    Column("file_metadata", Text),
)
test_history = Table(
    "test_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("test_name", String(120), nullable=False),
    Column("parameters", Text),
    Column("result", Text),
    Column("created_at", DateTime),
)
user_locations = Table(
    "user_locations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("username", String(80), nullable=False, index=True),
    Column("latitude", Float(53), nullable=False),
    Column("longitude", Float(53), nullable=False),
    Column("active_users", Integer),
    Column("timestamp", DateTime, index=True),
)
predict_history = Table(
    "predict_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_name", String(120), nullable=False),
    Column("input_summary", Text),
    Column("output_summary", Text),
    Column("created_at", DateTime),
)
# A table of another program in the same database.
stranger = Table("wp_posts", metadata, Column("id", Integer, primary_key=True), Column("title", String(80)))

MOMENT = datetime(2024, 2, 29, 23, 59, 58)  # noqa: DTZ001 - the earlier BoursA kept no zone


def fill(engine: Engine, positions: int = 300) -> dict[str, int]:
    """Make the tables with their rows; return how many each has."""
    metadata.create_all(engine)
    rows: dict[Table, list[dict[str, object]]] = {
        users: [
            _person(1, "admin", "admin", generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")),
            _person(3, "Andre", "user", generate_password_hash(PASSWORD, "scrypt:1024:8:1")),
            _person(7, "Zoé Koné", "user", generate_password_hash(PASSWORD), email=None, is_active=False),
        ],
        data_files: [
            _file(1, "ventes.csv", "Zoé Koné", json.dumps({"lignes": 12, "note": "été \0"})),
            _file(2, "ventes.csv", "parti", "pas du JSON"),
            _file(5, "bourse d'Abidjan.xlsx", None, None),
        ],
        test_history: [
            _result(2, json.dumps({"colonnes": ["Café", "\0"]}), json.dumps({"p_value": 0.1 + 0.2})),
            _result(9, None, "[1, NaN, null]"),
        ],
        predict_history: [
            {
                "id": 1,
                "model_name": "RandomForest",
                "input_summary": '{"n": 600}',
                "output_summary": "[1.5, 2.5]",
                "created_at": MOMENT,
            }
        ],
        user_locations: [_position(number) for number in range(1, positions + 1)],
        stranger: [{"id": 1, "title": "Bonjour"}],
    }
    with engine.begin() as connection:
        for table, values in rows.items():
            connection.execute(insert(table), values)
    return {table.name: len(values) for table, values in rows.items()}


def spoil(engine: Engine) -> None:
    """Write what only SQLite accepts: moments of any spelling, bytes that are no UTF-8."""
    moments = ["2024-02-29T23:59:58+01:00", "31/12/2023 08:00", "1709251198", "", "hier"]
    with engine.begin() as connection:
        for number, moment in enumerate(moments, 1):
            connection.execute(
                text("UPDATE user_locations SET timestamp = :moment WHERE id = :id"),
                {"moment": moment, "id": number},
            )
        connection.execute(text("UPDATE user_locations SET username = CAST(x'5a6fe9' AS TEXT) WHERE id = 6"))


def _person(number: int, name: str, role: str, stored: str, **other: object) -> dict[str, object]:
    return {
        "id": number,
        "username": name,
        "email": f"{name}@example.org",
        "password_hash": stored,
        "role": role,
        "is_active": True,
        "created_at": MOMENT,
        "last_login": None,
        "failed_login_attempts": 2,
        "locked_until": None,
    } | other


def _file(number: int, name: str, user: str | None, kept: str | None) -> dict[str, object]:
    return {"id": number, "filename": name, "uploaded_at": MOMENT, "user": user, "file_metadata": kept}


def _result(number: int, parameters: str | None, result: str) -> dict[str, object]:
    return {
        "id": number,
        "test_name": "Mann-Whitney",
        "parameters": parameters,
        "result": result,
        "created_at": MOMENT,
    }


def _position(number: int) -> dict[str, object]:
    return {
        "id": number,
        "username": ("admin", "Zoé Koné", "passant")[number % 3],
        "latitude": 14.6928 + number / 3e5,
        "longitude": -17.4467 - number / 7e5,
        "active_users": None if number % 5 else number,
        "timestamp": MOMENT,
    }
