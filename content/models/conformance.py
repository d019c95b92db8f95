"""Conformance: what was found on partners' pages, and when.

Triggers refuse UPDATE, DELETE and TRUNCATE (see ``content/migrations``).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class ConformanceReport(Model):
    """A page of a partner, looked at once; ``article`` is an id, None where none was named."""

    __tablename__ = "conformance_reports"
    __table_args__ = (
        Index("ix_conformance_reports_partner", "partner", "at"),
        Index("ix_conformance_reports_article", "article", "at"),
    )

    id: Mapped[str] = mapped_column(NAME, primary_key=True)
    partner: Mapped[str] = mapped_column(ForeignKey("partners.id"))
    url: Mapped[str] = mapped_column(Text)
    article: Mapped[str | None] = mapped_column(NAME)
    locale: Mapped[str | None] = mapped_column(NAME)
    revision: Mapped[int | None]
    at: Mapped[datetime]
    conforms: Mapped[bool]
    report: Mapped[dict[str, Any]] = mapped_column(Json)
