"""Recalls: withdrawals that partners confirm; webhooks tell of what is in no group of the log."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; they are no part of the log."""
    op.add_column("webhook_deliveries", sa.Column("about", NAME, nullable=True))
    op.create_table(
        "recalls",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("article", NAME, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("slug", NAME, nullable=False),
        sa.Column("sequence", NUMBER, sa.ForeignKey("changes.seq"), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", NAME, nullable=False),
        sa.Column("deadline", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_by", NAME, nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
    )
    op.create_index("ix_recalls_article", "recalls", ["article"])
    op.create_table(
        "recall_partners",
        sa.Column("recall", NAME, sa.ForeignKey("recalls.id"), primary_key=True),
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("confirmed_by", NAME, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    )
    op.create_index("ix_recall_partners_partner", "recall_partners", ["partner", "recall"])
    op.execute("INSERT INTO turns (name) VALUES ('recalls')")
