"""``boursa cert``: the certificate that Nginx shows."""

from __future__ import annotations

import shlex

import click

from boursa import settings
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.ops import certificates
from boursa.ops.certificates import Authority, Pair
from boursa.settings import Settings


@click.group(
    cls=LazyGroup,
    help=N_("Certificates: for development, or from Let's Encrypt."),
    epilog=N_("Example: boursa cert dev"),
)
def cert() -> None:
    """Hold the commands on certificates."""


_server = click.option("--server", help=N_("Another ACME server than Let's Encrypt."))
_reload = click.option("--reload", "command", help=N_("What makes Nginx read it: 'systemctl reload nginx'."))


@cert.command(help=N_("Make a certificate for development; a good one is never overwritten."))
@click.option(
    "--name", "names", multiple=True, help=N_("A name or address it is for; by default SERVER_NAMES.")
)
def dev(names: tuple[str, ...]) -> None:
    """Make a certificate that signs itself."""
    config = settings.load(complete=False)
    pair = _pair(config)
    made = certificates.make(pair, names or config.names)
    sentence = N_("{path} is made.") if made else N_("{path} is good and stays as it is.")
    click.echo(say(sentence, path=pair.certificate))


@cert.command(help=N_("Obtain a certificate from Let's Encrypt for SERVER_NAMES; Nginx must be running."))
@click.option("--email", help=N_("Where Let's Encrypt writes to if something is wrong."))
@_server
@_reload
def issue(email: str | None, server: str | None, command: str | None) -> None:
    """Obtain a certificate and let Nginx read it."""
    config = settings.load(complete=False)
    _take(config, certificates.issue(_authority(config, server), config.names, email), command)


@cert.command(help=N_("Renew that certificate if it is time to; run it daily."))
@click.option("--force", is_flag=True, help=N_("Renew it now."))
@_server
@_reload
def renew(force: bool, server: str | None, command: str | None) -> None:
    """Renew the certificate and let Nginx read it."""
    config = settings.load(complete=False)
    _take(config, certificates.renew(_authority(config, server), force=force), command)


def _take(config: Settings, obtained: Pair, command: str | None) -> None:
    target = _pair(config)
    if not certificates.take(obtained, target):
        click.echo(say(N_("{path} is good and stays as it is."), path=target.certificate))
        return
    if command:
        certificates.reload(shlex.split(command))
        click.echo(say(N_("{path} is new, and Nginx shows it."), path=target.certificate))
    else:
        click.echo(say(N_("{path} is new; let Nginx reload."), path=target.certificate))


def _pair(config: Settings) -> Pair:
    return Pair(config.tls_certificate.absolute(), config.tls_key.absolute())


def _authority(config: Settings, server: str | None) -> Authority:
    instance = config.instance.absolute()
    return Authority(instance / "letsencrypt", instance / "acme", server)
