"""Work that only one process does at a time, however many there are."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models.work import Turn

LAPSES = "lapses"


def take_turn(session: Session, name: str) -> bool:
    """Take the turn for a kind of work until the transaction ends; False when another has it.

    On PostgreSQL the row is locked and others pass by (``SKIP LOCKED``); on SQLite a write
    transaction is alone anyway.
    """
    query = select(Turn.name).where(Turn.name == name)
    return session.scalar(query.with_for_update(skip_locked=True)) is not None
