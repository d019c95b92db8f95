"""Webhooks: where partners want to be told, and what became of each event."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant, Json

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; they are no part of the log."""
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("name", NAME, nullable=False),
        sa.Column("events", Json(), nullable=True),
        sa.Column("topics", Json(), nullable=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("challenge", NAME, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_secret_until", Instant(), nullable=True),
        sa.Column("cursor", NUMBER, nullable=False),
        sa.Column("urgent_cursor", NUMBER, nullable=False),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("paused_until", Instant(), nullable=True),
        sa.Column("lease", NAME, nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_webhook_endpoints_partner", "webhook_endpoints", ["partner", "id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", NAME, primary_key=True),
        sa.Column(
            "endpoint",
            NAME,
            sa.ForeignKey("webhook_endpoints.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("event", NUMBER, nullable=False),
        sa.Column("type", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("status", NUMBER, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("milliseconds", NUMBER, nullable=False),
        sa.UniqueConstraint("endpoint", "event"),
    )
    columns = ["endpoint", "state", "next_at"]
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", columns)
    op.create_index("ix_webhook_deliveries_at", "webhook_deliveries", ["at"])
