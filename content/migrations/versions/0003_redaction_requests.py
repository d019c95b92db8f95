"""Requests to delete a text by law, and a guard that keeps such a text from coming back."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REDACTED = (
    "EXISTS (SELECT 1 FROM changes "
    "WHERE kind = 'body.redacted' AND subject_type = 'body' AND subject = NEW.digest)"
)
REFUSAL = "exactly this text was redacted"


def upgrade() -> None:
    """Add the table of requests and the guard on ``bodies``."""
    op.create_table(
        "redaction_requests",
        sa.Column("id", NAME, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("article", NAME, nullable=False),
        sa.Column("slug", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("requested_by", NAME, nullable=False),
        sa.Column("outcome", NAME, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", NAME, nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article"], ["articles.id"]),
        sa.ForeignKeyConstraint(["requested_by"], ["editors.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["editors.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_redaction_requests_digest", "redaction_requests", ["digest"])
    guard = _guard_sqlite if op.get_bind().dialect.name == "sqlite" else _guard_postgresql
    for statement in guard():
        op.execute(statement)


def _guard_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER bodies_no_return BEFORE INSERT ON bodies WHEN {REDACTED} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ]


def _guard_postgresql() -> list[str]:
    """Look after the insertion: it may have waited for the redaction that deleted the row."""
    body = f"IF {REDACTED} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW;"
    return [
        "CREATE FUNCTION caveat_no_return() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$BEGIN {body} END$$",
        "CREATE TRIGGER bodies_no_return AFTER INSERT ON bodies "
        "FOR EACH ROW EXECUTE FUNCTION caveat_no_return()",
    ]
