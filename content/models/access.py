"""Who may come in: partners who take content, editors who make it, digests of their keys.

And visits: the browsers in which editors are signed in at the console.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class Partner(Model):
    """Who takes content. A partner's key fixes audience and channel and fills in the rest.

    ``topics`` are those that they are entitled to, None: all; ``terms`` is the version of the terms
    that they accepted, None: none.
    """

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    audience: Mapped[str] = mapped_column(NAME)
    channel: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str | None] = mapped_column(NAME)
    jurisdiction: Mapped[str | None] = mapped_column(NAME)
    contact: Mapped[str | None] = mapped_column(NAME)
    topics: Mapped[list[str] | None] = mapped_column(Json)
    domains: Mapped[list[str]] = mapped_column(Json)
    plan: Mapped[str] = mapped_column(NAME)
    terms: Mapped[int | None]
    terms_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]


class KeyRequest(Model):
    """Somebody asks to become a partner. Who has the claim, kept as a digest, takes the key."""

    __tablename__ = "key_requests"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    claim: Mapped[str] = mapped_column(NAME, unique=True)
    purpose: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)  # of a partner
    terms: Mapped[int]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(NAME)
    partner: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))  # None: declined
    taken_at: Mapped[datetime | None]  # when the key was shown


class Editor(Model):
    """Who makes content, in one role."""

    __tablename__ = "editors"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]


class Credential(Model):
    """A key of a partner or a token of an editor: a keyed digest, never the secret itself.

    ``kind`` of a key is ``account``, which is secret, or ``site``, which pages show. ``id`` names
    it where it is listed or revoked; ``scopes`` are what a token may do, None for all that its
    editor's role may.
    """

    __tablename__ = "credentials"
    __table_args__ = (CheckConstraint("(partner IS NULL) <> (editor IS NULL)", name="one_owner"),)

    digest: Mapped[str] = mapped_column(NAME, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, unique=True)
    name: Mapped[str] = mapped_column(NAME, default="")
    kind: Mapped[str | None] = mapped_column(NAME)
    partner: Mapped[str | None] = mapped_column(ForeignKey("partners.id"))
    editor: Mapped[str | None] = mapped_column(ForeignKey("editors.id"))
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def state(self, now: datetime) -> str:
        """Return ``good``, ``revoked`` or ``ended``."""
        if self.revoked_at:
            return "revoked"
        return "ended" if self.expires_at and self.expires_at <= now else "good"


class Visit(Model):
    """A browser in which an editor is signed in: a keyed digest of the secret in its cookie.

    It is good as long as the ``token`` is with which it began. ``agent`` is what the browser calls
    itself; ``seen_at`` is known to the minute.
    """

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_token", "token"),)

    digest: Mapped[str] = mapped_column(NAME, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, unique=True)
    token: Mapped[str] = mapped_column(ForeignKey("credentials.digest"))
    agent: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
