"""Facets of publications, and the words of what is live.

Both are made anew by ``caveat init`` after this step: they are empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = {
    # The words come folded and in ASCII, so that this tokenizer only divides at spaces.
    "sqlite": ["CREATE VIRTUAL TABLE search USING fts5(title, lead, body, tokenize='ascii')"],
    "postgresql": [
        "CREATE TABLE search (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_search_words ON search USING gin (words)",
    ],
}


def upgrade() -> None:
    """Add the table of facets and the index of words."""
    op.create_table(
        "facets",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("tag", NAME, nullable=False),
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "tag", "seq"),
    )
    for statement in WORDS[op.get_bind().dialect.name]:
        op.execute(statement)
