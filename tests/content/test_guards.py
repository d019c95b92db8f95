"""The guards of the schema: what is written in the log stays as it is, whoever asks."""

# ruff: noqa: S608 - statements are put together from the names in our own models

import pkgutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import audits
import partner_sites
import policies
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from factories import NOW, Databases, make_manuscript, publish
from sqlalchemy.exc import DBAPIError, IntegrityError

from content import migrations, models
from content.db import Database, Model, SchemaMismatch
from content.editorial import drafts
from content.models import checkpoints, log
from content.signing import Keyring
from content.transparency import checkpoints as roots

NAMES = [one.name for one in pkgutil.iter_modules(models.__path__, "content.models.")]
MODULES = [import_module(name) for name in NAMES]
MUTABLE = {
    "citations",
    "counter",
    "credentials",
    "comments",
    "day_sums",
    "drafts",
    "releases",
    "replies",
    "tasks",
    "editors",
    "exposures",
    "facets",
    "heads",
    "heartbeats",
    "holdings",
    "key_requests",
    "partners",
    "previews",
    "purge_cursors",
    "recall_partners",
    "recalls",
    "redaction_requests",
    "samples",
    "sightings",
    "tallies",
    "traits",
    "turns",
    "usage",
    "visits",
    "webhook_deliveries",
    "webhook_endpoints",
}
APPEND_ONLY = sorted(set(Model.metadata.tables) - MUTABLE)
FIRST, *_, FORMER, NEWEST = migrations.revisions()
STARTS = [None, FIRST, FORMER, NEWEST]  # no schema at all, and schemas that there were


