"""What a release would do to readers, as whoever saved or approved it has seen it."""

import sqlalchemy as sa
from alembic import op

from content.db import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Releases that there are change no policy."""
    op.add_column("releases", sa.Column("impact", Json(), nullable=True))
