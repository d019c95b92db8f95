"""The impact of releases; what is known of sources, and who cites them.

The projection is made anew by ``caveat init`` after this step: ``citations`` is empty.
"""

import sqlalchemy as sa
from alembic import op

from content.db import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Releases that there are change no policy."""
    op.add_column("releases", sa.Column("impact", Json(), nullable=True))
    _marks()
    _citations()
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for statement in guard("source_marks"):
        op.execute(statement)


def _marks() -> None:
    op.create_table(
        "source_marks",
        sa.Column("id", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["changes.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_source_marks_key", "source_marks", ["id", "seq"])


def _citations() -> None:
    op.create_table(
        "citations",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("revision", NUMBER, autoincrement=False, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("doi", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("digest", NAME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "locale", "revision", "source"),
    )
    columns = ["source", "revision", "article", "locale"]
    op.create_index("ix_citations_source", "citations", columns)
    columns = ["source", "revision", "digest", "article"]
    op.create_index("ix_citations_wording", "citations", columns)


def _guard_sqlite(table: str) -> list[str]:
    """Refuse UPDATE, DELETE and (also where recursive_triggers is off) REPLACE."""
    same = f"EXISTS (SELECT 1 FROM {table} WHERE seq = NEW.seq)"  # noqa: S608 - our own names
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
