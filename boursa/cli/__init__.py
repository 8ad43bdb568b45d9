"""The command line. Nothing heavy is imported before a command is chosen."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from boursa.cli import speaking
from boursa.cli.lazy import LazyGroup
from boursa.errors import BoursaError, NotAllowed, Unavailable
from boursa.language import N_

_COMMANDS = {
    "analyse": ("boursa.cli.analyses:analyse", N_("The Bilan of a file: what it can and cannot tell.")),
    "demo": ("boursa.cli.analyses:demo", N_("The Bilan of real sample data.")),
    "data": ("boursa.cli.datasets:data", N_("Import, profile, list, show, export, delete and fetch data.")),
    "test": ("boursa.cli.tests:test", N_("Run one statistical test on a file, or list them.")),
    "forecast": ("boursa.cli.forecasts:forecast", N_("Forecast a file, next to the naive forecast.")),
    "backtest": ("boursa.cli.forecasts:backtest", N_("How a model would have done on a file.")),
    "history": ("boursa.cli.history:history", N_("List, show and run again what was computed.")),
    "jobs": ("boursa.cli.jobs:jobs", N_("Request, list, show, cancel and retry background jobs.")),
    "run": ("boursa.cli.run:run", N_("Serve pages and API with a local worker, on this machine.")),
    "worker": ("boursa.cli.worker:worker", N_("Run a job worker.")),
    "users": ("boursa.cli.users:users", N_("Accounts: create, list, change, disable, sign in by a link.")),
    "tokens": ("boursa.cli.tokens:tokens", N_("API tokens: create, list, revoke.")),
    "db": (
        "boursa.cli.database:db",
        N_("The database: init, upgrade, downgrade, check, ping, adopt, migrate-from-sqlite."),
    ),
    "nginx": ("boursa.cli.nginx:nginx", N_("The configuration of the web server in front.")),
    "cert": ("boursa.cli.certificates:cert", N_("Certificates: for development, or from Let's Encrypt.")),
    "backup": ("boursa.cli.backups:backup", N_("Back up database and files.")),
    "restore": ("boursa.cli.backups:restore", N_("Restore a backup, or check it.")),
    "blobs": ("boursa.cli.backups:blobs", N_("Stored files: collect what is unused.")),
    "init-env": ("boursa.cli.environment:init_env", N_("Write a file .env with strong secrets.")),
    "check-env": ("boursa.cli.environment:check_env", N_("Check the settings and list every problem.")),
    "doctor": ("boursa.cli.doctor:doctor", N_("Go through the deployment checklist.")),
}

_EX_IOERR = 74  # of sysexits.h; Python's own name for it is missing on Windows


@click.group(
    cls=LazyGroup,
    commands_by_name=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=N_("BoursA says what market data can and cannot tell."),
    epilog=N_("Start with: boursa demo, or boursa analyse prices.csv. --lang fr|en chooses the language."),
)
@click.version_option(package_name="boursa")
def boursa() -> None:
    """Hold the commands."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; every expected failure is one line on standard error and an exit status."""
    language, rest = speaking.take_language(list(sys.argv[1:] if arguments is None else arguments))
    with speaking.in_language(language):
        sys.exit(_run(rest))


def _database_faults() -> tuple[type[Exception], ...]:
    # Looked up, not imported: where no command has loaded SQLAlchemy, none of its errors is on its way.
    loaded = sys.modules.get("sqlalchemy.exc")
    return (loaded.SQLAlchemyError,) if loaded else ()


def _of_database(error: Exception) -> str:
    """Say what the database refused by its kind alone: the whole would hold the statement and its values."""
    kind = type(getattr(error, "orig", None) or error).__name__
    if _lacks_right(error):
        return speaking.say(
            N_("The account of DATABASE_URL has no right in the database to do this ({kind})."), kind=kind
        )
    return speaking.say(N_("The database refused what it was asked ({kind})."), kind=kind)


def _lacks_right(error: Exception) -> bool:
    return getattr(getattr(error, "orig", None), "sqlstate", None) == "42501"


def _run(arguments: list[str]) -> int:
    # This is where the command line translates errors: nowhere else.
    try:
        status = boursa.main(arguments, prog_name="boursa", standalone_mode=False)
    except BoursaError as error:
        click.echo(error.sentence(speaking.language()), err=True)
        return error.exit_status
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "boursa"
        click.echo(f"{where}: {error.format_message()} ({where} --help)", err=True)
        return 64
    except click.ClickException as error:
        error.show()
        return 66
    except (click.Abort, KeyboardInterrupt):
        click.echo(speaking.say(N_("Stopped.")), err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe has left; Python would complain at exit
        return 0
    except OSError as error:
        # A disk, a folder, a socket: a state of the machine, and no fault of the code.
        what = error.strerror or type(error).__name__
        click.echo(f"{error.filename}: {what}" if error.filename else what, err=True)
        return _EX_IOERR
    except _database_faults() as error:
        click.echo(_of_database(error), err=True)
        return NotAllowed.exit_status if _lacks_right(error) else Unavailable.exit_status
    return status if isinstance(status, int) else 0
