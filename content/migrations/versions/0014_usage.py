"""What partners took: usage by day, which revisions they have, and which endings they saw."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables; they are no part of the log."""
    op.create_table(
        "usage",
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("day", sa.String(length=10), primary_key=True),
        sa.Column("route", NAME, primary_key=True),
        sa.Column("status", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("cost", NUMBER, nullable=False),
    )
    op.create_table(
        "exposures",
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("article", NAME, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("locale", NAME, primary_key=True),
        sa.Column("revision", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("digest", NAME, nullable=False),
        *_times(),
    )
    op.create_index("ix_exposures_article", "exposures", ["article", "locale"])
    op.create_table(
        "sightings",
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("article", NAME, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("locale", NAME, primary_key=True),
        sa.Column("status", NUMBER, primary_key=True, autoincrement=False),
        *_times(),
    )
    op.create_index("ix_sightings_article", "sightings", ["article", "locale"])
    op.create_table(
        "tallies",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("count", NUMBER, nullable=False),
    )


def _times() -> list[sa.Column[object]]:
    return [
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("count", NUMBER, nullable=False),
    ]
