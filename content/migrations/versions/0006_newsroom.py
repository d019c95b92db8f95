"""Drafts with a state; comments, releases, tasks; replies to say again; heartbeats of workers."""

import sqlalchemy as sa
from alembic import op

from content.db import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = sa.String(length=200)
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Drafts that there are begin as drafts again, by whoever saved them last."""
    op.create_table(
        "releases",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("title", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("publish_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("updated_by", NAME, nullable=False),
        sa.Column("approved_by", NAME, nullable=True),
        sa.Column("group_end", NUMBER, nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
    )
    op.create_index("ix_releases_due", "releases", ["state", "publish_at"])
    with op.batch_alter_table("drafts") as table:
        table.add_column(sa.Column("slug", NAME, nullable=False, server_default=""))
        table.add_column(sa.Column("state", NAME, nullable=False, server_default="draft"))
        table.add_column(sa.Column("revision", NUMBER, nullable=True))
        table.add_column(sa.Column("authors", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("approved_by", NAME, nullable=True))
        table.add_column(sa.Column("overrides", sa.Text(), nullable=True))
        table.add_column(sa.Column("release", NAME, nullable=True))
        table.create_foreign_key("fk_drafts_release", "releases", ["release"], ["id"])
    _name_drafts()
    with op.batch_alter_table("drafts") as table:
        for name in ("slug", "state", "authors"):
            table.alter_column(name, server_default=None)
    op.create_index("ix_drafts_slug", "drafts", ["slug"])
    op.create_index("ix_drafts_state", "drafts", ["state"])
    _add_comments()
    _add_tasks()
    _add_replies()
    _add_heartbeats()


def _name_drafts() -> None:
    """Write down the slug that each manuscript has, and its last writer as its author."""
    made = {"sqlite": "json_extract(manuscript, '$.slug')"}
    slug = made.get(op.get_bind().dialect.name, "manuscript::json ->> 'slug'")
    author = "'[' || '\"' || replace(replace(updated_by, '\\', '\\\\'), '\"', '\\\"') || '\"]'"
    op.execute(sa.text(f"UPDATE drafts SET slug = {slug}, authors = {author}"))  # noqa: S608


def _add_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("article", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=False),
        sa.Column("version", NUMBER, nullable=False),
        sa.Column("pointer", sa.Text(), nullable=True),
        sa.Column("finding", NAME, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", NAME, nullable=True),
        sa.ForeignKeyConstraint(
            ["article", "locale"], ["drafts.article", "drafts.locale"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_comments_draft", "comments", ["article", "locale", "id"])


def _add_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", NAME, primary_key=True),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("subject_type", NAME, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("locale", NAME, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", NAME, nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", NAME, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
    )
    op.create_index("ix_tasks_open", "tasks", ["done_at", "due_at"])


def _add_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("editor", NAME, primary_key=True),
        sa.Column("key", NAME, primary_key=True),
        sa.Column("request", NAME, nullable=False),
        sa.Column("status", NUMBER, nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
    )
    op.create_index("ix_replies_created_at", "replies", ["created_at"])


def _add_heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("worker", NAME, primary_key=True),
        sa.Column("at", Instant(), nullable=False),
    )
