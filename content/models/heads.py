"""What is live now: a projection of the log for lists, filters and counts.

Written in the same transaction as the log and rebuilt from it by ``caveat heads``. Nothing
that an edition says is read from here.
"""

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Head(Model):
    """The live publication of an article in one locale: its number, slug and review date."""

    __tablename__ = "heads"
    __table_args__ = (Index("ix_heads_seq", "seq"), Index("ix_heads_review_due", "review_due"))

    article: Mapped[str] = mapped_column(NAME, primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    seq: Mapped[int]
    slug: Mapped[str] = mapped_column(NAME)
    review_due: Mapped[str] = mapped_column(NAME)  # an ISO date


class HeadTag(Model):
    """A topic or a condition of a head."""

    __tablename__ = "head_tags"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        Index("ix_head_tags_tag", "kind", "tag", "seq"),
    )

    article: Mapped[str] = mapped_column(NAME, primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # topic or condition
    tag: Mapped[str] = mapped_column(NAME, primary_key=True)
    seq: Mapped[int]
