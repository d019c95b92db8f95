"""Requests to delete a text by law: one person asks, another one decides."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class RedactionRequest(Model):
    """What somebody asked to delete, by digest, and how it ended; open while ``outcome`` is NULL.

    The names by which the text was asked for are kept as they were then; the digest decides.
    """

    __tablename__ = "redaction_requests"
    __table_args__ = (Index("ix_redaction_requests_digest", "digest"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    digest: Mapped[str] = mapped_column(NAME)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    slug: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str] = mapped_column(NAME)
    revision: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)  # private
    notice: Mapped[str | None] = mapped_column(Text)  # public
    requested_at: Mapped[datetime]
    requested_by: Mapped[str] = mapped_column(ForeignKey("editors.id"))
    outcome: Mapped[str | None] = mapped_column(NAME)  # confirmed or cancelled
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("editors.id"))
    ended_reason: Mapped[str | None] = mapped_column(Text)  # private, of a cancellation
