"""What a change touches, dates that pass, packs of the claims lint, and traits of what is live.

The projection is made anew by ``caveat init`` after this step: ``heads`` and ``traits`` are empty.
"""

import sqlalchemy as sa
from alembic import op

from content.db import Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("effects", "claim_packs")


def upgrade() -> None:
    """Add columns and tables, guard the append-only ones, and empty the projection."""
    _columns()
    _facts()
    _projection()
    _turns()
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for table in APPEND_ONLY:
        for statement in guard(table):
            op.execute(statement)


def _turns() -> None:
    op.create_table(
        "turns", sa.Column("name", NAME, nullable=False), sa.PrimaryKeyConstraint("name")
    )
    op.execute("INSERT INTO turns (name) VALUES ('lapses')")


def _columns() -> None:
    """Add columns in place: a batch would make the tables anew and lose their guards.

    Of an earlier change it is not known whom it touched, so it may have been anybody.
    """
    op.add_column("changes", sa.Column("scope", NAME, nullable=False, server_default="all"))
    op.create_index("ix_changes_scope", "changes", ["scope", "subject_type", "seq"])
    op.add_column("publications", sa.Column("display_until", NAME, nullable=True))
    op.add_column("publications", sa.Column("overrides", Json(), nullable=True))
    op.add_column("lapses", sa.Column("field", NAME, nullable=False, server_default=""))


def _facts() -> None:
    op.create_table(
        "effects",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"]),
        sa.ForeignKeyConstraint(["seq"], ["changes.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_effects_key", "effects", ["article", "locale", "seq"])
    op.create_table(
        "claim_packs",
        sa.Column("id", NAME, nullable=False),
        sa.Column("data", Json(), nullable=True),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["changes.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_claim_packs_key", "claim_packs", ["id", "seq"])


def _projection() -> None:
    op.drop_table("head_tags")
    op.drop_table("heads")
    op.create_table(
        "heads",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("slug", NAME, nullable=False),
        sa.Column("review_due", NAME, nullable=False),
        sa.Column("display_until", NAME, nullable=False),
        sa.PrimaryKeyConstraint("article", "locale"),
    )
    for column in ("seq", "review_due", "display_until"):
        op.create_index(f"ix_heads_{column}", "heads", [column])
    op.create_table(
        "traits",
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("revision", NUMBER, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tag", NAME, nullable=False),
        sa.ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "locale", "revision", "kind", "tag"),
    )
    op.create_index("ix_traits_tag", "traits", ["kind", "tag", "article", "locale", "revision"])


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
