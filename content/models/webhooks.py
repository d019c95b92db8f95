"""Webhooks: where partners want to be told of changes, and what became of each event."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME

DELIVERED, WAITING, FAILED = "delivered", "waiting", "failed"  # states of a delivery


class Endpoint(Model):
    """An address of a partner, and how far along the log it has been told.

    ``cursor`` is the end of the last group that was looked at, ``urgent_cursor`` that of the last
    one with an ending: endings go first. ``secret`` is sealed (see :mod:`content.sealed`). One
    worker at a time holds the ``lease``; one that has died does not renew it.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index("ix_webhook_endpoints_partner", "partner", "id"),)

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    url: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(NAME)
    events: Mapped[list[str] | None] = mapped_column(Json)
    topics: Mapped[list[str] | None] = mapped_column(Json)
    state: Mapped[str] = mapped_column(NAME)  # see content.webhooks.endpoints
    reason: Mapped[str | None] = mapped_column(Text)  # why it is disabled, or not yet verified
    challenge: Mapped[str] = mapped_column(NAME)
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_secret_until: Mapped[datetime | None]
    cursor: Mapped[int]
    urgent_cursor: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)  # one after another
    failing_since: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(NAME)
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Delivery(Model):
    """An event for an endpoint: the group that ends with a number, and how sending it went.

    The number of what is no group is negative; ``about`` names the recall that it is about.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint", "event"),
        Index("ix_webhook_deliveries_due", "endpoint", "state", "next_at"),
        Index("ix_webhook_deliveries_at", "at"),
    )

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    endpoint: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event: Mapped[int]
    type: Mapped[str] = mapped_column(NAME)
    state: Mapped[str] = mapped_column(NAME)  # delivered, waiting or failed
    attempts: Mapped[int]
    at: Mapped[datetime]  # of the last attempt
    next_at: Mapped[datetime | None]
    status: Mapped[int | None]  # of the last answer
    error: Mapped[str | None] = mapped_column(Text)
    milliseconds: Mapped[int]
    about: Mapped[str | None] = mapped_column(NAME)
