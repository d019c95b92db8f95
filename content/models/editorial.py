"""The newsroom's tables: working copies and what belongs to them. Delivery cannot see them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class Draft(Model):
    """The one mutable working copy of an article in one locale; ``version`` is for ``If-Match``.

    ``version`` counts every change, of the text and of the state, so that nobody acts on what they
    have not seen. ``revision`` is the frozen text that is being reviewed or was approved.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_slug", "slug"),
        Index("ix_drafts_state", "state", "updated_at"),
    )

    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    slug: Mapped[str] = mapped_column(NAME)  # as the manuscript says
    title: Mapped[str] = mapped_column(Text, server_default="")  # as the manuscript says
    version: Mapped[int]
    state: Mapped[str] = mapped_column(NAME)  # see content.editorial.workflow
    manuscript: Mapped[dict[str, Any]] = mapped_column(Json)
    revision: Mapped[int | None]
    authors: Mapped[list[str]] = mapped_column(Json)  # who wrote at it since it was last published
    approved_by: Mapped[str | None] = mapped_column(NAME)
    overrides: Mapped[dict[str, str] | None] = mapped_column(Json)  # findings, each with a reason
    release: Mapped[str | None] = mapped_column(ForeignKey("releases.id"))  # that will publish it
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(NAME)


class Comment(Model):
    """What somebody says about a draft: as a whole, about a place in it, or about a finding."""

    __tablename__ = "comments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article", "locale"], ["drafts.article", "drafts.locale"], ondelete="CASCADE"
        ),
        Index("ix_comments_draft", "article", "locale", "id"),
    )

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    article: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str] = mapped_column(NAME)
    version: Mapped[int]  # of the draft that it speaks of
    pointer: Mapped[str | None] = mapped_column(Text)  # a JSON Pointer into the manuscript
    finding: Mapped[str | None] = mapped_column(NAME)  # the id of a finding of the lint
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(NAME)
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(NAME)


class Preview(Model):
    """Leave to look at a draft for a while, without a token; the draft may be gone by then."""

    __tablename__ = "previews"
    __table_args__ = (Index("ix_previews_draft", "article", "locale", "created_at"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)  # nobody guesses it
    article: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str] = mapped_column(NAME)
    jurisdiction: Mapped[str] = mapped_column(NAME)
    audience: Mapped[str] = mapped_column(NAME)
    channel: Mapped[str] = mapped_column(NAME)
    note: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(NAME)
    expires_at: Mapped[datetime]  # in whole seconds, as its addresses say
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(NAME)

    def state(self, now: datetime) -> str:
        """Return ``good``, ``revoked`` or ``ended``."""
        if self.revoked_at is not None:
            return "revoked"
        return "ended" if self.expires_at <= now else "good"


class Release(Model):
    """Articles, disclaimers, rules and facts that become true in one group of the log."""

    __tablename__ = "releases"
    __table_args__ = (Index("ix_releases_due", "state", "publish_at"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    title: Mapped[str] = mapped_column(NAME)
    reason: Mapped[str] = mapped_column(Text)
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    impact: Mapped[dict[str, Any] | None] = mapped_column(Json)  # of its policy, as last looked at
    version: Mapped[int]  # for ``If-Match``
    state: Mapped[str] = mapped_column(NAME)  # see content.editorial.releases
    publish_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(NAME)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(NAME)
    approved_by: Mapped[str | None] = mapped_column(NAME)
    group_end: Mapped[int | None]  # the last number of the group that it became
    failure: Mapped[str | None] = mapped_column(Text)  # why it could not be published when due


class Task(Model):
    """Something that a person has to look at: an article that cites a retracted source, say."""

    __tablename__ = "tasks"
    __table_args__ = (Index("ix_tasks_open", "done_at", "due_at"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    kind: Mapped[str] = mapped_column(NAME)
    subject_type: Mapped[str] = mapped_column(NAME)  # as in the log, or ``release``
    subject: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str | None] = mapped_column(NAME)
    text: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(NAME)
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(NAME)
    note: Mapped[str | None] = mapped_column(Text)


class Reply(Model):
    """What was answered to a request with an ``Idempotency-Key``, so that it can be said again."""

    __tablename__ = "replies"
    __table_args__ = (Index("ix_replies_created_at", "created_at"),)

    editor: Mapped[str] = mapped_column(NAME, primary_key=True)
    key: Mapped[str] = mapped_column(NAME, primary_key=True)
    request: Mapped[str] = mapped_column(NAME)  # a digest of method, address and body
    status: Mapped[int]
    headers: Mapped[dict[str, str]] = mapped_column(Json)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