@pytest.fixture(scope="module", params=STARTS, ids=lambda start: f"from-{start or 'nothing'}")
def grown(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A database that was migrated from an earlier version, with rows in every table of the log."""
    database = Database(databases.new())
    if request.param:
        database.migrate(to=request.param)
    database.migrate()
    keyring = Keyring([])
    policies.fill_small(database, keyring)
    policies.record(database, log.ClaimPack(id="general", data={"id": "general", "locale": "en"}))
    mark = {"status": "retracted", "notice": "It was made up."}
    policies.record(database, log.SourceMark(id="a-source", data=mark))
    publish(database)
    policies.record(database, policies.law("GB", "changed", "regulated"))
    policies.lapse(database, NOW + timedelta(days=365))
    audits.note(database)
    audits.seal(database, keyring)
    partner_sites.keep(database)
    with database.write() as session:
        roots.make(session, keyring, now=NOW)
        session.add(checkpoints.LogNode(level=60, place=0, hash="of a log longer than a test's"))
        session.commit()
    yield database
    database.close()


@pytest.fixture(params=["through-caveat", "from-outside"])
def connect(request: pytest.FixtureRequest, grown: Database) -> Iterator[Any]:
    """A way to a connection: Caveat's own, or a plain one with none of our settings."""
    if request.param == "through-caveat":
        yield grown.engine.begin
        return
    plain = sa.create_engine(grown.url)
    if plain.dialect.name == "sqlite":
        sa.event.listen(plain, "connect", forget_recursive_triggers)
    yield plain.begin
    plain.dispose()


def forget_recursive_triggers(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA recursive_triggers=OFF")


@contextmanager
def nothing_changes(grown: Database, table: str) -> Iterator[None]:
    """Check that a table has the same rows afterwards."""
    query = sa.select(sa.text("*")).select_from(sa.text(table))
    with grown.engine.connect() as connection:
        before = connection.execute(query).all()
    assert before, f"without a row in {table} nothing is proved"
    yield
    with grown.engine.connect() as connection:
        assert connection.execute(query).all() == before


def refuse(connect: Any, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        say(connect, statement)


def say(connect: Any, statement: str) -> None:
    with connect() as connection:
        connection.exec_driver_sql(statement)


def columns_of(table: str) -> list[str]:
    return [column.name for column in Model.metadata.tables[table].columns]


def key_of(table: str) -> list[str]:
    return [column.name for column in Model.metadata.tables[table].primary_key]


def forbidden(engine: str, table: str) -> Iterator[str]:
    """Yield every statement of an engine that would change or remove a row of the log."""
    key, names = key_of(table), columns_of(table)
    same = f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT"
    yield from (f"UPDATE {table} SET {name} = {name}" for name in names)
    yield f"DELETE FROM {table}"
    yield f"{same} ({', '.join(key)}) DO UPDATE SET {names[-1]} = excluded.{names[-1]}"
    if engine == "postgresql":
        yield f"TRUNCATE {table} CASCADE"
        return
    yield f"UPDATE OR REPLACE {table} SET {names[0]} = {names[0]}"
    yield f"REPLACE INTO {table} SELECT * FROM {table}"
    yield replace_by_row_number(table)
    if table == "changes":
        yield replace_with(table, "seq", "seq + 1000")  # the time has an index of its own


def replace_by_row_number(table: str) -> str:
    """Give another key to a row that has the row number of an old one (for SQLite)."""
    names, key = columns_of(table), key_of(table)
    values = [f"'other-' || {n}" if n in key and n not in ("seq", "number") else n for n in names]
    return (
        f"REPLACE INTO {table} (rowid, {', '.join(names)}) "
        f"SELECT rowid, {', '.join(values)} FROM {table}"
    )


def replace_with(table: str, column: str, value: str) -> str:
    names = columns_of(table)
    values = [value if name == column else name for name in names]
    return f"REPLACE INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table}"


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_no_statement_changes_or_removes_a_row_of_the_log(
    grown: Database, connect: Any, table: str
) -> None:
    for statement in forbidden(grown.engine.dialect.name, table):
        with nothing_changes(grown, table):
            refuse(connect, statement)


def test_the_counter_never_goes_back(grown: Database, connect: Any) -> None:
    last = {"postgresql": "TRUNCATE counter", "sqlite": "REPLACE INTO counter VALUES (1, 0)"}
    for statement in (
        "UPDATE counter SET value = value - 1",
        "UPDATE counter SET id = 2",
        "DELETE FROM counter",
        "INSERT INTO counter (id, value) VALUES (2, 0)",
        "INSERT INTO counter VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET value = 0",
        last[grown.engine.dialect.name],
    ):
        with nothing_changes(grown, "counter"):
            refuse(connect, statement)


def test_a_fact_needs_its_change(grown: Database) -> None:
    statement = "INSERT INTO site_facts (seq, id) VALUES (1000000, 'x')"
    with (
        pytest.raises(IntegrityError, match=r"(?i)foreign key"),
        grown.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)


def has_model(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the index of words: it is a virtual table on SQLite."""
    return not (kind == "table" and str(name).startswith("search"))


def test_the_models_and_the_migrated_schema_are_the_same(grown: Database) -> None:
    assert MODULES
    with grown.engine.connect() as connection:
        options = {"compare_type": True, "include_name": has_model}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Model.metadata) == []


def test_the_programs_own_schema_is_accepted(grown: Database) -> None:
    grown.migrate()
    grown.check_schema()


@pytest.mark.parametrize("start", STARTS[:-1])
def test_an_old_schema_is_refused(databases: Databases, start: str | None) -> None:
    database = Database(databases.new())
    if start:
        database.migrate(to=start)
    with pytest.raises(SchemaMismatch, match="caveat init"):
        database.check_schema()
    database.migrate()
    database.check_schema()
    database.close()


def test_steps_are_known_by_the_names_of_their_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert migrations.revisions() == tuple(step.revision for step in steps)[::-1]


def test_a_newer_schema_is_refused_by_reading_and_by_migrating(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="newer Caveat"):
        database.check_schema()
    with pytest.raises(SchemaMismatch, match="newer Caveat"):
        database.migrate()


def test_the_schema_is_checked_while_another_writes(database: Database) -> None:
    with database.write() as session:
        drafts.create(session, make_manuscript(), by="test", now=NOW)
        database.check_schema()


def test_a_new_file_can_be_opened_by_many_at_once(tmp_path: Path) -> None:
    for number in range(150):  # without waiting, one in a hundred was refused
        together = [Database(f"sqlite:///{tmp_path}/{number}.db") for _ in range(8)]
        with ThreadPoolExecutor(len(together)) as pool:
            for connection in pool.map(lambda one: one.engine.connect(), together):
                connection.close()
        for database in together:
            database.close()


def test_processes_that_start_together_migrate_once(databases: Databases) -> None:
    url = databases.new()
    together = [Database(url) for _ in range(4)]
    with ThreadPoolExecutor(len(together)) as pool:
        list(pool.map(Database.migrate, together))
    for database in together:
        database.check_schema()
        database.close()
