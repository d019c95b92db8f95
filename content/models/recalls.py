"""Recalls: withdrawals that partners confirm, and how far each partner has come."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Recall(Model):
    """An article was taken down, and whoever has a copy says that it is gone there, too.

    ``sequence`` is the end of the withdrawal's group in the log. A recall of a test article is a
    drill.
    """

    __tablename__ = "recalls"
    __table_args__ = (Index("ix_recalls_article", "article"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"))
    slug: Mapped[str] = mapped_column(NAME)
    sequence: Mapped[int] = mapped_column(ForeignKey("changes.seq"))
    is_drill: Mapped[bool]
    notice: Mapped[str] = mapped_column(Text)  # public
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(NAME)
    deadline: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(NAME)
    closed_because: Mapped[str | None] = mapped_column(Text)


class RecallPartner(Model):
    """A partner who has, or may have, copies of what is recalled."""

    __tablename__ = "recall_partners"
    __table_args__ = (Index("ix_recall_partners_partner", "partner", "recall"),)

    recall: Mapped[str] = mapped_column(ForeignKey("recalls.id"), primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    state: Mapped[str] = mapped_column(NAME)  # see content.recalls
    told_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(NAME)  # partner, fetch or editor
    note: Mapped[str | None] = mapped_column(Text)
