"""Purges: how far each cache in front was told what the log has made untrue."""

from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class PurgeCursor(Model):
    """A cache by its address: up to this number of the log, it was told all that it has to drop."""

    __tablename__ = "purge_cursors"

    target: Mapped[str] = mapped_column(NAME, primary_key=True)
    seq: Mapped[int]
