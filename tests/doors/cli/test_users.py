"""``boursa users`` and ``boursa tokens``: accounts from the machine, without any default password."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

Command = Callable[..., Any]
PASSWORD = "girafe et carnet mauve"  # pragma: allowlist secret


def test_an_account_comes_with_a_set_up_link(installed: Command) -> None:
    # No password is invented, so none can be left in place.
    made = installed("users", "create", "Awa", "--role", "administrator", "--email", "awa@x.org", "--json")
    assert made.status == 0, made.err
    assert {name: made.json[name] for name in ("username", "role", "email", "active", "has_password")} == {
        "username": "Awa",
        "role": "administrator",
        "email": "awa@x.org",
        "active": True,
        "has_password": False,
    }
    assert made.json["link"].startswith("http://127.0.0.1:5000/login/link/")


def test_the_list_shows_who_there_is(installed: Command) -> None:
    # As text and as JSON, newest first.
    for name in ("awa", "binta"):
        assert installed("users", "create", name).status == 0
    assert installed("users", "disable", "awa").status == 0
    assert [one["username"] for one in installed("users", "list", "--json").json] == ["binta", "awa"]
    lines = installed("users", "list").out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["binta", "awa"]
    assert "disabled" in lines[2]
    assert "disabled" not in lines[1]


def test_roles_and_closing(installed: Command) -> None:
    # The last administrator stays one.
    installed("users", "create", "awa", "--role", "administrator")
    installed("users", "create", "binta")
    refused = installed("users", "disable", "awa")
    assert (refused.status, refused.err) == (
        73,
        "awa is the only administrator; make somebody else one first.\n",
    )
    assert installed("users", "set-role", "binta", "administrator", "--json").json["role"] == "administrator"
    assert installed("users", "disable", "AWA", "--json").json["active"] is False
    assert installed("users", "disable", "awa", "--undo", "--json").json["active"] is True


def test_a_password_comes_by_standard_input(installed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    # An argument would be seen by everybody on the machine, and kept by the shell.
    installed("users", "create", "awa")
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    done = installed("users", "set-password", "awa", "--json")
    assert (done.status, done.json["has_password"]) == (0, True)
    assert PASSWORD not in done.out + done.err
    monkeypatch.setattr(sys, "stdin", io.StringIO("court\n"))
    refused = installed("users", "set-password", "awa")
    assert (refused.status, len(refused.err.splitlines())) == (65, 1)
    assert "court" not in refused.err


def test_a_link_says_how_to_come_in(installed: Command) -> None:
    # A path or an address that a person can click.
    installed("users", "create", "awa")
    said = installed("users", "link", "awa", "--reset")
    assert said.status == 0
    assert "/login/link/" in said.out.splitlines()[1]


def test_a_token_is_shown_once(installed: Command) -> None:
    # The list only knows how it begins.
    installed("users", "create", "awa")
    made = installed(
        "tokens", "create", "awa", "nightly import", "--read-only", "--days", "30", "--json"
    ).json
    assert made["token"].startswith("bsa_")
    assert made["expires_at"] is not None
    listed = installed("tokens", "list", "--json")
    assert made["token"] not in listed.out
    assert [(one["person"], one["name"], one["read_only"]) for one in listed.json] == [
        ("awa", "nightly import", True)
    ]
    assert "nightly import" in installed("tokens", "list").out
    assert installed("tokens", "revoke", str(made["id"])).status == 0
    assert json.loads(installed("tokens", "list", "--json").out) == []


def test_the_plain_answer_is_the_token_alone(installed: Command) -> None:
    # TOKEN=$(boursa tokens create awa import)
    installed("users", "create", "awa")
    made = installed("tokens", "create", "awa", "import")
    assert made.out.strip().startswith("bsa_")
    assert len(made.out.split()) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("users", "create", "a b"), 65),
        (("users", "create", "AWA"), 73),
        (("users", "create", "binta", "--role", "chief"), 64),
        (("users", "create", "binta", "--email", "nowhere"), 65),
        (("users", "set-role", "nobody", "viewer"), 66),
        (("users", "disable", "nobody"), 66),
        (("users", "set-password", "nobody"), 66),
        (("users", "link", "nobody"), 66),
        (("users", "link", "awa", "--hours", "0"), 64),
        (("tokens", "create", "nobody", "import"), 66),
        (("tokens", "create", "awa", ""), 65),
        (("tokens", "create", "awa", "import", "--days", "0"), 65),
        (("tokens", "revoke", "999"), 66),
    ],
)
def test_a_bad_wish_is_one_line(installed: Command, words: tuple[str, ...], status: int) -> None:
    # And nothing was made.
    installed("users", "create", "awa")
    refused = installed(*words)
    assert (refused.status, len(refused.err.splitlines()), refused.out) == (status, 1, "")
    assert len(installed("users", "list", "--json").json) == 1
