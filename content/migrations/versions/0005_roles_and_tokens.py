"""Five roles that build on each other; tokens with a name, scopes, an end and a last use."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NOW_CALLED = {"editor": "author", "clinical-editor": "reviewer", "legal": "publisher"}


def upgrade() -> None:
    """Rename the roles; give every key and token an id."""
    editors = sa.table("editors", sa.column("role"))
    for old, new in NOW_CALLED.items():
        op.execute(editors.update().where(editors.c.role == old).values(role=new))
    with op.batch_alter_table("credentials") as table:
        table.add_column(sa.Column("id", NAME, nullable=True))
        table.add_column(sa.Column("name", NAME, nullable=False, server_default=""))
        table.add_column(sa.Column("scopes", sa.Text(), nullable=True))
        table.add_column(sa.Column("expires_at", Instant(), nullable=True))
        table.add_column(sa.Column("last_used_at", Instant(), nullable=True))
    credentials = sa.table("credentials", sa.column("id"), sa.column("digest"))
    named = sa.func.substr(credentials.c.digest, 1, 32)  # a digest opens nothing, half of it less
    op.execute(credentials.update().values(id=named))
    with op.batch_alter_table("credentials") as table:
        table.alter_column("id", existing_type=NAME, nullable=False)
        table.alter_column("name", existing_type=NAME, server_default=None)
        table.create_unique_constraint("uq_credentials_id", ["id"])
