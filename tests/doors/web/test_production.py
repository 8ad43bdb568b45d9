"""What production adds: TLS-only cookies, and pages that answer though Redis and the database are away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

# Port 1 is nobody's.
ABSENT = {
    "APP_CONFIG": "production",
    "SECRET_KEY": "kX9vQ2mB7nL4pR8sT1wY5zA3cE6gJ0hD-uFqWnZ",  # pragma: allowlist secret
    "DATABASE_URL": "postgresql://boursa@127.0.0.1:1/boursa",
    "CACHE_REDIS_URL": "redis://127.0.0.1:1/0",
}


@pytest.fixture
def production(make_app: Callable[[dict[str, str]], APIFlask], tmp_path: Path) -> FlaskClient:
    """A browser before a production instance whose servers are away."""
    return make_app({**ABSENT, "BOURSA_INSTANCE": str(tmp_path)}).test_client()


@pytest.mark.parametrize("page", ["/health/live", "/login", "/guide"])
def test_pages_that_need_no_row_answer_without_redis_and_database(production: FlaskClient, page: str) -> None:
    # Losing the counters makes limits looser; it must not take the pages down.
    answer = production.get(page, base_url="https://boursa.example.org")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_are_bound_to_the_host_and_to_tls(production: FlaskClient) -> None:
    # `__Host-` is refused by browsers unless it is Secure, for the whole host and for no other.
    cookies = production.get("/login", base_url="https://boursa.example.org").headers.getlist("Set-Cookie")
    assert cookies
    assert all(one.startswith("__Host-") and "Secure" in one and "HttpOnly" in one for one in cookies)


def test_a_sign_in_without_database_is_a_503(production: FlaskClient) -> None:
    # Never a trace, never a silent fallback to another database.
    form = production.get("/login", base_url="https://boursa.example.org").get_data(as_text=True)
    token = form.split('name="csrf_token" value="')[1].split('"')[0]
    answer = production.post(
        "/login",
        data={"name": "awa", "password": "does not matter", "csrf_token": token},  # pragma: allowlist secret
        base_url="https://boursa.example.org",
        headers={"Referer": "https://boursa.example.org/login"},
    )
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
