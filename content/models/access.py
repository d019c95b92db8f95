"""Who may come in: partners who take content, editors who make it, digests of their keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class Partner(Model):
    """Who takes content. A partner's key fixes audience and channel and fills in the rest."""

    __tablename__ = "partners"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    audience: Mapped[str] = mapped_column(NAME)
    channel: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str | None] = mapped_column(NAME)
    jurisdiction: Mapped[str | None] = mapped_column(NAME)
    created_at: Mapped[datetime]


class Editor(Model):
    """Who makes content, in one role."""

    __tablename__ = "editors"

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    name: Mapped[str] = mapped_column(NAME)
    role: Mapped[str] = mapped_column(NAME)
    created_at: Mapped[datetime]


class Credential(Model):
    """A key of a partner or a token of an editor: a keyed digest, never the secret itself.

    ``id`` names it where it is listed or revoked; ``scopes`` are what a token may do, None for all
    that its editor's role may.
    """

    __tablename__ = "credentials"
    __table_args__ = (CheckConstraint("(partner IS NULL) <> (editor IS NULL)", name="one_owner"),)

    digest: Mapped[str] = mapped_column(NAME, primary_key=True)
    id: Mapped[str] = mapped_column(NAME, unique=True)
    name: Mapped[str] = mapped_column(NAME, default="")
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
