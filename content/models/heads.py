"""What is live now: a projection of the log for lists, counts, and for what a rule can touch.

Written in the same transaction as the log and rebuilt from it by ``caveat heads``. Nothing
that an edition says is read from here.
"""

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Head(Model):
    """The live publication of an article in one locale: its number, slug and dates."""

    __tablename__ = "heads"
    __table_args__ = (
        Index("ix_heads_seq", "seq"),
        Index("ix_heads_review_due", "review_due"),
        Index("ix_heads_display_until", "display_until"),
    )

    article: Mapped[str] = mapped_column(NAME, primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    seq: Mapped[int]
    revision: Mapped[int]
    slug: Mapped[str] = mapped_column(NAME)
    review_due: Mapped[str] = mapped_column(NAME)  # an ISO date
    display_until: Mapped[str] = mapped_column(NAME)  # an ISO date


class Trait(Model):
    """What rules look at in a revision that has been live: a topic, a mention, a claim level …

    All revisions of a head have theirs, because an older one may be asked for (``?revision=``);
    those of revision 0 are what is shown when none is asked for.
    """

    __tablename__ = "traits"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        Index("ix_traits_tag", "kind", "tag", "article", "locale", "revision"),
    )

    article: Mapped[str] = mapped_column(NAME, primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)  # a key of ``rules.When``
    tag: Mapped[str] = mapped_column(NAME, primary_key=True)


class Citation(Model):
    """A source that a revision cites, or the one that it translates; revisions as in traits.

    ``digest`` is that of all that the text says of the source, so that others are compared by it.
    """

    __tablename__ = "citations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article", "locale"], ["heads.article", "heads.locale"], ondelete="CASCADE"
        ),
        Index("ix_citations_source", "source", "revision", "article", "locale"),
        Index("ix_citations_wording", "source", "revision", "digest", "article"),
    )

    article: Mapped[str] = mapped_column(NAME, primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(NAME, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    doi: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(NAME)
