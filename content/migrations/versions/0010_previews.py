"""Previews: leave to look at a draft for a while."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)


def upgrade() -> None:
    """Add the table; it is no part of the log."""
    op.create_table(
        "previews",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("jurisdiction", NAME, nullable=False),
        sa.Column("audience", NAME, nullable=False),
        sa.Column("channel", NAME, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("revoked_by", NAME, nullable=True),
    )
    op.create_index("ix_previews_draft", "previews", ["article", "locale", "created_at"])
