"""Working copies. Delivery code may not import this module (import-linter holds it to that)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Json, Model
from content.models.log import NAME


class Draft(Model):
    """The one mutable working copy of an article in one locale; ``version`` is for ``If-Match``."""

    __tablename__ = "drafts"

    article: Mapped[str] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    locale: Mapped[str] = mapped_column(NAME, primary_key=True)
    version: Mapped[int]
    manuscript: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str] = mapped_column(NAME)
