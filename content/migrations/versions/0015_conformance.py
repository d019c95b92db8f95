"""What was found on partners' pages, append-only."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant, Json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "conformance_reports"


def upgrade() -> None:
    """Add the table and guard it."""
    op.create_table(
        TABLE,
        sa.Column("id", NAME, primary_key=True),
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("article", NAME, nullable=True),
        sa.Column("locale", NAME, nullable=True),
        sa.Column("revision", NUMBER, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("conforms", sa.Boolean(), nullable=False),
        sa.Column("report", Json(), nullable=False),
    )
    op.create_index("ix_conformance_reports_partner", TABLE, ["partner", "at"])
    op.create_index("ix_conformance_reports_article", TABLE, ["article", "at"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _guard_sqlite() if sqlite else _guard_postgresql():
        op.execute(statement)


def _guard_sqlite() -> list[str]:
    """Refuse UPDATE, DELETE and (also where recursive_triggers is off) REPLACE."""
    where = "id = NEW.id OR rowid = NEW.rowid"
    same = f"EXISTS (SELECT 1 FROM {TABLE} WHERE {where})"  # noqa: S608 - our own names
    guards = {"update": ("UPDATE", ""), "delete": ("DELETE", ""), "replace": ("INSERT", same)}
    return [
        f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {action} ON {TABLE} "
        f"{f'WHEN {when} ' if when else ''}"
        f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        for name, (action, when) in guards.items()
    ]


def _guard_postgresql() -> list[str]:
    """Refuse UPDATE, DELETE and TRUNCATE, by the function of the first step."""
    guards = {"update": ("UPDATE OR DELETE", "ROW"), "truncate": ("TRUNCATE", "STATEMENT")}
    return [
        f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {action} ON {TABLE} "
        f"FOR EACH {each} EXECUTE FUNCTION caveat_append_only()"
        for name, (action, each) in guards.items()
    ]
