"""Checkpoints: signed statements of what the whole log was, and the tree that they are made by.

Triggers refuse UPDATE, DELETE and TRUNCATE (see ``content/migrations``).
"""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from content.db import Model
from content.models.log import NAME


class Checkpoint(Model):
    """The log had this root when ``sequence`` was its newest number. Others may follow with it."""

    __tablename__ = "checkpoints"
    __table_args__ = (Index("ix_checkpoints_sequence", "sequence"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # dense from 1
    sequence: Mapped[int]
    root: Mapped[str] = mapped_column(NAME)
    at: Mapped[datetime]  # never goes back
    kid: Mapped[str] = mapped_column(NAME)
    jws: Mapped[str] = mapped_column(Text)  # detached, over the other facts


class LogNode(Model):
    """The hash over the ``2**level`` changes that begin behind number ``place * 2**level``."""

    __tablename__ = "log_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(NAME)
