"""The guards of the schema: what is written in the log stays as it is, whoever asks."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import policies
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from content import changes, db, editing, editions
from content.contexts import Context
from content.db import Database, Model, SchemaMismatch
from content.errors import Gone, Invalid
from content.models import access, drafts, heads, log
from content.signing import Keyring
from factories import NOW, Databases, make_manuscript, make_section, publish
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError

MODULES = (access, drafts, heads, log)
MUTABLE = {"counter", "drafts", "heads", "head_tags", "partners", "editors", "credentials"}
APPEND_ONLY = sorted(set(Model.metadata.tables) - MUTABLE)
STARTS = [None, *db.revisions()]  # every schema that there ever was, and none at all


@pytest.fixture(scope="module", params=STARTS, ids=lambda start: f"from-{start or 'nothing'}")
def grown(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A database that was migrated from an earlier version, with rows in every table of the log."""
    database = Database(databases.new())
    if request.param:
        database.migrate(to=request.param)
    database.migrate()
    policies.fill_small(database, Keyring([]))
    publish(database)
    policies.lapse(database, NOW + timedelta(days=365))
    yield database
    database.close()


@pytest.fixture(params=["through-caveat", "from-outside"])
def connect(request: pytest.FixtureRequest, grown: Database) -> Any:
    """A way to a connection: Caveat's own, or a plain one with none of our settings."""
    if request.param == "through-caveat":
        return grown.engine.begin
    plain = sa.create_engine(grown.url)
    request.addfinalizer(plain.dispose)
    if plain.dialect.name == "sqlite":
        sa.event.listen(plain, "connect", forget_recursive_triggers)
    return plain.begin


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


def refuse(connect: Any, statement: str, message: str = "append-only") -> None:
    with pytest.raises(DBAPIError, match=message), connect() as connection:
        connection.exec_driver_sql(statement)


def columns_of(table: str) -> list[str]:
    return [column.name for column in Model.metadata.tables[table].columns]


def key_of(table: str) -> list[str]:
    return [column.name for column in Model.metadata.tables[table].primary_key]


def only(grown: Database, engine: str) -> None:
    if grown.engine.dialect.name != engine:
        pytest.skip(f"only {engine} can do this")


@pytest.mark.parametrize("table", [*APPEND_ONLY])
class TestAppendOnly:
    """Each table of the log, also after the schema has grown."""

    def test_update_is_refused(self, grown: Database, connect: Any, table: str) -> None:
        for column in columns_of(table):
            with nothing_changes(grown, table):
                refuse(connect, f"UPDATE {table} SET {column} = {column}")  # noqa: S608

    def test_delete_is_refused(self, grown: Database, connect: Any, table: str) -> None:
        with nothing_changes(grown, table):
            refuse(connect, f"DELETE FROM {table}")  # noqa: S608

    def test_upsert_is_refused(self, grown: Database, connect: Any, table: str) -> None:
        key, column = ", ".join(key_of(table)), columns_of(table)[-1]
        with nothing_changes(grown, table):
            refuse(
                connect,
                f"INSERT INTO {table} SELECT * FROM {table} WHERE true "  # noqa: S608
                f"ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}",
            )

    def test_replace_is_refused(self, grown: Database, connect: Any, table: str) -> None:
        only(grown, "sqlite")
        with nothing_changes(grown, table):
            refuse(connect, f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")  # noqa: S608

    def test_replace_by_row_number_is_refused(
        self, grown: Database, connect: Any, table: str
    ) -> None:
        only(grown, "sqlite")
        names = columns_of(table)
        values = ", ".join(f"'other-' || {n}" if n in key_of(table) else n for n in names)
        if key_of(table) == ["seq"]:
            values = ", ".join(names)  # the number is the row's number
        with nothing_changes(grown, table):
            refuse(
                connect,
                f"REPLACE INTO {table} (rowid, {', '.join(names)}) "  # noqa: S608
                f"SELECT rowid, {values} FROM {table} LIMIT 1",
            )

    def test_truncate_is_refused(self, grown: Database, connect: Any, table: str) -> None:
        only(grown, "postgresql")
        with nothing_changes(grown, table):
            refuse(connect, f"TRUNCATE {table} CASCADE")


def test_a_change_cannot_be_replaced_by_its_time(grown: Database, connect: Any) -> None:
    only(grown, "sqlite")
    names = columns_of("changes")
    values = ", ".join("seq + 1000" if name == "seq" else name for name in names)
    with nothing_changes(grown, "changes"):
        refuse(
            connect,
            f"REPLACE INTO changes ({', '.join(names)}) SELECT {values} FROM changes",  # noqa: S608
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE counter SET value = value - 1",
        "UPDATE counter SET id = 2",
        "DELETE FROM counter",
        "INSERT INTO counter (id, value) VALUES (2, 0)",
        "INSERT INTO counter (id, value) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET value = 0",
    ],
)
def test_the_counter_never_goes_back(grown: Database, connect: Any, statement: str) -> None:
    with nothing_changes(grown, "counter"):
        refuse(connect, statement)


