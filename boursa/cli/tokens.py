"""``boursa tokens``: what programs show instead of a password."""

from __future__ import annotations

from typing import Any

import click

from boursa.cli import output, page
from boursa.cli.installation import opened
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.services import accounts, policy
from boursa.services import tokens as keys
from boursa.services.policy import OPERATOR
from boursa.storage.models import ApiToken


@click.group(
    cls=LazyGroup,
    help=N_("API tokens: create, list, revoke."),
    epilog=N_('Example: boursa tokens create awa "nightly import" --days 90'),
)
def tokens() -> None:
    """Hold the commands on tokens."""


@tokens.command(help=N_("Make a token for PERSON; it is shown this once."))
@click.argument("person")
@click.argument("name")
@click.option("--read-only", is_flag=True, help=N_("It may only look, not change anything."))
@click.option("--days", type=int, help=N_("How long it works; without this, until it is revoked."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def create(person: str, name: str, read_only: bool, days: int | None, as_json: bool) -> None:
    """Make a token."""
    with opened() as held, held.unit_of_work() as session:
        actor = policy.actor_of(session, accounts.named(session, person))
        token, plain = keys.create(session, actor, name, read_only=read_only, days=days)
    if as_json:
        output.write_json({**_described(token), "token": plain})
    else:
        click.echo(plain)


@tokens.command("list", help=N_("List the tokens that work."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def list_(as_json: bool) -> None:
    """Print one line a token."""
    with opened() as held, held.unit_of_work() as session:
        found = [{**_described(token), "person": person} for token, person in keys.of_everybody(session)]
    if as_json:
        output.write_json(found)
        return
    moments = (say(N_("last used (UTC)")), say(N_("expires (UTC)")))
    head = ["n°", say(N_("person")), say(N_("name")), say(N_("begins with")), *moments, ""]
    page.write(page.table(head, [_row(one) for one in found], indent=0, left=7))


@tokens.command(help=N_("Make token NUMBER open nothing any more."))
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def revoke(number: int, as_json: bool) -> None:
    """Revoke a token."""
    with opened() as held, held.unit_of_work() as session:
        token = keys.revoke(session, OPERATOR, number)
    if as_json:
        output.write_json(_described(token))
    else:
        click.echo(say(N_("Token {number} ({name}) was revoked."), number=number, name=token.name))


def _described(token: ApiToken) -> dict[str, Any]:
    moments = {name: getattr(token, name) for name in ("created_at", "last_used_at", "expires_at")}
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "user_id": token.user_id,
        "read_only": token.read_only,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


def _row(one: dict[str, Any]) -> list[str]:
    moments = [(one[name] or "")[:16].replace("T", " ") for name in ("last_used_at", "expires_at")]
    remark = say(N_("read only")) if one["read_only"] else ""
    return [str(one["id"]), one["person"], page.shortened(one["name"], 40), one["hint"], *moments, remark]
