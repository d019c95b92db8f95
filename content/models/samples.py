"""Samples: what the worker has noted of the installation, to be drawn and listed at once.

Both tables are bounded: one row a minute for some days, and one row for each partner.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model


class Sample(Model):
    """How the installation stood in one minute; see :mod:`content.samples`.

    ``answers``, ``hits``, ``misses`` and ``slow`` are sums since the installation began.
    """

    __tablename__ = "samples"

    at: Mapped[datetime] = mapped_column(primary_key=True)  # a whole minute
    sequence: Mapped[int]
    workers: Mapped[int]
    waiting: Mapped[int]  # events of webhooks
    scheduled: Mapped[int]  # releases
    answers: Mapped[int]
    hits: Mapped[int]
    misses: Mapped[int]
    slow: Mapped[int]  # statements


class Holding(Model):
    """How what a partner holds stood when it was last counted (:mod:`content.insights.holdings`).

    To count it takes long where a partner holds much, so lists show what is kept here.
    """

    __tablename__ = "holdings"

    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"), primary_key=True)
    at: Mapped[datetime]
    texts: Mapped[int]
    current: Mapped[int]
    behind: Mapped[int]
    ended: Mapped[int]
    seen: Mapped[int]
    revisions_behind: Mapped[int]
    behind_since: Mapped[datetime | None]
    last_given_at: Mapped[datetime | None]
