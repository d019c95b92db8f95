"""What happens on each day, of all partners together, for time series that cost little to read."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SO_FAR = """
INSERT INTO day_sums (day, name, count, bytes, cost)
SELECT day, 'answers ' || status, SUM(count), SUM(bytes), SUM(cost) FROM usage GROUP BY day, status
"""


def upgrade() -> None:
    """Add the table, with what is known so far; it is no part of the log."""
    op.create_table(
        "day_sums",
        sa.Column("day", sa.String(length=10), primary_key=True),
        sa.Column("name", NAME, primary_key=True),
        sa.Column("count", NUMBER, nullable=False),
        sa.Column("bytes", NUMBER, nullable=False),
        sa.Column("cost", NUMBER, nullable=False),
    )
    op.execute(SO_FAR)
