"""Engines and sessions: one factory for every path that reads or writes rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InvalidatePoolError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.sql.functions import FunctionElement

from boursa.errors import ConfigurationError, SchemaOutdated, Unavailable
from boursa.language import N_
from boursa.storage.models.base import UtcDateTime

# What a question in plain columns can be asked of; a connection does none of what objects need.
Work = Connection | Session

_LOCK_WAIT_S = 30
_CONNECT_WAIT_S, _IDLE_S = 5, 60
_POSTGRESQL = {
    "connect_timeout": _CONNECT_WAIT_S,
    # A server that left without a word (a pulled cable, a lost machine) is noticed within ten seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # A pooler between us hands each transaction to another session, which knows no statement of ours.
    "prepare_threshold": None,
}
_MYSQL = {"connect_timeout": _CONNECT_WAIT_S}
_RESTED_AT, _REST_S = "boursa_rested_at", 1.0
SNAPSHOT = "boursa_snapshot"
_BARE = "boursa_bare"
_SQLITE_CLOCK = "boursa_moment"
_AT_ONCE = re.compile("locked|locking protocol")


def address_of(url: str) -> URL:
    """Return the parsed database address.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or its driver is not there; the address, which may hold a password,
        is not repeated.
    """
    try:
        address = make_url(url)
        address.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        problem = "DATABASE_URL: is not an address that can be read, or its driver is not installed."
        raise ConfigurationError(problems=[problem]) from error
    return address


def make_engine(url: str, *, pool_size: int = 5, statement_s: int = 30, lock_s: int = 10) -> Engine:
    """Return the engine for `url`, set up so that every database behaves alike.

    On a server, no statement takes longer than `statement_s` seconds, nor waits longer than `lock_s`
    for a lock, unless its transaction is `patient`.

    SQLite gets WAL, foreign keys and a write lock taken at BEGIN: a transaction that starts
    reading and then writes would otherwise fail at once under concurrent writers.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite_engine(address)
    postgresql = address.get_backend_name() == "postgresql"
    engine = create_engine(
        address,
        # MySQL's own level locks the gaps between rows: writers of different rows end in deadlocks.
        isolation_level=None if postgresql else "READ COMMITTED",
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_recycle=1800,
        connect_args=_POSTGRESQL if postgresql else _MYSQL,
        hide_parameters=True,  # a fault is logged with its statement, not with what stood in the row
    )
    event.listens_for(engine, "connect")(_limit(statement_s, lock_s))
    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether it still stands, before anything is said on it.

    SQLAlchemy's `pool_pre_ping` asks each time, which costs a page a tenth of its processor time.
    """

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info[_RESTED_AT] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _fairy: Any) -> None:
        rested_at = record.info.get(_RESTED_AT)
        if rested_at is None or monotonic() - rested_at < _REST_S:
            return  # made this moment, or used a moment ago
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            if engine.dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error  # the others are as old: the pool makes new ones
            raise


def _limit(statement_s: int, lock_s: int) -> Callable[[Any, Any], None]:
    """Return what tells a new connection how long it may hold things up."""
    lasting = {
        "postgresql": (
            f"SET statement_timeout = '{statement_s}s'",
            f"SET lock_timeout = '{lock_s}s'",
            # An instance that froze in the middle of a transaction must not hold its locks for ever.
            f"SET idle_in_transaction_session_timeout = '{_IDLE_S}s'",
        ),
        "mysql": (
            f"SET SESSION max_execution_time = {1000 * statement_s}",
            f"SET SESSION innodb_lock_wait_timeout = {lock_s}, SESSION lock_wait_timeout = {lock_s}",
        ),
        "mariadb": (
            f"SET SESSION max_statement_time = {statement_s}",
            f"SET SESSION innodb_lock_wait_timeout = {lock_s}, SESSION lock_wait_timeout = {lock_s}",
        ),
    }

    def tell(connection: Any, _record: Any) -> None:
        with closing(connection.cursor()) as cursor:
            for statement in lasting[_server(connection)]:
                cursor.execute(statement)
        connection.commit()

    return tell


def _server(connection: Any) -> str:
    # Said by the driver: SQLAlchemy learns it from the first connection only.
    if not hasattr(connection, "get_server_info"):
        return "postgresql"
    return "mariadb" if "mariadb" in connection.get_server_info().lower() else "mysql"


def patient(connection: Connection) -> None:
    """Let the transaction that `connection` has begun take its time: a migration, a backup."""
    match connection.dialect.name:
        case "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        case "mysql" | "mariadb":
            connection.detach()  # the session is closed at the end, and its patience with it
            unlimited(connection)


def unlimited(connection: Connection) -> None:
    """Lift the limit on statements from a session of MySQL or MariaDB; waiting for a lock counts there."""
    name = "max_statement_time" if getattr(connection.dialect, "is_mariadb", False) else "max_execution_time"
    connection.execute(text(f"SET SESSION {name} = 0"))


def _sqlite_engine(address: URL) -> Engine:
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = f"BOURSA_INSTANCE: the folder cannot be made ({error.strerror})."
            raise ConfigurationError(problems=[problem]) from error
    engine = create_engine(address, connect_args={"timeout": _LOCK_WAIT_S}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions behind our back
        connection.create_function(_SQLITE_CLOCK, 0, _sqlite_moment)
        _with_wal(connection, engine.dialect.loaded_dbapi.OperationalError)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        wishes = connection.get_execution_options()
        if _BARE not in wishes:
            # Who only reads, and for long, must not keep the others from writing.
            connection.exec_driver_sql("BEGIN" if wishes.get(SNAPSHOT) else "BEGIN IMMEDIATE")

    return engine


def _with_wal(connection: Any, fault: type[Exception]) -> None:
    # What SQLite does not wait for by itself: several processes that open a new file at once.
    until = monotonic() + _LOCK_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except fault as error:
            if not _AT_ONCE.search(str(error)) or monotonic() > until:
                raise
            sleep(0.02)
        else:
            return


def _sqlite_moment() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy writes it there


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the session factory; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


@contextmanager
def unit_of_work(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Open a session, commit at the end, roll back on any error.

    Raises
    ------
    Unavailable
        If the database cannot be reached.
    SchemaOutdated
        If a table or column that the code needs is not there.
    """
    with spoken(), sessions.begin() as session:
        yield session


