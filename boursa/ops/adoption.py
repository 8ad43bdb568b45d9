"""Taking over a server database that the earlier BoursA made.

Its tables came from `create_all`, with no revision. They are set aside under new names, all in one step,
and never changed: they are the backup. The migrations then make today's tables, and the rows are copied
into them. Each step may be interrupted and is taken up again by the next start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, Table, inspect, select
from sqlalchemy import text as sql

from boursa.errors import Conflict
from boursa.language import N_
from boursa.ops import carrying, earlier, schema
from boursa.ops.carrying import Carried, Report
from boursa.ops.earlier import EarlierSource, Notes, Row
from boursa.storage.session import spoken

ASIDE = "earlier_"
_SOURCE = "adoption"


@dataclass(frozen=True)
class Adoption:
    """What was taken over, what could not be carried as it stood, and where the old tables are."""

    tables: Sequence[Carried]
    notes: Notes
    aside: Sequence[str]


def bring_up(app: Flask, report: Report = carrying.silent) -> Adoption | None:
    """Bring the schema up, taking over an earlier database first where there is one.

    Any number of instances may do this at once: one does the work, the others wait and find it done.
    """
    engine = schema.engine_of(app)
    if schema.serves(engine) and not needed(engine):
        return None  # without the lock, which a pooler between us could not hold
    with spoken(), schema.alone(engine):
        if needed(engine):
            return _adopt(app, engine, report)
        _migrate(app)
        return None


def needed(engine: Engine) -> bool:
    """Whether the database is an earlier one, or its adoption was interrupted.

    Raises
    ------
    Conflict
        If there are tables of our names that neither BoursA made.
    """
    there = set(inspect(engine).get_table_names())
    if set_aside(there):
        return not carrying.finished(engine, _SOURCE)
    return bool(schema.earlier_tables(engine))


def set_aside(there: set[str]) -> list[str]:
    """Return the earlier tables that were set aside, by their names before."""
    return [name for name in earlier.CONVERTERS if ASIDE + name in there]


def _migrate(app: Flask) -> None:
    from boursa.ops import migrations  # not in a process that finds the schema as it should be

    migrations.step(app)


def _adopt(app: Flask, engine: Engine, report: Report) -> Adoption:
    found = schema.earlier_tables(engine)
    if found and engine.dialect.name == "sqlite":
        raise Conflict(
            N_("This SQLite file was made by the earlier BoursA; move it with: boursa db migrate-from-sqlite")
        )
    if found:
        _refuse_references(engine, found)
        _set_aside(engine, [*found, *schema.foreign_revision(engine)])
    _migrate(app)
    source = _source(engine)
    carrying.carry(engine, source, report)
    done = carrying.verify(engine, source)
    carrying.finish(engine, _SOURCE)
    return Adoption(done, source.notes, [ASIDE + name for name in source.steps()])


def _quoted(engine: Engine, name: str) -> str:
    return str(engine.dialect.identifier_preparer.quote(name))


def _refuse_references(engine: Engine, found: Sequence[str]) -> None:
    """Refuse if another program's table refers to one of these: it would go on pointing at the old rows."""
    looked = inspect(engine)
    for table in set(looked.get_table_names()) - set(found):
        for key in looked.get_foreign_keys(table):
            if key["referred_table"] in found:
                raise Conflict(
                    N_(
                        "The table {table}, which is not BoursA's, refers to {referred}; drop that reference."
                    ),
                    table=table,
                    referred=key["referred_table"],
                )


def _set_aside(engine: Engine, found: Sequence[str]) -> None:
    pairs = [(_quoted(engine, name), _quoted(engine, ASIDE + name)) for name in found]
    with engine.begin() as connection:
        if connection.dialect.name != "postgresql":
            # One statement for all of them: it happens as a whole, though MySQL cannot undo it.
            words = ", ".join(f"{old} TO {new}" for old, new in pairs)
            connection.execute(sql(f"RENAME TABLE {words}"))
            return
        indexes = {name: _indexes(connection, name) for name in found}
        for name, (old, new) in zip(found, pairs, strict=True):
            connection.execute(sql(f"ALTER TABLE {old} RENAME TO {new}"))
            # PostgreSQL keeps the names of indexes once for all tables: ours would collide.
            for index in indexes[name]:
                aside = _quoted(engine, (ASIDE + index)[:63])
                connection.execute(sql(f"ALTER INDEX {_quoted(engine, index)} RENAME TO {aside}"))


def _indexes(connection: Connection, table: str) -> Sequence[str]:
    wanted = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = :name"
    return connection.scalars(sql(wanted), {"name": table}).all()


def _source(engine: Engine) -> EarlierSource:
    there = set(inspect(engine).get_table_names())
    tables = {name: Table(ASIDE + name, MetaData(), autoload_with=engine) for name in set_aside(there)}

    def read(name: str, after: int, limit: int) -> Sequence[Row]:
        table = tables[name]
        wanted = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
        with engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(wanted)]

    return EarlierSource(_SOURCE, tables, read)
