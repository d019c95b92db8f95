"""The worker notes each minute how the installation stands, and what each partner holds."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OF_SAMPLE = ("sequence", "workers", "waiting", "scheduled", "answers", "hits", "misses", "slow")
OF_HOLDING = ("texts", "current", "behind", "ended", "seen", "revisions_behind")


def upgrade() -> None:
    """Add both tables, no parts of the log; the worker fills them."""
    op.create_table(
        "samples",
        sa.Column("at", Instant(), primary_key=True),
        *(sa.Column(name, NUMBER, nullable=False) for name in OF_SAMPLE),
    )
    op.create_table(
        "holdings",
        sa.Column("partner", NAME, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("at", Instant(), nullable=False),
        *(sa.Column(name, NUMBER, nullable=False) for name in OF_HOLDING),
        sa.Column("behind_since", Instant()),
        sa.Column("last_given_at", Instant()),
    )
    op.execute("INSERT INTO turns (name) VALUES ('samples')")
