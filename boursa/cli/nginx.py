"""``boursa nginx``: the configuration of the web server that stands in front."""

from __future__ import annotations

from pathlib import Path

import click

from boursa import settings
from boursa.cli import output
from boursa.cli.lazy import LazyGroup
from boursa.cli.speaking import say
from boursa.language import N_
from boursa.ops import nginx as server


@click.group(
    cls=LazyGroup,
    help=N_("Nginx in front of the instances: write its configuration."),
    epilog=N_("Example: boursa nginx render --to /etc/boursa/nginx"),
)
def nginx() -> None:
    """Hold the commands on Nginx."""


@nginx.command(help=N_("Write nginx.conf into a folder, from the settings."))
@click.option("--to", "folder", type=click.Path(path_type=Path), required=True, help=N_("The folder."))
@click.option("--program", type=click.Path(path_type=Path), help=N_("The Nginx that will read it."))
@click.option("--version", "numbers", help=N_("Its version, where it is on another machine: 1.28.0."))
@click.option("--state", type=click.Path(path_type=Path), help=N_("Where Nginx keeps its own files."))
@click.option("--static", type=click.Path(path_type=Path), help=N_("Where Nginx finds the static files."))
@click.option("--access-log", type=click.Path(path_type=Path), help=N_("Where it writes who asked."))
@click.option("--error-log", default="stderr", show_default=True, help=N_("Where it writes what failed."))
@click.option("--user", help=N_("The account that its processes run as."))
@click.option("--resolve", is_flag=True, help=N_("Ask the name server again and again where instances are."))
@click.option("--json", "as_json", is_flag=True, help=N_("Print JSON instead of text."))
def render(
    folder: Path,
    program: Path | None,
    numbers: str | None,
    state: Path | None,
    static: Path | None,
    access_log: Path | None,
    error_log: str,
    user: str | None,
    resolve: bool,
    as_json: bool,
) -> None:
    """Write the file in one step, so that Nginx never reads half of one."""
    config = settings.load(complete=False)
    found = server.Nginx(server.version(numbers)) if numbers else server.ask(program or server.program())
    folder = folder.absolute()
    output.make_folder(folder)
    state = (state or folder / "state").absolute()
    if state.is_relative_to(folder):
        output.make_folder(state)
    site = server.Site(
        state=state,
        access_log=(access_log or state / "access.log").absolute(),
        error_log=error_log,
        acme=(config.instance / "acme").absolute(),
        static=(static or server.STATIC).absolute(),
        user=user,
        resolver=server.name_server() if resolve else None,
    )
    path = folder / "nginx.conf"
    output.write_whole(path, server.render(config, found, site).encode())
    if as_json:
        output.write_json({"path": str(path), "nginx": ".".join(map(str, found.version))})
    else:
        click.echo(say(N_("{path} is written; try it with: nginx -t -c {path}"), path=path))