def test_the_counter_is_not_replaced(grown: Database, connect: Any) -> None:
    only(grown, "sqlite")
    with nothing_changes(grown, "counter"):
        refuse(connect, "REPLACE INTO counter (id, value) VALUES (1, 0)")


def test_the_counter_is_not_truncated(grown: Database, connect: Any) -> None:
    only(grown, "postgresql")
    with nothing_changes(grown, "counter"):
        refuse(connect, "TRUNCATE counter")


def test_a_fact_needs_its_change(grown: Database) -> None:
    statement = "INSERT INTO site_facts (seq, id) VALUES (1000000, 'x')"
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), grown.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def redact(database: Database, digest: str, kind: str = "body.redacted") -> None:
    """Say in the log that a body was redacted, by hand: the number, the change, then the rest."""
    with database.write() as session:
        seq = changes.head(session) + 1
        session.execute(sa.update(log.Counter).values(value=seq))
        about = {"subject_type": "body", "subject": digest}
        at = sa.select(sa.func.max(log.Change.at)).scalar_subquery()
        last = session.scalars(sa.select(at)).one()
        session.add(
            log.Change(
                seq=seq, group_end=seq, at=last + changes.TICK, actor="test",
                kind=kind, impact="safety", **about,
            )
        )  # fmt: skip
        session.commit()


def digest_of(database: Database, slug: str, number: int = 1) -> str:
    with database.read() as session:
        article = editing.find_article(session, slug)
        return session.get_one(log.Revision, (article, "en", number)).digest


def delete_body(database: Database, digest: str) -> int:
    with database.write() as session:
        gone = session.execute(sa.delete(log.Body).where(log.Body.digest == digest))
        session.commit()
    return int(gone.rowcount)  # type: ignore[attr-defined]


def another_text(text: str) -> list[dict[str, Any]]:
    kinds = ("overview", "mechanisms", "support-systems", "conclusions")
    return [make_section(kind, title=text) for kind in kinds]


def test_a_body_is_deleted_only_after_the_log_names_it(small: Database) -> None:
    publish(small, slug="one")
    publish(small, slug="two", sections=another_text("Another text"))
    one, two = digest_of(small, "one"), digest_of(small, "two")
    redact(small, one, kind="body.mentioned")
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, one)
    redact(small, one)
    with pytest.raises(DBAPIError, match="append-only"):
        delete_body(small, two)
    assert delete_body(small, one) == 1


def test_a_redacted_text_is_gone_with_help_and_does_not_come_back(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    digest = digest_of(small, "one")
    redact(small, digest)
    delete_body(small, digest)
    with small.read() as session, pytest.raises(Gone) as refusal:
        editions.issue(session, "one", Context("en"), small_keyring)
    assert refusal.value.reason == "redacted"
    assert refusal.value.help
    with pytest.raises(Invalid, match="redacted"):
        publish(small, slug="again")


def test_an_article_whose_earlier_text_was_redacted_is_still_served(
    small: Database, small_keyring: Keyring
) -> None:
    publish(small, slug="one")
    first = publish(small, slug="one", sections=another_text("The second text"))
    digest = digest_of(small, "one")
    redact(small, digest)
    delete_body(small, digest)
    with small.read() as session:
        edition = editions.issue(session, "one", Context("en"), small_keyring)
        with pytest.raises(Gone, match="redacted"):
            editions.issue(
                session, "one", Context("en"), small_keyring, part=editions.Part(revision=1)
            )
    assert edition.body["sequence"] == first
    assert edition.body["revision"]["number"] == 2


def test_the_models_and_the_migrated_schema_are_the_same(grown: Database) -> None:
    assert MODULES
    with grown.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
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


def test_a_newer_schema_is_refused_by_reading_and_by_migrating(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaMismatch, match="newer Caveat"):
        database.check_schema()
    with pytest.raises(SchemaMismatch, match="newer Caveat"):
        database.migrate()


def test_the_schema_is_checked_while_another_writes(database: Database) -> None:
    with database.write() as session:
        editing.create(session, make_manuscript(), by="test", now=NOW)
        database.check_schema()


def test_processes_that_start_together_migrate_once(databases: Databases) -> None:
    url = databases.new()
    together = [Database(url) for _ in range(4)]
    with ThreadPoolExecutor(len(together)) as pool:
        list(pool.map(Database.migrate, together))
    for database in together:
        database.check_schema()
        database.close()
