"""Work that only one process does at a time, however many there are, and which are alive."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from content.models.work import Heartbeat, Turn

LAPSES = "lapses"
AUDIT = "audit"  # to number the next row of the audit
SEALS = "seals"
RECALLS = "recalls"
CHECKPOINTS = "checkpoints"
SAMPLES = "samples"
SILENT = timedelta(minutes=1)  # a worker that was not heard of for so long may be dead
FORGOTTEN = timedelta(days=1)
MOST = 50  # workers that are listed


def take_turn(session: Session, name: str) -> bool:
    """Take the turn for a kind of work until the transaction ends; False when another has it.

    On PostgreSQL the row is locked and others pass by (``SKIP LOCKED``); on SQLite a write
    transaction is alone anyway.
    """
    return session.scalar(_turn(name).with_for_update(skip_locked=True)) is not None


def wait_turn(session: Session, name: str) -> None:
    """Wait for the turn for a kind of work, and keep it until the transaction ends."""
    session.scalars(_turn(name).with_for_update()).one()


def beat(session: Session, worker: str, *, now: datetime) -> None:
    """Note that a worker is alive, and forget those that have been silent for long."""
    session.execute(delete(Heartbeat).where(Heartbeat.at < now - FORGOTTEN))
    session.merge(Heartbeat(worker=worker, at=now))


def leave(session: Session, worker: str) -> None:
    """Note that a worker has ended as it should."""
    session.execute(delete(Heartbeat).where(Heartbeat.worker == worker))


def alive(session: Session, now: datetime) -> int:
    """Return how many workers have lately been heard of."""
    recent = select(func.count()).select_from(Heartbeat).where(Heartbeat.at > now - SILENT)
    return session.scalar(recent) or 0


def beats(session: Session) -> list[tuple[str, datetime]]:
    """Return the workers that were heard of within a day, and when last; the newest first."""
    query = select(Heartbeat.worker, Heartbeat.at).order_by(Heartbeat.at.desc(), Heartbeat.worker)
    return [(worker, at) for worker, at in session.execute(query.limit(MOST))]


def last_beat(session: Session) -> datetime | None:
    """Return when a worker was last heard of."""
    query = select(Heartbeat.at).order_by(Heartbeat.at.desc()).limit(1)
    return session.scalar(query)


def _turn(name: str) -> Select[str]:
    return select(Turn.name).where(Turn.name == name)
