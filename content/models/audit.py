"""The audit: who did what, when and why; and the seals that make a later change of it visible.

Triggers refuse UPDATE, DELETE and TRUNCATE (see ``content/migrations``).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class AuditRow(Model):
    """One act; ``number`` is dense from 1 and in the order of commits, ``at`` never goes back."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor", "number"),
        Index("ix_audit_act", "act", "number"),
        Index("ix_audit_subject", "subject_type", "subject", "number"),
        Index("ix_audit_at", "at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(NAME)  # an editor's id, or a program: cli, import, work …
    act: Mapped[str] = mapped_column(NAME)  # such as article.publish
    subject_type: Mapped[str] = mapped_column(NAME)
    subject: Mapped[str] = mapped_column(NAME)
    locale: Mapped[str | None] = mapped_column(NAME)
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(NAME)


class AuditSeal(Model):
    """A signed statement about the rows ``first`` to ``last``, chained to the seal before it."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # dense from 1
    first: Mapped[int]
    last: Mapped[int]
    at: Mapped[datetime]
    previous: Mapped[str | None] = mapped_column(NAME)  # the digest of the seal before
    digests: Mapped[dict[str, str | None]] = mapped_column(Json)  # by number; None: unreadable
    digest: Mapped[str] = mapped_column(NAME)  # of all of the above
    kid: Mapped[str] = mapped_column(NAME)
    jws: Mapped[str] = mapped_column(Text)  # detached, over the digest
