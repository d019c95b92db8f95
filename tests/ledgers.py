"""What an application has in its ledger, and what is written of it."""

from flask import Flask
from keyholders import Holder

from api.ledger import Ledger
from content import exposures
from content.db import Database
from content.models.usage import Exposure, Usage


def of(app: Flask) -> Ledger:
    """Return what an application has not written yet."""
    found: Ledger = app.extensions["caveat-meter"].ledger
    return found


def given(library: Database, book: Ledger, holder: Holder) -> list[Exposure]:
    """Return what is known that a partner was given."""
    book.flush()
    with library.read() as session:
        return exposures.of_partner(session, holder.id)


def used(library: Database, book: Ledger, holder: Holder) -> dict[tuple[str, int], Usage]:
    """Return what a partner used, by route and status."""
    book.flush()
    with library.read() as session:
        rows = session.query(Usage).where(Usage.partner == holder.id)
        return {(row.route, row.status): row for row in rows}


def days(library: Database, book: Ledger, holder: Holder) -> dict[str, int]:
    """Return how many answers a partner had, by day."""
    book.flush()
    with library.read() as session:
        rows = session.query(Usage).where(Usage.partner == holder.id)
        return {row.day: row.count for row in rows}
