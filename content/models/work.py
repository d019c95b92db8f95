"""Workers: whose turn it is at a kind of work, and which of them are alive."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Turn(Model):
    """A kind of background work; the row is locked while somebody does it."""

    __tablename__ = "turns"

    name: Mapped[str] = mapped_column(NAME, primary_key=True)


class Heartbeat(Model):
    """When a worker last looked for something to do; one that is silent may have died."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(NAME, primary_key=True)
    at: Mapped[datetime]
