"""How far each cache in front was told what the log has made untrue."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the table; it is no part of the log."""
    op.create_table(
        "purge_cursors",
        sa.Column("target", sa.String(length=200), primary_key=True),
        sa.Column("seq", NUMBER, nullable=False),
    )
