"""Editors sign in to the console with a browser; a draft's title stands beside it, to be found."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
TITLES = {  # by engine; the text is canonical JSON, and every draft has a title in it
    "sqlite": "json_extract(manuscript, '$.document.title')",
    "postgresql": "manuscript::jsonb #>> '{document,title}'",
}


def upgrade() -> None:
    """Add the table and the column, no parts of the log; what waits is found in its order."""
    op.create_table(
        "visits",
        sa.Column("digest", NAME, primary_key=True),
        sa.Column("id", NAME, nullable=False, unique=True),
        sa.Column("token", NAME, sa.ForeignKey("credentials.digest"), nullable=False),
        sa.Column("agent", NAME, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
    )
    op.create_index("ix_visits_token", "visits", ["token"])
    op.add_column("drafts", sa.Column("title", sa.Text(), nullable=False, server_default=""))
    title = TITLES[op.get_bind().dialect.name]
    op.execute(f"UPDATE drafts SET title = coalesce({title}, '')")  # noqa: S608 - our own words
    op.drop_index("ix_drafts_state", table_name="drafts")
    op.create_index("ix_drafts_state", "drafts", ["state", "updated_at"])
