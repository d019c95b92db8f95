"""Checkpoints of the log, append-only, the tree that they are made by, and a turn to make them."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEYS = {"checkpoints": ("number",), "log_nodes": ("level", "place")}


def upgrade() -> None:
    """Add both tables, guard them, and add the turn."""
    op.create_table(
        "checkpoints",
        sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("sequence", NUMBER, nullable=False),
        sa.Column("root", NAME, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kid", NAME, nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
    )
    op.create_index("ix_checkpoints_sequence", "checkpoints", ["sequence"])
    op.create_table(
        "log_nodes",
        sa.Column("level", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("place", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hash", NAME, nullable=False),
    )
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for table in KEYS:
        for statement in guard(table):
            op.execute(statement)
    op.execute("INSERT INTO turns (name) VALUES ('checkpoints')")


def _guard_sqlite(table: str) -> list[str]:
    """Refuse UPDATE, DELETE and (also where recursive_triggers is off) REPLACE."""
    key = " AND ".join(f"{name} = NEW.{name}" for name in KEYS[table])
    where = f"({key}) OR rowid = NEW.rowid"
    same = f"EXISTS (SELECT 1 FROM {table} WHERE {where})"  # noqa: S608 - our own names
    guards = {"update": ("UPDATE", ""), "delete": ("DELETE", ""), "replace": ("INSERT", same)}
    return [
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} "
        f"{f'WHEN {when} ' if when else ''}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for name, (action, when) in guards.items()
    ]


def _guard_postgresql(table: str) -> list[str]:
    """Refuse UPDATE, DELETE and TRUNCATE, by the function of the first step."""
    guards = {"update": ("UPDATE OR DELETE", "ROW"), "truncate": ("TRUNCATE", "STATEMENT")}
    return [
        f"CREATE TRIGGER {table}_no_{name} BEFORE {action} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION caveat_append_only()"
        for name, (action, each) in guards.items()
    ]
