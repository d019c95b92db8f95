"""The audit and its seals, append-only; turns for whoever writes the one and makes the other."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit", "audit_seals")


def upgrade() -> None:
    """Add both tables, guard them, and add the turns."""
    _add_audit()
    _add_seals()
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for table in APPEND_ONLY:
        for statement in guard(table):
            op.execute(statement)
    op.execute("INSERT INTO turns (name) VALUES ('audit'), ('seals')")


def _add_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", NAME, nullable=False),
        sa.Column("act", NAME, nullable=False),
        sa.Column("subject_type", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("request_id", NAME, nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_audit_actor", "audit", ["actor", "number"])
    op.create_index("ix_audit_act", "audit", ["act", "number"])
    op.create_index("ix_audit_subject", "audit", ["subject_type", "subject", "number"])
    op.create_index("ix_audit_at", "audit", ["at"])


def _add_seals() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("number", NUMBER, autoincrement=False, nullable=False),
        sa.Column("first", NUMBER, nullable=False),
        sa.Column("last", NUMBER, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("previous", NAME, nullable=True),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("kid", NAME, nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )


def _guard_sqlite(table: str) -> list[str]:
    """Refuse UPDATE, DELETE and (also where recursive_triggers is off) REPLACE."""
    same = f"EXISTS (SELECT 1 FROM {table} WHERE number = NEW.number)"  # noqa: S608 - our own names
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
