"""``boursa users``: accounts, from the machine that BoursA runs on."""

from __future__ import annotations

import sys
from typing import Any

import click

from boursa.cli import output, page
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.runtime import Runtime
from boursa.services import accounts, links, passwords
from boursa.services.policy import OPERATOR
from boursa.storage.models import User
from boursa.storage.models.users import ROLES

_LINK_HOURS = 24


@click.group(
    cls=LazyGroup,
    help=N_("Accounts: create, list, change, disable, sign in by a link."),
    epilog=N_("Example: boursa users create awa --role analyst"),
)
def users() -> None:
    """Hold the commands on accounts."""


@users.command(help=N_("Make an account, and a one-time link for its person to choose a password."))
@click.argument("name")
@click.option(
    "--role", type=click.Choice(ROLES), default="analyst", show_default=True, help=N_("What it may do.")
)
@click.option("--email", help=N_("The e-mail address."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def create(name: str, role: str, email: str | None, as_json: bool) -> None:
    """Make an account without password."""
    with opened() as held, held.unit_of_work() as session:
        user = accounts.create(session, OPERATOR, name, email=email, role=role)
        token = links.create(session, user, links.SET_UP, hours=_LINK_HOURS)
        _tell(user, as_json, link=_address(held, token))


@users.command("list", help=N_("List the newest accounts."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def list_(as_json: bool) -> None:
    """Print one line an account."""
    with opened() as held, held.unit_of_work() as session:
        found = [_described(user) for user in accounts.recent(session)]
    if as_json:
        output.write_json(found)
        return
    head = ["n°", say(N_("name")), say(N_("role")), say(N_("e-mail")), say(N_("last sign-in (UTC)")), ""]
    page.write(page.table(head, [_row(one) for one in found], indent=0, left=6))


@users.command("set-role", help=N_("Make somebody an administrator, an analyst or a viewer."))
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def set_role(name: str, role: str, as_json: bool) -> None:
    """Change what an account may do."""
    with opened() as held, held.unit_of_work() as session:
        _tell(accounts.set_role(session, OPERATOR, name, role), as_json)


@users.command(help=N_("Close an account at once; what it made stays."))
@click.argument("name")
@click.option("--undo", is_flag=True, help=N_("Open it again."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def disable(name: str, undo: bool, as_json: bool) -> None:
    """Close an account, or open it again."""
    with opened() as held, held.unit_of_work() as session:
        act = accounts.enable if undo else accounts.disable
        _tell(act(session, OPERATOR, name), as_json)


@users.command(
    "set-password", help=N_("Set a password: asked for at a terminal, else read from standard input.")
)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def set_password(name: str, as_json: bool) -> None:
    """Give an account a new password; never as an argument, which every user of the machine can read."""
    with opened() as held:
        with held.unit_of_work() as session:
            user = accounts.named(session, name)  # before anybody types
        kept = passwords.accepted(_asked(), user.username, user.email)  # no transaction is open meanwhile
        with held.unit_of_work() as session:
            user = accounts.named(session, name)
            accounts.set_password(session, OPERATOR, user, kept)
            _tell(user, as_json)


@users.command(help=N_("Print a link that signs somebody in, once."))
@click.argument("name")
@click.option("--reset", is_flag=True, help=N_("Take a lost password away, so that a new one can be chosen."))
@click.option(
    "--hours",
    type=click.IntRange(1, 24 * 14),
    default=_LINK_HOURS,
    show_default=True,
    help=N_("How long it works."),
)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def link(name: str, reset: bool, hours: int, as_json: bool) -> None:
    """Make a one-time link."""
    with opened() as held, held.unit_of_work() as session:
        user = accounts.named(session, name)
        token = links.create(session, user, links.RESET if reset else links.SIGN_IN, hours=hours)
        _tell(user, as_json, link=_address(held, token))


def _asked() -> str:
    if sys.stdin.isatty():
        asked: str = click.prompt(say(N_("Password")), hide_input=True, confirmation_prompt=True)
        return asked
    return sys.stdin.readline().rstrip("\r\n")


def _address(held: Runtime, token: str) -> str:
    # Under which name people reach a server in production is not known here.
    base = "" if held.settings.production else f"http://127.0.0.1:{held.settings.port}"
    return base + links.path(token)


def _tell(user: User, as_json: bool, *, link: str | None = None) -> None:
    described = _described(user)
    if as_json:
        output.write_json(described if link is None else {**described, "link": link})
        return
    click.echo(" · ".join(part for part in _row(described) if part))
    if link is not None:
        click.echo(say(N_("It works once: {link}"), link=link))


def _described(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "role": user.role,
        "email": user.email,
        "active": user.is_active,
        "has_password": user.password_hash is not None,
        "created_at": user.created_at.isoformat(),
        "last_login": user.last_login.isoformat() if user.last_login else None,
    }


_ROLES = {"administrator": N_("administrator"), "analyst": N_("analyst"), "viewer": N_("viewer")}


def _row(one: dict[str, Any]) -> list[str]:
    seen = (one["last_login"] or "")[:16].replace("T", " ")
    remark = "" if one["active"] else say(N_("disabled"))
    role = say(_ROLES.get(one["role"], one["role"]))
    return [str(one["id"]), one["username"], role, one["email"] or "", seen, remark]