@contextmanager
def bare(engine: Engine) -> Iterator[Connection]:
    """Open a connection on which every statement stands for itself."""
    # On a server BEGIN and COMMIT would be two more ways to it; in SQLite who only reads would keep the
    # others from writing.
    alone = {_BARE: True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with engine.connect() as connection:
        yield connection.execution_options(**alone)


@contextmanager
def spoken() -> Iterator[None]:
    """Say the faults of a database in our words; faults of the data come through as they are.

    Raises
    ------
    Unavailable, SchemaOutdated
        As in `unit_of_work`.
    """
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except PoolExhausted as error:
        raise Unavailable(N_("Too many requests wait for the database at the moment.")) from error
    except DBAPIError as error:
        if _names_missing_schema(error):
            raise SchemaOutdated(N_("The database has no current schema; run: boursa db upgrade")) from error
        if isinstance(error, ProgrammingError):
            raise
        raise Unavailable(N_("The database cannot be reached at the moment; nothing was changed.")) from error


def clock(session: Session) -> datetime:
    """Return the present moment by the database's clock, which all machines share.

    By their own clocks, two machines twenty seconds apart would take each other's jobs for dead.
    """
    match session.get_bind().dialect.name:
        case "postgresql":
            moment = session.scalar(text("SELECT clock_timestamp()"))
        case "mysql" | "mariadb":
            moment = session.scalar(text("SELECT UTC_TIMESTAMP(6)"))
        case _:
            moment = datetime.now(UTC)  # SQLite has no clock but this machine's
    assert isinstance(moment, datetime)  # noqa: S101 - what both queries return; tells the type checker
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class moment(FunctionElement[datetime]):  # noqa: N801 - stands in a statement as a function
    """`clock` as part of a statement, where it need not be asked for first."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(moment)
def _moment(*_: Any, **__: Any) -> str:
    return "UTC_TIMESTAMP(6)"


@compiles(moment, "postgresql")
def _moment_postgresql(*_: Any, **__: Any) -> str:
    return "statement_timestamp()"


@compiles(moment, "sqlite")
def _moment_sqlite(*_: Any, **__: Any) -> str:
    return f"{_SQLITE_CLOCK}()"  # which every connection brings


def _names_missing_schema(error: DBAPIError) -> bool:
    # SQLite says it in words; PostgreSQL and MySQL have codes for missing tables and columns.
    original = error.orig
    codes = {getattr(original, "sqlstate", None), *getattr(original, "args", ())[:1]}
    return bool(codes & {"42P01", "42703", 1146, 1054}) or str(original).startswith(
        ("no such table", "no such column")
    )
