"""The database: reached, of a kind that is supported, with the tables of this code and room for all."""

from __future__ import annotations

import re
import time

from sqlalchemy import Connection, func, select, text

from boursa.errors import Unavailable
from boursa.language import N_
from boursa.ops import migrations, schema
from boursa.ops.checks.finding import Finding, Site, apart, failed, passed, place_of, warned
from boursa.services import instances
from boursa.storage.models import User
from boursa.storage.session import spoken, unit_of_work

_LEAST = {"PostgreSQL": (13, 0), "MySQL": (8, 0), "MariaDB": (10, 6)}
# What is left for commands, a migration and a person with psql.
_SPARE, _OF_A_WORKER = 5, 2
_UPGRADE = N_("boursa db upgrade (backs nothing up: boursa backup TO first)")


def reached(site: Site) -> Finding:
    """Ask it for its version, and how long an answer takes."""
    if site.sqlite is not None and not site.sqlite.is_file():
        return failed(N_("There is no installation here yet."), "boursa db init")
    if site.sqlite is not None and site.settings.production:
        return failed(
            N_("The database is SQLite, which several instances cannot share."),
            N_("Set DATABASE_URL; boursa db migrate-from-sqlite takes the rows along."),
        )
    kind, place, _ = place_of(site.settings)
    try:
        with spoken(), site.engine.connect() as connection:
            said = _version(connection)
            started = time.perf_counter()
            connection.execute(text("SELECT 1"))
            ms = round(1000 * (time.perf_counter() - started), 1)
    except Unavailable as error:
        reason = type(error.__cause__).__name__
        return failed(
            N_("{kind} at {place} does not answer ({reason})."),
            N_("Start it, and try with: boursa db ping (address and password stand in DATABASE_URL)"),
            **{"kind": kind, "place": place, "reason": reason},
        )
    return _judged(kind, said, place, ms)


def _version(connection: Connection) -> str:
    name = "sqlite_version()" if connection.dialect.name == "sqlite" else "version()"
    return str(connection.scalar(text(f"SELECT {name}")))


def _judged(kind: str, said: str, place: str, ms: float) -> Finding:
    kind = "MariaDB" if "MariaDB" in said else kind
    found = re.search(r"\d+(\.\d+)*", said)
    version = found.group() if found else said
    least = _LEAST.get(kind)
    facts = {"kind": kind, "version": version, "place": place, "ms": ms}
    if least and tuple(int(part) for part in version.split(".")[:2]) < least:
        return failed(
            N_("{kind} {version} is too old; {least} is the least."),
            N_("Upgrade the server."),
            **facts,
            least=".".join(map(str, least)),
        )
    return passed(N_("{kind} {version} at {place} answers in {ms} ms."), **facts)


def tables(site: Site) -> Finding:
    """Compare the schema's revision and its tables with this code."""
    found = schema.state(site.engine)
    facts = {"database": found.database, "code": found.code}
    if found.state == "absent":
        return failed(N_("The tables have not been made yet."), "boursa db init", **facts)
    if found.state == "older":
        return failed(N_("The schema is at {database}, this code needs {code}."), _UPGRADE, **facts)
    if found.state == "newer":
        return warned(
            N_("The schema is at {database}, newer than this code ({code})."),
            N_("Update BoursA here as on the other machines."),
            **facts,
        )
    differing = migrations.differences(site.engine)
    if differing:
        return failed(
            N_("The schema is at {database}, but its tables differ from the models: {what}."),
            N_("Somebody changed tables by hand: undo it; boursa db check says when it is right."),
            **facts,
            what=", ".join(differing[:5]),
        )
    return passed(N_("Revision {database}; models and tables agree."), **facts)


def connections(site: Site) -> Finding:
    """Compare the connections that all processes may open with those that the server allows."""
    if site.sqlite is not None:
        return apart(N_("SQLite has no connections to count."))
    with spoken(), site.engine.connect() as connection:
        most, used = _allowed(connection)
    with unit_of_work(site.sessions) as session:
        web = len(instances.alive(session, "web"))
        workers = len(instances.alive(session, "worker"))
    settings = site.settings
    expected = max(web, len(settings.upstreams) * settings.web_processes)
    each = 2 * settings.pool_size
    needed = expected * each + workers * _OF_A_WORKER + _SPARE
    facts = {"processes": expected, "each": each, "workers": workers, "needed": needed, "most": most}
    if needed > most:
        return failed(
            N_(
                "{processes} web processes ({each} connections each) and {workers} workers may open {needed} "
                "connections; the server allows {most}."
            ),
            N_("Set DATABASE_POOL_SIZE to {fitting} or less, or raise max_connections to {needed}."),
            **facts,
            used=used,
            fitting=max(1, (most - workers * _OF_A_WORKER - _SPARE) // (2 * expected)),
        )
    return passed(
        N_("At most {needed} of {most} connections are ever needed, {used} are open now."), **facts, used=used
    )


def _allowed(connection: Connection) -> tuple[int, int]:
    """Return how many connections the server gives to people like us, and how many are open."""
    if connection.dialect.name == "postgresql":
        most = (
            "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
        )
        open_now = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        return connection.scalar(text(f"SELECT {most}")) or 0, connection.scalar(text(open_now)) or 0
    most = connection.scalar(text("SELECT @@max_connections"))
    return int(most or 0), int(connection.execute(text("SHOW STATUS LIKE 'Threads_connected'")).one()[1])


def administrator(site: Site) -> Finding:
    """Look whether somebody can look after the site."""
    if not site.settings.production:
        return apart(N_("Development makes an administrator when it starts."))
    ours = select(func.count()).where(User.role == "administrator", User.is_active)
    with unit_of_work(site.sessions) as session:
        all_of_them = session.scalar(ours) or 0
        able = session.scalar(ours.where(User.password_hash.is_not(None))) or 0
    if not all_of_them:
        return failed(N_("There is no administrator."), "boursa db init")
    if not able:
        return warned(
            N_("The administrator has not chosen a password yet."),
            N_("boursa db init prints the link for it."),
        )
    return passed(N_("{n} administrators with a password."), n=able)
