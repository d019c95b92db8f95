"""What a publication says was unclear or wrong before it."""

import sqlalchemy as sa
from alembic import op

from content.db import Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column in place: a batch would make the table anew and lose its guards."""
    op.add_column("publications", sa.Column("correction", Json(), nullable=True))
    some = sa.text("correction IS NOT NULL")
    op.create_index(
        "ix_publications_correction",
        "publications",
        ["article", "locale", "seq"],
        sqlite_where=some,
        postgresql_where=some,
    )
