"""Whose turn it is: one row for each kind of work that only one process may do at a time."""

from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Turn(Model):
    """A kind of background work; the row is locked while somebody does it."""

    __tablename__ = "turns"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)
