"""Partners have topics, domains, a plan and terms; keys have kinds; anybody may ask for a key."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant, Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Partners that there are may do what they could."""
    for column in (
        sa.Column("contact", NAME, nullable=True),
        sa.Column("topics", Json(), nullable=True),
        sa.Column("domains", Json(), nullable=False, server_default="[]"),
        sa.Column("plan", NAME, nullable=False, server_default="standard"),
        sa.Column("terms", NUMBER, nullable=True),
        sa.Column("terms_at", Instant(), nullable=True),
        sa.Column("suspended_at", Instant(), nullable=True),
    ):
        op.add_column("partners", column)
    op.add_column("credentials", sa.Column("kind", NAME, nullable=True))
    op.execute("UPDATE credentials SET kind = 'account' WHERE partner IS NOT NULL")
    op.create_table(
        "key_requests",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("claim", NAME, nullable=False, unique=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("terms", NUMBER, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", NAME, nullable=True),
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
    )
