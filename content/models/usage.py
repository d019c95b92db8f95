"""What partners took: how much of it by day, which revisions, and which endings they saw.

Kept in memory and written every few seconds, so these are sums, not a list of requests; no reader
and no address of one is in them.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Usage(Model):
    """How often a partner's keys asked a route on one day (UTC), and had this status."""

    __tablename__ = "usage"

    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # an ISO date
    route: Mapped[str] = mapped_column(NAME, primary_key=True)  # a template: /v1/articles/{slug}
    status: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    bytes: Mapped[int]  # of bodies
    cost: Mapped[int]  # in the units of content.plans


class DaySum(Model):
    """What happened on one day (UTC), of all partners together and in any process."""

    __tablename__ = "day_sums"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # an ISO date
    name: Mapped[str] = mapped_column(NAME, primary_key=True)  # see content.usage
    count: Mapped[int]
    bytes: Mapped[int]  # of answers
    cost: Mapped[int]  # of answers


class Exposure(Model):
    """A partner was given a revision of an article in a locale, or heard that it has it.

    ``digest`` is that of the edition that was given last.
    """

    __tablename__ = "exposures"
    __table_args__ = (Index("ix_exposures_article", "article", "locale"),)

    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(NAME)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int]


class Sighting(Model):
    """A partner asked for an article by its address, and was told that it may not show it."""

    __tablename__ = "sightings"
    __table_args__ = (Index("ix_sightings_article", "article", "locale"),)

    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    status: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 410 or 451
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int]


class Tally(Model):
    """How often something has happened in any process since the installation began."""

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)  # see content.usage
    count: Mapped[int]
