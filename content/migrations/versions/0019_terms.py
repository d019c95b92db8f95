"""The index of words knows parts and facets, and nothing but which terms a text has.

It is made anew by ``caveat init`` after this step: it is empty.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TERMS = {
    # Terms are ASCII words, with a part or a kind and a colon before some; facets have hyphens.
    "sqlite": [
        "DROP TABLE search",
        "CREATE VIRTUAL TABLE search USING fts5"
        "(words, detail=none, columnsize=0, tokenize=\"ascii tokenchars ':-'\")",
    ],
    "postgresql": ["TRUNCATE search"],
}


def upgrade() -> None:
    """Empty the index, and on SQLite make it without places and parts."""
    for statement in TERMS[op.get_bind().dialect.name]:
        op.execute(statement)
